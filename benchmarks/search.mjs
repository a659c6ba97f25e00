/** @module Searching a million events for one word, from the most common to the rarest. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generated, indexed } from "./lib/archives.mjs";
import { percentile, root } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const { config, manifest } = generated(5000, 1_000_000);
const home = await indexed(config, "large");
const fromDist = (path) => import(pathToFileURL(join(root, "packages", "app", "dist", ...path.split("/"))).href);
const { openReader } = await fromDist("query/reader.js");
const { parseFilter } = await fromDist("query/filter/parse.js");
const { searchEvents } = await fromDist("query/search.js");

const reader = openReader(join(home, "clew.db"));
const ask = (word) => {
  const startedAt = performance.now();
  const answer = searchEvents(reader, {
    filter: parseFilter(word, "search"),
    now: Date.now(),
    timeZone: "UTC",
    limit: 20,
  });
  return { time: performance.now() - startedAt, found: answer.rows.length };
};

const thirds = { common: [], middling: [], rare: [] };
let missing = 0;
for (let pass = 0; pass < 3; pass++) {
  for (const [index, word] of manifest.words.entries()) {
    const { time, found } = ask(word);
    const third = Object.keys(thirds)[Math.floor((index / manifest.words.length) * 3)];
    if (pass > 0) thirds[third].push(time);
    else if (found === 0) missing++;
  }
}
const all = Object.values(thirds).flat();
const scan = performance.now();
reader.prepare("SELECT count(*) FROM events").get();
const yardstick = { name: "counting the events", value: performance.now() - scan };
printTable(
  `Search in ${manifest.events.toLocaleString("en")} events, ${manifest.words.length} words, 20 hits with snippets`,
  [
    { what: "any word, p95", value: percentile(all, 95), unit: "ms", budget: 20, yardstick },
    { what: "any word, p50", value: percentile(all, 50), unit: "ms" },
    ...Object.entries(thirds).map(([name, times]) => ({
      what: `${name} words, p95`,
      value: percentile(times, 95),
      unit: "ms",
    })),
    { what: "slowest", value: Math.max(...all), unit: "ms" },
    { what: "words without a hit", value: missing, unit: "count" },
  ],
);
