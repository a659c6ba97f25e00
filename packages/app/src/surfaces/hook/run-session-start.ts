/** @module One run of the SessionStart hook: standard input in, context on standard output, exit status 0 whatever happens. */
import { writeSync } from "node:fs";
import type { Environment } from "../../base/paths.ts";
import { readInput } from "./hook-input.ts";
import { startSession } from "./start-session.ts";

/** An agent waits for this hook. Milliseconds. */
export const TIME_LIMIT_MS = 2000;

/** Ends the process by itself only when the time is up. */
export async function runSessionStart(env: Environment): Promise<void> {
  // What still runs then is of no use to a session that has begun.
  setTimeout(() => process.exit(0), TIME_LIMIT_MS).unref();
  try {
    const input = await readInput(process.stdin);
    await startSession({
      env,
      input,
      now: Date.now(),
      parentPid: process.ppid,
      print: (text) => writeAll(1, text),
      explain: (message) => {
        if (env.CLEW_HOOK_DEBUG === "1") writeAll(2, `clew session-start: ${message}\n`);
      },
    });
  } catch {
    // A hook has nobody to complain to.
  }
}

/** Without a stream: nothing is left to flush when the process ends. A reader that is gone is no failure. */
function writeAll(file: 1 | 2, text: string): void {
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } catch {
    // Nobody reads.
  }
}
