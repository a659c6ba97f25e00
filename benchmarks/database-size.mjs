/** @module The database's bytes, index and archive included, against the bytes of the transcripts in it. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { corpusConfig, generated, indexed } from "./lib/archives.mjs";
import { printTable } from "./lib/table.mjs";

/** Sum over the files below a folder whose name passes. */
function bytesOf(directory, passes = () => true) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && passes(entry.name))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

const corpus = corpusConfig();
const large = generated(5000, 1_000_000).config;
const places = [
  ...(corpus ? [["the corpus", corpus, "small"]] : []),
  ["generated (random words compress badly)", large, "large"],
];
const rows = [];
for (const [what, config, name] of places) {
  const home = await indexed(config, name);
  const transcripts = bytesOf(join(config, "projects"));
  const database = bytesOf(home, (file) => file.startsWith("clew.db"));
  rows.push({
    what,
    value: database,
    unit: "MB",
    ...(config === corpus ? { budget: 0.6 * transcripts } : {}),
    yardstick: { name: "transcripts", value: transcripts },
  });
}
printTable("Size of the database", rows);
