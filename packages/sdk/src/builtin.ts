/** @module Node's own modules at the moment they are needed: importing even one at the top is a good part of what the SDK would cost at start-up. */

interface Builtins {
  readonly "node:async_hooks": typeof import("node:async_hooks");
  readonly "node:fs": typeof import("node:fs");
  readonly "node:module": typeof import("node:module");
  readonly "node:os": typeof import("node:os");
  readonly "node:path": typeof import("node:path");
}

/** The module; loaded once by Node itself. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  // What older-node.ts leaves is for the Node 20 that lacks the first way.
  const left = (globalThis as unknown as Record<symbol, NodeJS.Require | undefined>)[Symbol.for("clew-sdk.load")];
  const load = process.getBuiltinModule ?? left;
  if (!load) throw new Error("clew-sdk needs Node 20.16 or newer where its files are bundled for newer ones");
  return load(name) as Builtins[Name];
}
