/** @module `npm test`: the whole suite on this Node, its core on Node 24, then format, lint and types; the last line sums up. */
import { checkSource } from "./lib/check-source.mjs";
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
  if (filters.length === 0) counts = addCounts(counts, sourceCounts());
  console.log("");
  say(`suite finished on Node ${process.versions.node}${filters.length === 0 ? " and 24" : ""}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
});

/** As one test, which has said itself what is wrong. */
function sourceCounts() {
  try {
    checkSource();
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    say(error.message);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
