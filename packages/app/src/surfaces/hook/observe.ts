/** @module Entry of the observing hook for systems without sh: `node observe.js [CLEW_HOME]` with the body on standard input. */
import { SPOOL_LIMITS } from "../../spool/spool-directory.ts";
import { readInput } from "./hook-input.ts";
import { observeHook } from "./observe-hook.ts";

process.on("uncaughtException", () => process.exit(0));
const outcome = await observeHook({
  home: process.argv[2],
  env: process.env,
  parentPid: process.ppid,
  random: Math.random,
  readBody: () => readInput(process.stdin, SPOOL_LIMITS.fileBytes),
});
if (process.env.CLEW_HOOK_DEBUG === "1") process.stderr.write(`clew hook: ${outcome}\n`);
process.exitCode = 0;
