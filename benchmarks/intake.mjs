/** @module Hooks' events into the database: a full spool that is emptied, and many hooks while it is; against bare rows. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile, root } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const RECORDS = 20_000;
const WRITERS = 16;
const EACH = 60;
const rounds = 3;
const dist = join(root, "packages", "app", "dist");
const { drainSpool } = await import(join(dist, "ingest", "drain.js"));
const { openLocalStore } = await import(join(dist, "ingest", "index-command.js"));
const { encodeSpoolRecord } = await import(join(dist, "base", "spool-record.js"));
const Database = createRequire(join(root, "packages", "app", "package.json"))("better-sqlite3");
const observe = join(root, "plugin", "hooks", "observe.sh");
const reliability = join(root, "test", "reliability");

/** A turn of a session, over and over: half a kilobyte each, as hooks without large results are. */
function record(number) {
  const session = `5e551000-0000-4000-8000-${String(Math.floor(number / 200)).padStart(12, "0")}`;
  const event = [
    { hook_event_name: "UserPromptSubmit", prompt: `Fire kiln ${number}` },
    { hook_event_name: "PreToolUse" },
    {
      hook_event_name: "PostToolUse",
      tool_response: { stdout: "fired", stderr: "", interrupted: false },
      duration_ms: 12,
    },
    { hook_event_name: "Stop", stop_hook_active: false },
  ][number % 4];
  const tool = {
    tool_name: "Bash",
    tool_use_id: `toolu_${number >> 2}`,
    tool_input: { command: `fire ${number >> 2}` },
  };
  const body = {
    session_id: session,
    transcript_path: `/home/ada/.claude/projects/-home-ada-kiln/${session}.jsonl`,
    cwd: "/home/ada/kiln",
    permission_mode: "default",
    ...event,
    ...(number % 4 === 1 || number % 4 === 2 ? tool : {}),
  };
  const fields = { pid: "4242", session, project: "/home/ada/kiln" };
  return encodeSpoolRecord({ kind: "hook", fields, body: Buffer.from(JSON.stringify(body)) });
}

function machine() {
  const home = mkdtempSync(join(tmpdir(), "clew-intake-"));
  const spool = join(home, "data", "spool");
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const env = { PATH: process.env.PATH, HOME: home, CLEW_HOME: join(home, "data"), CLEW_SPOOL_MAX_KB: "100000000" };
  return { home, spool, env, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Milliseconds until everything in the spool is committed and removed. */
function drained() {
  const { spool, env, remove } = machine();
  for (let number = 0; number < RECORDS; number++) {
    writeFileSync(join(spool, `${1000 + number / 100}-${number}`), record(number), { mode: 0o600 });
  }
  const { store } = openLocalStore(env, Date.now);
  const startedAt = performance.now();
  const { events } = drainSpool({ directory: spool, store, clock: Date.now });
  const time = performance.now() - startedAt;
  if (events !== RECORDS) throw new Error(`${events} events of ${RECORDS}`);
  store.close();
  remove();
  return time;
}

/** Milliseconds for the same bytes, as many to a transaction, in rows of one table without an index. */
function bare() {
  const { env, remove } = machine();
  const records = Array.from({ length: RECORDS }, (_, number) => record(number));
  const db = new Database(join(env.CLEW_HOME, "bare.db"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE events (id INTEGER PRIMARY KEY, body BLOB)");
  const insert = db.prepare("INSERT INTO events (body) VALUES (?)");
  const write = db.transaction((some) => {
    for (const body of some) insert.run(body);
  });
  const startedAt = performance.now();
  for (let at = 0; at < RECORDS; at += 500) write(records.slice(at, at + 500));
  const time = performance.now() - startedAt;
  db.close();
  remove();
  return time;
}

const ended = (child) => new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));

/** Milliseconds in which so many writers, each one hook after the other, get their events into the spool, or the database. */
async function together(isDraining) {
  const { home, spool, env, remove } = machine();
  const drainer =
    isDraining &&
    spawn(process.execPath, [join(reliability, "drainer.mjs")], { env, stdio: ["ignore", "pipe", "inherit"] });
  if (drainer) await new Promise((resolve) => drainer.stdout.once("data", resolve));
  const startedAt = performance.now();
  const writers = Array.from({ length: WRITERS }, (_, number) =>
    spawn(
      "sh",
      [
        join(reliability, "hook-writer.sh"),
        observe,
        env.CLEW_HOME,
        `w${number}`,
        home,
        "0",
        `5e551000-0000-4000-8000-${String(number).padStart(12, "0")}`,
      ],
      { env: { ...env, CLEW_TEST_EVENTS: String(EACH) }, stdio: ["ignore", "ignore", "inherit"] },
    ),
  );
  await Promise.all(writers.map(ended));
  if (drainer) {
    const end = ended(drainer);
    drainer.kill("SIGTERM");
    await end;
  }
  const time = performance.now() - startedAt;
  const acknowledged = readdirSync(home)
    .filter((name) => name.endsWith(".ok"))
    .reduce((sum, name) => sum + readFileSync(join(home, name), "utf8").split("\n").length - 1, 0);
  if (acknowledged !== WRITERS * EACH) throw new Error(`${acknowledged} events acknowledged`);
  if (readdirSync(spool).length !== (isDraining ? 0 : acknowledged))
    throw new Error("the spool is not as it should be");
  remove();
  return time;
}

const times = { drained: [], bare: [], draining: [], spooled: [] };
for (let round = 0; round < rounds; round++) {
  times.bare.push(bare());
  times.drained.push(drained());
  times.spooled.push(await together(false));
  times.draining.push(await together(true));
}
const median = (name) => percentile(times[name], 50);
const perSecond = (count, name) => Math.round((count / median(name)) * 1000).toLocaleString("en");
printTable(`Hooks' events into the database, committed with synchronous=FULL, median of ${rounds}`, [
  {
    what: `a spool of ${RECORDS.toLocaleString("en")} records emptied (${perSecond(RECORDS, "drained")} a second)`,
    value: median("drained"),
    unit: "ms",
    budget: RECORDS / 5,
    yardstick: { name: "bare INSERTs of the same bytes", value: median("bare") },
  },
  {
    what: `${WRITERS} writers, ${EACH} hooks each, until stored (${perSecond(WRITERS * EACH, "draining")} a second)`,
    value: median("draining"),
    unit: "ms",
    budget: 1.5 * median("spooled"),
    yardstick: { name: "the same, only into the spool", value: median("spooled") },
  },
]);
