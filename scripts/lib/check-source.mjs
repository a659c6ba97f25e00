/** @module Format, lint and types of everything, tests and benchmarks included. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runNode, say } from "./workspace.mjs";

const typeProjects = ["packages/sdk", "packages/app", "packages/app/src/surfaces/web", "test"];

/** Throws at the first that is not as it should be. */
export function checkSource() {
  say("format and lint");
  runNode("node_modules/@biomejs/biome/bin/biome", ["ci", "--colors=off", "."]);
  for (const project of typeProjects.filter((path) => existsSync(join(root, path, "tsconfig.json")))) {
    say(`types of ${project}`);
    runNode("node_modules/typescript/bin/tsc", ["-p", project, "--noEmit"]);
  }
}
