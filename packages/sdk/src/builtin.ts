/** @module Node's own modules at the moment they are needed: an import of node:fs alone is most of what the SDK would cost at start-up. */
import { createRequire } from "node:module";

interface Builtins {
  readonly "node:fs": typeof import("node:fs");
  readonly "node:os": typeof import("node:os");
  readonly "node:path": typeof import("node:path");
}

/** The module; loaded once by Node itself. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  // Older ones of Node 20 lack the first way. Any absolute path will do for the second: nothing is looked for beside it.
  const load = process.getBuiltinModule ?? createRequire(process.execPath);
  return load(name) as Builtins[Name];
}
