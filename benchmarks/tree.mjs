/** @module One session's tree among 100,000 sessions. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { percentile, root } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const sessions = 100_000;
const Database = createRequire(join(root, "packages", "app", "package.json"))("better-sqlite3");
const dist = join(root, "packages", "app", "dist");
const fromDist = (path) => import(pathToFileURL(join(dist, ...path.split("/"))).href);

/** Every root has 19 descendants, three levels deep; the very first has 999. */
function parentOf(index) {
  if (index < 1000) return index === 0 ? null : Math.floor((index - 1) / 10);
  const place = index % 20;
  return place === 0 ? null : index - place + Math.floor((place - 1) / 4);
}

const home = mkdtempSync(join(tmpdir(), "clew-tree-"));
const path = join(home, "clew.db");
const database = new Database(path);
const schema = join(dist, "store", "schema");
const migrations = readdirSync(schema).sort();
for (const name of migrations) database.exec(readFileSync(join(schema, name), "utf8"));
database.pragma(`user_version = ${migrations.length}`);
database.exec(`
  INSERT INTO projects (project_id, name) VALUES ('p', 'p');
  INSERT INTO workspaces (workspace_id, path, name, project_id) VALUES ('w', '/w', 'w', 'p');
  INSERT INTO identities (identity_id, kind, platform) VALUES ('i', 'agent', 'claude-code');`);
const insert = database.prepare(
  `INSERT INTO sessions (session_id, parent_session_id, root_session_id, workspace_id, identity_id, agent, started_at, ended_at, title)
   VALUES (?, ?, ?, 'w', 'i', 'claude-code', ?, ?, ?)`,
);
const nameOf = (index) => `session-${index}`;
database.transaction(() => {
  for (let index = 0; index < sessions; index++) {
    const parent = parentOf(index);
    const top = index < 1000 ? 0 : index - (index % 20);
    insert.run(
      nameOf(index),
      parent === null ? null : nameOf(parent),
      nameOf(top),
      index * 1000,
      index * 1000 + 500,
      `title ${index}`,
    );
  }
})();
database.exec("ANALYZE");
database.close();

const { openReader } = await fromDist("query/reader.js");
const { sessionTree } = await fromDist("query/tree.js");
const reader = openReader(path);
const time = (index) => {
  const startedAt = performance.now();
  const tree = sessionTree(reader, { sessionId: nameOf(index), now: sessions * 1000 });
  if (tree === null) throw new Error(`no tree of ${nameOf(index)}`);
  return performance.now() - startedAt;
};
const small = Array.from({ length: 600 }, (_, round) => time(1000 + ((round * 7919 * 20) % (sessions - 1000)))).slice(
  100,
);
const large = Array.from({ length: 20 }, () => time(0)).slice(3);
const scan = performance.now();
reader.prepare("SELECT count(*) FROM sessions WHERE title LIKE '%x%'").get();
const yardstick = { name: "one pass over the sessions", value: performance.now() - scan };
printTable(`Session tree among ${sessions.toLocaleString("en")} sessions`, [
  { what: "20 sessions, three levels, p95", value: percentile(small, 95), unit: "ms", budget: 1, yardstick },
  { what: "20 sessions, p50", value: percentile(small, 50), unit: "ms" },
  { what: "1,000 sessions in one tree, p50", value: percentile(large, 50), unit: "ms" },
]);
rmSync(home, { recursive: true, force: true });
