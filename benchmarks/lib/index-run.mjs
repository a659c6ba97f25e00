/** @module `clew index` as a program of its own that says on standard output when the usage totals are known. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./measure.mjs";

const path = join(root, "packages", "app", "dist", "ingest", "index-command.js");
const { runIndex } = await import(pathToFileURL(path).href);
const answer = await runIndex({
  env: process.env,
  clock: () => Date.now(),
  onProgress: ({ usage }) => {
    if (usage) process.stdout.write("usage\n");
  },
});
process.stdout.write(`${JSON.stringify(answer)}\n`);
