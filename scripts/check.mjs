/** @module `npm run check`: format, lint, types, tests. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { main, root, runNode, say } from "./lib/workspace.mjs";

const typeProjects = ["packages/sdk", "packages/app", "packages/app/src/surfaces/web", "test"];

requireSupportedNode();
await main(() => {
  ensureInstalled();
  say("format and lint");
  runNode("node_modules/@biomejs/biome/bin/biome", ["ci", "."]);
  for (const project of typeProjects.filter((path) => existsSync(join(root, path, "tsconfig.json")))) {
    say(`types of ${project}`);
    runNode("node_modules/typescript/bin/tsc", ["-p", project, "--noEmit"]);
  }
  ensureBuilt();
  runNode("node_modules/vitest/vitest.mjs", ["run"]);
});
