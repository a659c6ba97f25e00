/** @module A first index: when usage is right, when the list is usable, when all is searchable; against ccusage's scan. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corpusConfig, generated } from "./lib/archives.mjs";
import { percentile, root, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 3;
const program = join(root, "benchmarks", "lib", "index-run.mjs");
const corpus = corpusConfig();
const config = corpus ?? generated(300, 90_000).config;
const Database = createRequire(join(root, "packages", "app", "package.json"))("better-sqlite3");

/** Sessions that a list could show now. */
function listed(path) {
  try {
    const database = new Database(path, { readonly: true, timeout: 50 });
    try {
      return database.prepare("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL").pluck().get();
    } finally {
      database.close();
    }
  } catch {
    return 0;
  }
}

/** Indexes into an empty data directory and notes what is known when. */
async function observe() {
  const home = mkdtempSync(join(tmpdir(), "clew-cold-"));
  const env = { CLEW_HOME: home, CLAUDE_CONFIG_DIR: config };
  const startedAt = performance.now();
  const first = { usage: null, list: null };
  const timer = setInterval(() => {
    if (listed(join(home, "clew.db")) >= 50) {
      first.list = performance.now() - startedAt;
      clearInterval(timer);
    }
  }, 30);
  const onOutput = () => {
    first.usage ??= performance.now() - startedAt;
  };
  const { time, memory } = await runNode([program], { env, memory: true, onOutput });
  clearInterval(timer);
  rmSync(home, { recursive: true, force: true });
  return { usage: first.usage ?? time, list: first.list ?? time, all: time, memory };
}

function ccusage() {
  const binary = join(root, "node_modules", ".bin", "ccusage");
  const startedAt = performance.now();
  const { status } = spawnSync(binary, ["daily", "--offline", "--json"], {
    env: { ...process.env, CLAUDE_CONFIG_DIR: config },
    stdio: "ignore",
  });
  return status === 0 ? performance.now() - startedAt : Number.NaN;
}

// Both read the files from memory, not from the disk.
for (const entry of readdirSync(config, { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) readFileSync(join(entry.parentPath ?? entry.path, entry.name));
}
const runs = [];
const yardsticks = [];
for (let round = 0; round < rounds; round++) {
  yardsticks.push(ccusage());
  runs.push(await observe());
}
const median = (key) =>
  percentile(
    runs.map((run) => run[key]),
    50,
  );
const yardstick = { name: "ccusage 20.0.24, usage only", value: percentile(yardsticks, 50) };
printTable(`Cold index of ${corpus ? "the corpus" : "a generated archive (no corpus here)"}, median of ${rounds}`, [
  { what: "usage totals known", value: median("usage"), unit: "ms", budget: yardstick.value, yardstick },
  { what: "50 newest sessions listed", value: median("list"), unit: "ms", budget: 1500, yardstick },
  { what: "all of it searchable", value: median("all"), unit: "ms", budget: 6000, yardstick },
  { what: "peak memory", value: median("memory"), unit: "MB", budget: 300e6 },
]);
