/** @module What one hook costs: the script with bodies of 4 and 20 KB, and synced, beside `true` in the same run. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile, root } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const ROUNDS = 200;
const LOOPS = 40;
const PER_LOOP = 10;

const script = join(root, "plugin", "hooks", "observe.sh");
const folder = mkdtempSync(join(tmpdir(), "clew-bench-hook-"));
const spool = join(folder, "data", "spool");
const env = { PATH: process.env.PATH, LANG: process.env.LANG ?? "", CLEW_HOME: join(folder, "data") };

/** A tool's result of so many bytes, as a file. */
function bodyFile(bytes) {
  const path = join(folder, `body-${bytes}`);
  writeFileSync(path, JSON.stringify({ hook_event_name: "PostToolUse", tool_response: "x".repeat(bytes - 60) }));
  return path;
}

const bodies = { small: bodyFile(4096), large: bodyFile(20_480) };

/** Empties the spool, as the daemon does all the time. */
function drain() {
  for (const name of readdirSync(spool)) rmSync(join(spool, name));
}

/** One run of a program with a body on its standard input; milliseconds. */
function timed(command, body, extra = {}) {
  const input = openSync(body, "r");
  const startedAt = performance.now();
  const { status } = spawnSync(command[0], command.slice(1), {
    stdio: [input, "ignore", "inherit"],
    env: { ...env, ...extra },
  });
  const time = performance.now() - startedAt;
  closeSync(input);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}`);
  return time;
}

const hook = ["/bin/sh", script];
const tasks = {
  true: () => timed(["true"], bodies.small),
  small: () => timed(hook, bodies.small),
  large: () => timed(hook, bodies.large),
  strict: () => timed(hook, bodies.small, { CLEW_DURABILITY: "strict" }),
};
const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
for (const task of Object.values(tasks)) task();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, task] of Object.entries(tasks)) {
    times[name].push(task());
    drain();
  }
}

// Starting a process from Node costs as much again as the process; from a shell it costs next to nothing.
const loop = (command) => `n=0; while [ $n -lt ${PER_LOOP} ]; do ${command} <'${bodies.small}'; n=$((n + 1)); done`;
const loops = { none: [], true: [], hook: [] };
const looped = { none: ":", true: "/bin/true", hook: `/bin/sh '${script}'` };
for (let round = 0; round < LOOPS; round++) {
  for (const [name, command] of Object.entries(looped)) {
    loops[name].push(timed(["/bin/sh", "-c", loop(command)], bodies.small));
    drain();
  }
}
rmSync(folder, { recursive: true });

const median = (list) => percentile(list, 50);
const started = (name) => (median(loops[name]) - median(loops.none)) / PER_LOOP;
const yardstick = { name: "true", value: median(times.true) };
printTable(`The hook script, ${ROUNDS} interleaved runs each, started by Node`, [
  { what: "body of 4 KB, median", value: median(times.small), unit: "ms", budget: 3, yardstick },
  {
    what: "body of 4 KB, p95",
    value: percentile(times.small, 95),
    unit: "ms",
    yardstick: { name: "true, p95", value: percentile(times.true, 95) },
  },
  { what: "body of 20 KB, median", value: median(times.large), unit: "ms", budget: 3, yardstick },
  { what: "body of 4 KB, synced (CLEW_DURABILITY=strict), median", value: median(times.strict), unit: "ms", yardstick },
]);
printTable(`The same in a shell's loop, median of ${LOOPS} loops of ${PER_LOOP}`, [
  {
    what: "body of 4 KB",
    value: started("hook"),
    unit: "ms",
    budget: 3,
    yardstick: { name: "true", value: started("true") },
  },
  { what: "times `true`", value: started("hook") / started("true"), unit: "ratio", budget: 3 },
]);
