/** @module Commands over an archive that is indexed already, small and large, against Node's own start. */
import { corpusConfig, generated, indexed } from "./lib/archives.mjs";
import { medians, runClew, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const small = corpusConfig() ?? generated(300, 90_000).config;
const large = generated(5000, 1_000_000);
const common = large.manifest.words[2];
const places = [
  ["small", { config: small, home: await indexed(small, "small") }],
  [
    `${large.manifest.events.toLocaleString("en")} events`,
    { config: large.config, home: await indexed(large.config, "large") },
  ],
];
const commands = {
  sessions: ["sessions", "--json"],
  cost: ["cost", "--by", "model", "--json"],
  "search, a common word": ["search", common, "--json"],
};

for (const [size, place] of places) {
  const times = await medians({
    node: async () => (await runNode(["-e", "0"])).time,
    ...Object.fromEntries(
      Object.entries(commands).map(([name, args]) => [name, async () => (await runClew(args, place)).time]),
    ),
  });
  const yardstick = { name: "node -e 0", value: times.node };
  printTable(
    `Warm commands, ${size}, median of 15`,
    Object.keys(commands).map((what) => ({ what, value: times[what], unit: "ms", budget: times.node + 60, yardstick })),
  );
}
