/** @module Times processes and functions. All times are milliseconds, all sizes bytes. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
export const clewBin = join(root, "packages", "app", "bin", "clew.js");

const preload = fileURLToPath(new URL("report-memory.cjs", import.meta.url));

/**
 * Runs a program with this Node to its end.
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, memory?: boolean, onOutput?: () => void }} options `memory` costs a few
 *   milliseconds of start-up; `onOutput` is called whenever something is printed.
 * @returns {Promise<{ time: number, stdout: string, memory: number | null }>}
 */
export async function runNode(args, { env = {}, memory = false, onOutput } = {}) {
  const note = memory ? join(mkdtempSync(join(tmpdir(), "clew-bench-")), "memory") : null;
  const all = { ...process.env, ...env, ...(note ? { CLEW_BENCH_MEMORY: note } : {}) };
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...(note ? ["--require", preload] : []), ...args], {
    env: all,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
      onOutput?.();
    });
  }
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  const time = performance.now() - startedAt;
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}\n${output.stdout}${output.stderr}`);
  return { time, stdout: output.stdout, memory: note ? Number(readFileSync(note, "utf8")) : null };
}

/** Runs the built command in a data directory, over a client's configuration directory. */
export function runClew(args, { home, config }, options = {}) {
  return runNode([clewBin, ...args], {
    ...options,
    env: { CLEW_HOME: home, CLAUDE_CONFIG_DIR: config, NO_COLOR: "1" },
  });
}

/**
 * Median time of each task; the tasks take turns, so that what else the machine does falls on all of them.
 * @param {Record<string, () => Promise<number>>} tasks each returns its own time
 */
export async function medians(tasks, rounds = 15) {
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (const [name, task] of Object.entries(tasks)) if (rounds > 1) await task(name);
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) times[name].push(await task());
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, percentile(list, 50)]));
}

/** The value below which so many percent of the list lie. */
export function percentile(list, percent) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))];
}
