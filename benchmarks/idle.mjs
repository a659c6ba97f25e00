/** @module What a daemon costs that has nothing to do, over 5,000 transcripts: processor, memory, transcripts read. Linux only: from /proc. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generated, indexed } from "./lib/archives.mjs";
import { clewBin, runClew, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const SECONDS = Number(process.env.CLEW_BENCH_SECONDS ?? 30);
/** After its start a daemon looks at everything once. */
const SETTLE_MS = 8000;

if (!existsSync("/proc/self/schedstat")) {
  console.log("  not measured: this machine has no /proc with schedstat");
  process.exit(0);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Nanoseconds on a processor, of all threads that live. */
function processorTime(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
    0,
  );
}

function residentBytes(pid) {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

/** Percent of one processor and resident bytes over the window. */
async function watch(pid) {
  const before = { time: processorTime(pid), at: performance.now() };
  await pause(SECONDS * 1000);
  const passed = (performance.now() - before.at) * 1e6;
  return { percent: ((processorTime(pid) - before.time) / passed) * 100, memory: residentBytes(pid) };
}

function filesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => statSync(path).size > 0);
}

/** Seconds are what can be set again exactly: times of last change are cut to them once. */
function cutTimes(directory) {
  for (const path of filesIn(directory)) {
    const { mtimeMs } = statSync(path);
    if (mtimeMs % 1000 !== 0) utimesSync(path, Math.floor(mtimeMs / 1000), Math.floor(mtimeMs / 1000));
  }
}

/**
 * Marks files so that a read shows: a time of last access before that of last change is moved by the next read, also
 * where the system keeps those times only roughly. Returns the bytes of the files that were read since; null where such
 * times are not kept at all.
 */
function markUnread(directory) {
  const paths = filesIn(directory);
  for (const path of paths) {
    const changed = statSync(path).mtimeMs / 1000;
    utimesSync(path, changed - 86_400, changed);
  }
  const isRead = (path) => statSync(path).atimeMs >= statSync(path).mtimeMs;
  const control = join(directory, "manifest.json");
  return () => {
    const bytes = paths.filter(isRead).reduce((sum, path) => sum + statSync(path).size, 0);
    readFileSync(control);
    return isRead(control) ? bytes : null;
  };
}

const { config, manifest } = generated(5000, 150_000);
cutTimes(config);
const home = await indexed(config, "idle");
await runClew(["index"], { home, config });
const runtime = mkdtempSync(join(tmpdir(), "clew-bench-"));
const env = { ...process.env, CLEW_HOME: home, CLAUDE_CONFIG_DIR: config, CLEW_RUNTIME_DIR: runtime, NO_COLOR: "1" };
const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
try {
  const { stdout } = await runNode([clewBin, "daemon", "start", "--port", "0", "--json"], { env });
  const { pid } = JSON.parse(stdout);
  await pause(SETTLE_MS);
  const readSince = markUnread(config);
  const [daemon, node] = await Promise.all([watch(pid), watch(bare.pid)]);
  const read = readSince();
  if (read === null) console.log("  bytes read are not measured: this file system keeps no times of access");
  const yardstick = (value) => ({ name: 'node -e "setInterval(…)"', value: Math.max(value, 1e-3) });
  printTable(`Idle daemon, ${manifest.files.toLocaleString("en")} transcripts, ${SECONDS} s`, [
    {
      what: "percent of one processor",
      value: daemon.percent,
      unit: "ratio",
      budget: 0.5,
      yardstick: yardstick(node.percent),
    },
    {
      what: "resident memory",
      value: daemon.memory,
      unit: "MB",
      budget: 120e6,
      yardstick: yardstick(node.memory),
    },
    ...(read === null ? [] : [{ what: "bytes of transcripts read", value: read, unit: "count", budget: 0 }]),
  ]);
} finally {
  bare.kill();
  await runNode([clewBin, "daemon", "stop"], { env });
  rmSync(runtime, { recursive: true, force: true });
}
