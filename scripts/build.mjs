/** @module `npm run build`: builds all packages from nothing. */
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { main } from "./lib/workspace.mjs";

requireSupportedNode();
await main(() => {
  ensureInstalled();
  ensureBuilt({ clean: true });
});
