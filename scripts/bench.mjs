/** @module `npm run bench [name ...]`: runs the named benchmarks, or all of them; each prints its own table. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { main, root, runNode, StepFailed, say } from "./lib/workspace.mjs";

requireSupportedNode();
await main(() => {
  const all = readdirSync(join(root, "benchmarks"))
    .filter((name) => name.endsWith(".mjs") && name !== "generate.mjs")
    .map((name) => name.slice(0, -".mjs".length))
    .sort();
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new StepFailed(`no benchmark ${unknown.join(", ")}; there are ${all.join(", ")}`);
  ensureInstalled();
  ensureBuilt();
  for (const name of chosen.length > 0 ? chosen : all) {
    say(`benchmark ${name}`);
    runNode(join("benchmarks", `${name}.mjs`));
  }
});
