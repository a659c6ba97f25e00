/** @module Indexing again when nothing has changed, over 5,000 transcripts. */
import { generated, indexed } from "./lib/archives.mjs";
import { medians, runClew, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const { config, manifest } = generated(5000, 150_000);
const home = await indexed(config, "no-change");
const statLoop = `
  const { readdirSync, statSync } = require("node:fs");
  for (const entry of readdirSync(${JSON.stringify(config)}, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) statSync(entry.parentPath + "/" + entry.name);`;

const { stdout } = await runClew(["index", "--json"], { home, config });
const answer = JSON.parse(stdout);
const times = await medians({
  node: async () => (await runNode(["-e", "0"])).time,
  stat: async () => (await runNode(["-e", statLoop])).time,
  index: async () => (await runClew(["index", "--json"], { home, config })).time,
});
printTable(`No change, ${manifest.files.toLocaleString("en")} transcripts, median of 15`, [
  {
    what: "clew index, over Node's own start",
    value: times.index - times.node,
    unit: "ms",
    budget: 100,
    yardstick: { name: "stat of each file", value: times.stat - times.node },
  },
  { what: "files parsed", value: answer.files, unit: "count", budget: 0 },
  { what: "bytes of transcripts read", value: answer.bytes_read, unit: "count", budget: 0 },
  { what: "events written", value: answer.events, unit: "count", budget: 0 },
]);
