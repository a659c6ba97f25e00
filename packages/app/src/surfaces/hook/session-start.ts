/** @module Program of the SessionStart hook: `node session-start.cjs [CLEW_HOME]` with the hook's body on standard input. */
import { runSessionStart } from "./run-session-start.ts";

process.on("uncaughtException", () => process.exit(0));
const home = process.argv[2];
// No await at the top: what this file loads later may import from this file, and would wait for it for ever.
runSessionStart(home ? { ...process.env, CLEW_HOME: home } : process.env).finally(() => process.exit(0));
