/**
 * @module What `import` of the SDK adds to a program's start: time and memory around the import, in many processes in turn,
 * beside a package of the same form (exports, an entry for each sub-path) whose files hold one empty function.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile, root } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const ROUNDS = 101;

const folder = mkdtempSync(join(tmpdir(), "clew-bench-start-up-"));
const modules = join(folder, "node_modules");
const sdk = join(modules, "clew-sdk");
const empty = join(modules, "empty-sdk");
const put = (path, text) => writeFileSync(join(folder, path), text);

mkdirSync(sdk, { recursive: true });
for (const name of ["package.json", "dist"])
  cpSync(join(root, "packages", "sdk", name), join(sdk, name), { recursive: true });
mkdirSync(join(empty, "dist"), { recursive: true });
const exportsOf = (name) => ({
  require: `./dist/${name}.cjs`,
  "module-sync": { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
});
put(
  "node_modules/empty-sdk/package.json",
  JSON.stringify({
    name: "empty-sdk",
    type: "module",
    exports: { ".": exportsOf("index"), "./pino": exportsOf("pino") },
  }),
);
put("node_modules/empty-sdk/dist/index.js", "export function withSession() {}\n");
put("node_modules/empty-sdk/dist/pino.js", "export function sessionLogger() {}\n");
const programs = {};
for (const name of ["clew-sdk", "empty-sdk"]) {
  programs[name] = `import { withSession } from "${name}";\nexport const used = [withSession];\n`;
  programs[`${name}+pino`] =
    `import { withSession } from "${name}";\nimport { sessionLogger } from "${name}/pino";\nexport const used = [withSession, sessionLogger];\n`;
}
for (const [name, text] of Object.entries(programs)) put(`${name}.mjs`, text);
// The heap is looked at after a collection on both sides: what is left is what the program keeps.
put(
  "probe.mjs",
  `const [path, isMemory] = process.argv.slice(2);
   if (isMemory) globalThis.gc();
   const before = process.memoryUsage();
   const startedAt = process.hrtime.bigint();
   const { used } = await import(path);
   const time = Number(process.hrtime.bigint() - startedAt) / 1e6;
   if (isMemory) globalThis.gc();
   const after = process.memoryUsage();
   const firstAt = process.hrtime.bigint();
   used[0]({ record: false }, () => {});
   const first = Number(process.hrtime.bigint() - firstAt) / 1e6;
   console.log(JSON.stringify({ time, first, heap: after.heapUsed + after.external - before.heapUsed - before.external, rss: after.rss - before.rss }));
  `,
);

function probe(name, isMemory) {
  const args = [...(isMemory ? ["--expose-gc"] : []), "probe.mjs", `./${name}.mjs`, ...(isMemory ? ["memory"] : [])];
  const env = { PATH: process.env.PATH, HOME: folder };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} ended with ${status}\n${stderr}`);
  return JSON.parse(stdout);
}

const names = Object.keys(programs);
const found = Object.fromEntries(names.map((name) => [name, { time: [], first: [], heap: [], rss: [] }]));
for (const name of names) probe(name, false);
for (let round = 0; round < ROUNDS; round++) {
  for (const name of names) {
    const { time, first } = probe(name, false);
    found[name].time.push(time);
    found[name].first.push(first);
    if (round % 4 !== 0) continue;
    const { heap, rss } = probe(name, true);
    found[name].heap.push(heap);
    found[name].rss.push(rss);
  }
}
rmSync(folder, { recursive: true, force: true });

const median = (name, what) => percentile(found[name][what], 50);
const added = (suffix, what) => median(`clew-sdk${suffix}`, what) - median(`empty-sdk${suffix}`, what);
const rows = (suffix, entries) => [
  { what: `${entries}: time`, value: added(suffix, "time"), unit: "ms", budget: 1 },
  {
    what: `${entries}: heap and buffers after a collection, bytes`,
    value: added(suffix, "heap"),
    unit: "count",
    budget: 300_000,
  },
  { what: `${entries}: resident memory, bytes`, value: added(suffix, "rss"), unit: "count", budget: 300_000 },
];
printTable(`What importing the SDK adds, median of ${ROUNDS} processes (memory: ${found["clew-sdk"].heap.length})`, [
  ...rows("", "clew-sdk"),
  ...rows("+pino", "clew-sdk and clew-sdk/pino"),
  { what: "the first session, not recorded", value: median("clew-sdk", "first"), unit: "ms" },
]);
