/** @module `npm run check`: format, lint, types, tests. */
import { checkSource } from "./lib/check-source.mjs";
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { main, runNode } from "./lib/workspace.mjs";

requireSupportedNode();
await main(() => {
  ensureInstalled();
  checkSource();
  ensureBuilt();
  runNode("node_modules/vitest/vitest.mjs", ["run"]);
});
