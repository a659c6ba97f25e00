/** @module `npm start`: sets up what is missing or stale, then runs `clew up` with the arguments given after `--`. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { main, root } from "./lib/workspace.mjs";

requireSupportedNode();
await main(async () => {
  ensureInstalled();
  ensureBuilt();
  // In this very process: Ctrl-C then reaches the one program that has to end.
  const bin = join(root, "packages", "app", "bin", "clew.js");
  process.argv = [process.execPath, bin, "up", ...process.argv.slice(2)];
  await import(pathToFileURL(bin).href);
});
