/** @module Where things are in this repository, and how a script runs and reports a step. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, without a trailing separator. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Scratch space that goes together with node_modules. */
export const cacheDirectory = join(root, "node_modules", ".cache");

/** A step that failed; its output has already been shown. */
export class StepFailed extends Error {}

/** One line about what happens now. */
export function say(text) {
  console.log(`clew: ${text}`);
}

/** Runs a command with the terminal's own streams; throws StepFailed unless it exits 0. */
export function run(command, args, options = {}) {
  const status = tryRun(command, args, options);
  if (status !== 0) throw new StepFailed(`${[command, ...args].join(" ")} ended with ${status}`);
}

/** Like `run`, but returns the exit code; 127 when the command could not be started. */
export function tryRun(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.signal) process.exit(130); // Ctrl-C reached it as well as us: nothing to explain
  return result.status ?? 127;
}

/** Runs a package's own command file with this Node, without npm or a shell between. */
export function runNode(script, args = [], options = {}) {
  run(process.execPath, [join(root, script), ...args], options);
}

/** Runs npm, whose command has another name on Windows. */
export function runNpm(args, options = {}) {
  const windows = process.platform === "win32";
  run(windows ? "npm.cmd" : "npm", args, { shell: windows, ...options });
}

/** Runs a script's steps; a failed step ends the process with 1 and one line instead of a stack. */
export async function main(steps) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`clew: ${error.message}`);
    process.exitCode = 1;
  }
}
