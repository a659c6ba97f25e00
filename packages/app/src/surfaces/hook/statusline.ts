/** @module Program of the status line: `node statusline.cjs [CLEW_HOME]` with the client's JSON on standard input. */
import { runStatusline } from "./run-statusline.ts";

process.on("uncaughtException", () => process.exit(0));
const home = process.argv[2];
// No await at the top: what this file loads later may import from this file, and would wait for it for ever.
runStatusline(home ? { ...process.env, CLEW_HOME: home } : process.env).finally(() => process.exit(0));
