/** @module A way to load Node's own modules where process.getBuiltinModule is missing: Node 20 before 20.16. Imports nothing of ours: it comes first. */
import { createRequire } from "node:module";

const holder = globalThis as unknown as Record<symbol, NodeJS.Require | undefined>;
// builtin.ts looks here. Any absolute path will do: nothing is looked for beside it.
holder[Symbol.for("clew-sdk.load")] ??= createRequire(process.execPath);
