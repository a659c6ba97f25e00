/**
 * @module Usage totals of an archive as a whole process, from the start of Node to the sums: `node benchmarks/usage-scan.mjs`.
 * Takes turns with ccusage and checks that both count the same tokens. `--scan DIR [WORKERS]` is the process that is timed.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { corpusConfig, generated } from "./lib/archives.mjs";
import { percentile, root, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const built = (path) => pathToFileURL(join(root, "packages", "app", "dist", path)).href;
const kinds = ["inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens"];

/** Each response once, its better record, with its price: what `clew cost` would say before anything is stored. */
async function scan(config, workers) {
  const [{ scanFiles }, { mergeResponses }, { discoverAll }, { createPricer }] = await Promise.all(
    [
      "sources/claude/usage-scan.js",
      "sources/claude/better-response.js",
      "sources/source.js",
      "ingest/price/price-book.js",
    ].map((path) => import(built(path))),
  );
  const price = createPricer();
  const responses = new Map();
  for await (const file of scanFiles(discoverAll([config]).files, {
    now: Date.now(),
    ...(workers && { workers: Number(workers) }),
  })) {
    for (const response of file.responses) {
      const known = responses.get(response.responseId);
      responses.set(response.responseId, known ? mergeResponses(known, response) : response);
    }
  }
  const totals = Object.fromEntries([...kinds, "responses", "costMicros", "unpriced"].map((kind) => [kind, 0]));
  for (const response of responses.values()) {
    totals.inputTokens += response.inputTokens;
    totals.outputTokens += response.outputTokens;
    totals.cacheCreationTokens += response.cacheWriteTokens;
    totals.cacheReadTokens += response.cacheReadTokens;
    totals.responses++;
    const { costMicros } = price(response);
    if (costMicros === null) totals.unpriced++;
    else totals.costMicros += costMicros;
  }
  return totals;
}

function ccusage(config) {
  const startedAt = performance.now();
  const { status, stdout } = spawnSync(
    join(root, "node_modules", ".bin", "ccusage"),
    ["daily", "--offline", "--json"],
    {
      env: { ...process.env, CLAUDE_CONFIG_DIR: config },
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  if (status !== 0) throw new Error("ccusage did not run");
  return { time: performance.now() - startedAt, totals: JSON.parse(stdout).totals };
}

async function ours(config, workers) {
  const { time, stdout, memory } = await runNode([process.argv[1], "--scan", config, workers], { memory: true });
  return { time, memory, totals: JSON.parse(stdout) };
}

async function compare() {
  const rounds = 5;
  const corpus = corpusConfig();
  const config = corpus ?? generated(300, 90_000).config;
  const runs = { theirs: [], alone: [], threaded: [] };
  for (let round = 0; round < rounds; round++) {
    runs.theirs.push(ccusage(config));
    runs.alone.push(await ours(config, "0"));
    runs.threaded.push(await ours(config, "1"));
  }
  const median = (name, key) =>
    percentile(
      runs[name].map((run) => run[key]),
      50,
    );
  const yardstick = { name: "ccusage 20.0.24", value: median("theirs", "time") };
  const [{ totals }] = runs.alone;
  printTable(`Usage scan of ${corpus ? "the corpus" : "a generated archive (no corpus here)"}, median of ${rounds}`, [
    {
      what: "whole process, one thread",
      value: median("alone", "time"),
      unit: "ms",
      budget: yardstick.value,
      yardstick,
    },
    {
      what: "whole process, two threads",
      value: median("threaded", "time"),
      unit: "ms",
      budget: yardstick.value,
      yardstick,
    },
    { what: "peak memory, one thread", value: median("alone", "memory"), unit: "MB", budget: 300e6 },
  ]);
  const [{ totals: theirs }] = runs.theirs;
  const differing = kinds.filter((kind) => totals[kind] !== theirs[kind]);
  console.log(
    `  ${totals.responses} responses, ${totals.unpriced} unpriced, ${(totals.costMicros / 1e6).toFixed(6)} USD`,
  );
  for (const kind of kinds)
    console.log(`  ${kind}: ${totals[kind]}${totals[kind] === theirs[kind] ? "" : `, ccusage ${theirs[kind]}`}`);
  console.log(differing.length === 0 ? "  ccusage counts the same tokens" : "  ccusage counts differently");
  console.log(`  ccusage: ${theirs.totalCost.toFixed(6)} USD`);
  if (corpus && differing.length > 0) process.exitCode = 1;
}

const [mode, config, workers] = process.argv.slice(2);
if (mode === "--scan") console.log(JSON.stringify(await scan(config, workers)));
else await compare();
