/** @module `npm test`: the whole suite on this Node, then its core on Node 24; the last line sums both up. */
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { runOnNode24 } from "./lib/node24.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { addCounts, runVitest } from "./lib/vitest-run.mjs";
import { main, root, say } from "./lib/workspace.mjs";

requireSupportedNode();
await main(() => {
  ensureInstalled();
  ensureBuilt();
  const filters = process.argv.slice(2);
  let counts = runVitest({ node: process.execPath, cwd: root, args: filters, label: "here" });
  if (filters.length === 0) counts = addCounts(counts, runOnNode24());
  console.log("");
  say(`suite finished on Node ${process.versions.node}${filters.length === 0 ? " and 24" : ""}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
});
