/** @module The archives that benchmarks run over: generated and indexed once, kept in node_modules/.cache/clew-bench. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generate } from "../generate.mjs";
import { root, runClew } from "./measure.mjs";

const cache = join(root, "node_modules", ".cache", "clew-bench");

/** Multiplies the size of generated archives: CLEW_BENCH_SCALE=0.1 for a quick look. */
const scale = Number(process.env.CLEW_BENCH_SCALE ?? 1);

/** The folder of public transcripts, or null (CLEW_CORPUS, else `shared/corpus` beside the repository). */
export function corpusConfig() {
  const directory = resolve(process.env.CLEW_CORPUS ?? join(root, "..", "shared", "corpus"), "claude");
  return existsSync(join(directory, "projects")) ? directory : null;
}

/** A generated archive, not indexed: `{ config, manifest }`. */
export function generated(sessions, events) {
  const [scaledSessions, scaledEvents] = [Math.round(sessions * scale), Math.round(events * scale)];
  const sources = ["generate.mjs", "lib/archive-writer.mjs", "lib/words.mjs"];
  const recipe = hashOf(sources.map((name) => join(root, "benchmarks", name)));
  const config = join(cache, `${scaledSessions}-sessions-${scaledEvents}-events-${recipe}`);
  const path = join(config, "manifest.json");
  if (!existsSync(path)) {
    console.log(
      `  generating ${scaledSessions.toLocaleString("en")} sessions, ${scaledEvents.toLocaleString("en")} events`,
    );
    mkdirSync(config, { recursive: true });
    generate({ out: config, sessions: scaledSessions, events: scaledEvents });
  }
  return { config, manifest: JSON.parse(readFileSync(path, "utf8")) };
}

/** The data directory of a fully indexed archive; made anew when the code that writes it has changed. */
export async function indexed(config, name) {
  const dist = join(root, "packages", "app", "dist");
  const writers = ["base", "model", "sources", "ingest", "store"].flatMap((folder) => filesUnder(join(dist, folder)));
  const home = join(cache, `home-${name}`);
  const mark = join(home, "indexed-by");
  const wanted = `${config} ${hashOf(writers)}`;
  if (!existsSync(mark) || readFileSync(mark, "utf8") !== wanted) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true, mode: 0o700 });
    console.log(`  indexing ${name}`);
    const { time, memory, stdout } = await runClew(["index", "--json"], { home, config }, { memory: true });
    const { bytes, events } = JSON.parse(stdout);
    console.log(
      `  ${events.toLocaleString("en")} events, ${Math.round(bytes / 1e6)} MB in ${(time / 1000).toFixed(1)} s, peak ${Math.round(memory / 1e6)} MB`,
    );
    writeFileSync(mark, wanted);
  }
  return home;
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex").slice(0, 12);
}

function filesUnder(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|sql)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
