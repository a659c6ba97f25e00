/**
 * @module Writes a large made-up archive of transcripts: `node benchmarks/generate.mjs --sessions 5000 --events 1000000
 * --out DIR [--seed 1]`. The same arguments write the same bytes. Every eighth session has subagents (some nested),
 * every eleventh is a fork, long ones are compacted, and one in a thousand has a tool result of 10 MB.
 */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { writeSession } from "./lib/archive-writer.mjs";
import { createRandom, createTexts, createVocabulary } from "./lib/words.mjs";

const projects = Array.from({ length: 24 }, (_, index) => `/home/mira/code/project-${String(index).padStart(2, "0")}`);
const newest = Date.UTC(2026, 9, 31, 18);
const span = 120 * 86_400_000;

/**
 * Writes the archive and its manifest, which says what a reader must find.
 * @param {{ sessions: number, events: number, out: string, seed?: number }} options `events` is met to within a session.
 */
export function generate({ sessions, events, out, seed = 1 }) {
  const random = createRandom(seed);
  const vocabulary = createVocabulary(random, 60_000);
  const source = { random, text: createTexts(random, vocabulary) };
  const weights = Array.from({ length: sessions }, () => Math.exp(1.1 * normal(random)));
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const total = {
    sessions,
    forks: 0,
    subagents: 0,
    files: 0,
    events: 0,
    bytes: 0,
    usage: { responses: 0, input: 0, output: 0, cacheWrite: 0, cacheRead: 0 },
  };
  let last = null;
  let root = null;
  for (let index = 0; index < sessions; index++) {
    const share = Math.max(6, Math.round((weights[index] / weightSum) * events * 0.985));
    const isAgent = root !== null && index % 8 < 2 && index > 8;
    const name = index.toString(16).padStart(8, "0");
    if (isAgent) {
      const nested = index % 8 === 1;
      const agentId = `a${name}`;
      const parentAgentId = nested ? `a${(index - 1).toString(16).padStart(8, "0")}` : undefined;
      const plan = {
        index,
        sessionId: root.sessionId,
        agentId,
        cwd: root.cwd,
        startedAt: root.startedAt + 60_000,
        lines: share,
      };
      const base = join(out, "projects", slugOf(root.cwd), root.sessionId, "subagents", `agent-${agentId}`);
      put(`${base}.jsonl`, writeSession(source, plan), total);
      const meta = {
        agentType: "general-purpose",
        description: source.text(4),
        spawnDepth: nested ? 2 : 1,
        ...(nested ? { parentAgentId } : {}),
      };
      writeFileSync(`${base}.meta.json`, JSON.stringify(meta));
      total.subagents++;
      continue;
    }
    const origin = index % 11 === 5 ? last : null;
    const cwd = origin?.cwd ?? projects[Math.floor(random() ** 2 * projects.length)];
    const startedAt = newest - span + Math.floor((index / sessions) * span);
    const sessionId = `${name}-5e55-4000-8000-000000000000`;
    const shared = origin ? origin.lines.slice(0, Math.floor(Math.min(origin.lines.length, share) / 2)) : [];
    const history = shared.map((line) => line.replaceAll(origin.sessionId, sessionId));
    if (origin) total.forks++;
    const written = writeSession(source, { index, sessionId, cwd, startedAt, lines: share, history });
    put(join(out, "projects", slugOf(cwd), `${sessionId}.jsonl`), written, total);
    last = { cwd, sessionId, lines: written.lines.filter((line) => line.includes('"uuid"')) };
    root = { sessionId, cwd, startedAt };
  }
  // Words from the most common to the rarest, evenly spaced in the logarithm of their rank.
  const words = Array.from(
    { length: 300 },
    (_, step) => vocabulary[Math.floor(vocabulary.length ** (step / 300)) - 1 + (step % 3)],
  );
  const manifest = { ...total, seed, words: [...new Set(words)] };
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest)}\n`);
  return manifest;
}

const slugOf = (path) => path.replace(/[^A-Za-z0-9]/g, "-");

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function put(path, { lines, usage, endedAt }, total) {
  const text = `${lines.join("\n")}\n`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, endedAt / 1000, endedAt / 1000);
  total.files++;
  total.events += lines.length;
  total.bytes += text.length;
  for (const kind of Object.keys(usage)) total.usage[kind] += usage[kind];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      sessions: { type: "string", default: "5000" },
      events: { type: "string", default: "1000000" },
      out: { type: "string" },
      seed: { type: "string", default: "1" },
    },
  });
  if (!values.out) {
    console.error("usage: node benchmarks/generate.mjs --out DIR [--sessions 5000] [--events 1000000] [--seed 1]");
    process.exit(2);
  }
  const { words, ...summary } = generate({
    out: values.out,
    sessions: Number(values.sessions),
    events: Number(values.events),
    seed: Number(values.seed),
  });
  console.log(JSON.stringify(summary));
}
