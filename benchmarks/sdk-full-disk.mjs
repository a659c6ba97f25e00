/**
 * @module What a request of a host takes (a session, log lines, one call of a model) while Clew's spool is well, gone, or on
 * a full disk. Requests arrive at fixed times and are counted from then, so that whatever holds up the event loop shows.
 */
import { execFileSync } from "node:child_process";
import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { percentile, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const ROUNDS = 5;
const REQUESTS = 2000;
const PER_SECOND = 400;

/** Makes every write of a file of Clew's fail as a full disk does. */
function injectFullDisk(folder) {
  const { open } = fs.promises;
  fs.promises.open = async (path, ...rest) => {
    const file = await open(path, ...rest);
    if (!String(path).startsWith(folder)) return file;
    const full = async () => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    file.write = full;
    file.writeFile = full;
    return file;
  };
}

/** One host: milliseconds of each request, and how many problems the SDK had. */
async function serve(folder, isInjected) {
  if (isInjected) injectFullDisk(folder);
  const { pino } = await import("pino");
  const { close, problemCount, withSession } = await import("clew-sdk");
  const { InteractionLogger } = await import("clew-sdk/interactions");
  const { sessionLogger } = await import("clew-sdk/pino");
  const interactions = new InteractionLogger({ directory: join(folder, "calls") });
  const log = sessionLogger(pino(pino.destination({ dest: "/dev/null", minLength: 4096, sync: true })));
  const input = { messages: [{ role: "user", content: "x".repeat(2000) }] };
  const handle = (number) =>
    withSession({ name: "request", trigger: "http" }, async (session) => {
      log.info({ number }, "begins");
      const call = interactions.start({ provider: "local", model: "tiny", input });
      await new Promise((resolve) => setImmediate(resolve));
      call.finish({ output: "y".repeat(1000), usage: { input_tokens: 500, output_tokens: 250 }, finishReason: "stop" });
      session.log("info", "answered", { number });
      log.info({ number }, "ends");
    });
  for (let number = 0; number < 200; number++) await handle(number);
  const times = [];
  const startedAt = performance.now();
  let next = 0;
  await new Promise((resolve) => {
    const arrive = () => {
      const now = performance.now();
      for (; next < REQUESTS; next++) {
        const due = startedAt + (next * 1000) / PER_SECOND;
        if (due > now) return void setTimeout(arrive, due - now);
        handle(next).then(() => times.push(performance.now() - due) === REQUESTS && resolve());
      }
    };
    arrive();
  });
  const problems = problemCount();
  await interactions.close();
  await close();
  process.stdout.write(JSON.stringify({ p50: percentile(times, 50), p99: percentile(times, 99), problems }));
}

/** A file system of 1 MB with nothing left on it; null where none can be mounted. */
function mountFull(folder) {
  const path = join(folder, "full");
  mkdirSync(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "clew-bench", path], { stdio: "ignore" });
  } catch {
    return null;
  }
  mkdirSync(join(path, "clew", "spool"), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(path, "filler"), Buffer.alloc(2 * 1024 * 1024));
  } catch {
    // What was meant to happen.
  }
  return path;
}

const [mode, place, injected] = process.argv.slice(2);
if (mode === "serve") await serve(place, injected === "injected");
else {
  const folder = mkdtempSync(join(tmpdir(), "clew-bench-full-disk-"));
  const full = mountFull(folder);
  const isInjected = full === null;
  const conditions = {
    well: { at: join(folder, "well"), home: join(folder, "well", "clew") },
    gone: { at: join(folder, "gone"), home: join(folder, "a-file", "below") },
    full: isInjected
      ? { at: join(folder, "injected"), home: join(folder, "injected", "clew"), isInjected }
      : { at: full, home: join(full, "clew") },
  };
  for (const { at } of Object.values(conditions)) mkdirSync(at, { recursive: true });
  writeFileSync(join(folder, "a-file"), "");
  const found = Object.fromEntries(Object.keys(conditions).map((name) => [name, []]));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, { at, home, isInjected: isFaulty }] of Object.entries(conditions)) {
        const args = [fileURLToPath(import.meta.url), "serve", at, ...(isFaulty ? ["injected"] : [])];
        const { stdout } = await runNode(args, { env: { HOME: folder, CLEW_HOME: home, NODE_ENV: "production" } });
        found[name].push(JSON.parse(stdout));
      }
    }
  } finally {
    if (full) execFileSync("umount", [full]);
    rmSync(folder, { recursive: true, force: true });
  }
  const median = (name, what) =>
    percentile(
      found[name].map((one) => one[what]),
      50,
    );
  if (median("well", "problems") > 0 || median("gone", "problems") === 0 || median("full", "problems") === 0)
    throw new Error(`a spool was not what it was meant to be: ${JSON.stringify(found)}`);
  const names = {
    well: "spool well",
    gone: "spool gone",
    full: isInjected ? "disk full (injected)" : "disk full (tmpfs)",
  };
  const row = (name, what) => ({
    what: `${names[name]}: ${what} of a request`,
    value: median(name, what),
    unit: "ms",
    ...(name !== "well" && { yardstick: { name: "well", value: median("well", what) } }),
  });
  printTable(
    `A host's requests, ${PER_SECOND} a second, median of ${ROUNDS} rounds of ${REQUESTS.toLocaleString("en")} in turn`,
    Object.keys(conditions).flatMap((name) => [row(name, "p50"), row(name, "p99")]),
  );
}
