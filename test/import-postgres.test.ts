import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImportAnswer } from "../packages/app/src/model/import-answers.ts";
import { openReader } from "../packages/app/src/store/db.ts";
import { run } from "../packages/app/src/surfaces/cli/testing.ts";
import { type PostgresBed, startPostgres } from "./postgres-bed.ts";

const SESSION = "5d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";
const AGENT = "9aa1b2c3-1111-4222-8333-0123456789ab";
const NOW = Date.UTC(2026, 2, 10, 12);

let bed: PostgresBed;
let sql: Sql;
const home = mkdtempSync(join(tmpdir(), "clew-import-pg-"));

beforeAll(async () => {
  bed = await startPostgres();
  sql = postgres(bed.url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`
    CREATE SCHEMA claude;
    CREATE TABLE claude.identities (identity_id UUID PRIMARY KEY, identity_name TEXT, platform TEXT);
    CREATE TABLE claude.workspaces (workspace_id SERIAL PRIMARY KEY, project_name TEXT, path TEXT);
    CREATE TABLE claude.sessions (session_id UUID PRIMARY KEY, identity_id UUID, project_name TEXT, session_start TIMESTAMPTZ,
      session_end TIMESTAMP, session_summary TEXT, tasks_completed TEXT[], learnings_gained TEXT[]);
    CREATE TABLE claude.session_state (project_name TEXT PRIMARY KEY, todo_list JSONB, current_focus TEXT, next_steps JSONB, updated_at TIMESTAMPTZ);
    CREATE TABLE claude.agent_sessions (session_id UUID PRIMARY KEY, agent_type TEXT, task_description TEXT, success BOOLEAN, result TEXT,
      estimated_cost_usd NUMERIC, spawned_at TIMESTAMPTZ, completed_at TIMESTAMPTZ, parent_session_id UUID);
    CREATE TABLE claude.mcp_usage (usage_id BIGSERIAL PRIMARY KEY, session_id UUID, mcp_server TEXT, tool_name TEXT, success BOOLEAN,
      duration_ms INTEGER, created_at TIMESTAMPTZ);
    CREATE TABLE claude.messages (message_id UUID PRIMARY KEY DEFAULT gen_random_uuid(), from_session_id UUID, to_project TEXT, message_type TEXT,
      subject TEXT, body TEXT, status TEXT, created_at TIMESTAMPTZ);
    INSERT INTO claude.identities VALUES ('ff32276f-9d05-4c3e-8f0e-3a6b7c8d9e0f', 'claude ato', 'cli');
    INSERT INTO claude.workspaces (project_name, path) VALUES ('loom', '/home/ada/loom');
    INSERT INTO claude.sessions VALUES
      ('${SESSION}', 'ff32276f-9d05-4c3e-8f0e-3a6b7c8d9e0f', 'loom', '2026-01-05 08:00:00+00', '2026-01-05 09:00:00', 'Dyed the wool', ARRAY['Red'], ARRAY['Salt helps']),
      (gen_random_uuid(), NULL, 'kiln', '2026-01-06 08:00:00+00', NULL, NULL, NULL, NULL);
    INSERT INTO claude.session_state VALUES ('loom', '["Weave the border"]', 'the border', '["Rinse"]', '2026-01-05 09:00:00+00');
    INSERT INTO claude.agent_sessions VALUES ('${AGENT}', 'weaver-haiku', 'Weave', TRUE, 'woven', 0.02, '2026-01-05 08:10:00+00', '2026-01-05 08:20:00+00', '${SESSION}');
    INSERT INTO claude.mcp_usage (session_id, mcp_server, tool_name, success, duration_ms, created_at)
      SELECT '${SESSION}', 'yarn', 'find', TRUE, n, '2026-01-05 08:30:00+00' FROM generate_series(1, 1200) n;
    INSERT INTO claude.messages (from_session_id, to_project, message_type, subject, body, created_at)
      VALUES ('${SESSION}', 'kiln', 'notification', 'Glaze', 'The cobalt arrived', '2026-01-05 08:40:00+00');
  `);
});
afterAll(async () => {
  await sql?.end();
  await bed?.stop();
  rmSync(home, { recursive: true, force: true });
});

const env = { HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run"), USER: "ada" };
async function importing(...words: readonly string[]): Promise<ImportAnswer> {
  const { code, stdout, stderr } = await run(["import", "postgres", bed.url, ...words, "--json"], {
    home,
    now: NOW,
    env,
  });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).not.toContain(bed.password);
  return JSON.parse(stdout) as ImportAnswer;
}
function ask<Row>(question: string, ...parameters: readonly unknown[]): Row[] {
  const db = openReader(join(home, "data", "clew.db"));
  try {
    return db.prepare<unknown[], Row>(question).all(...parameters);
  } finally {
    db.close();
  }
}
const readOf = (answer: ImportAnswer) =>
  Object.fromEntries(answer.rows.map((row) => [row.what, [row.read, row.new, row.known]]));

test("a schema comes in once, and then what is new", async () => {
  const dry = await importing("--dry-run");
  const first = await importing();
  expect(first.new_events).toBe(dry.new_events);
  expect(readOf(first)).toEqual({
    sessions: [2, 2, 0],
    "agent sessions": [1, 1, 0],
    states: [1, 1, 0],
    "MCP calls": [1200, 1200, 0],
    messages: [1, 1, 0],
  });
  expect(
    ask(
      "SELECT session_id, parent_session_id, identity_id, status, started_at, cwd, imported, agent_result FROM sessions WHERE session_id IN (?, ?) ORDER BY 1",
      SESSION,
      AGENT,
    ),
  ).toEqual([
    {
      session_id: SESSION,
      parent_session_id: null,
      identity_id: "claude-ato",
      status: "completed",
      started_at: Date.UTC(2026, 0, 5, 8),
      cwd: "/home/ada/loom",
      imported: "postgres",
      agent_result: null,
    },
    expect.objectContaining({
      session_id: AGENT,
      parent_session_id: SESSION,
      status: "completed",
      agent_result: "woven",
    }),
  ]);
  expect(ask("SELECT summary FROM session_outcomes")).toEqual([{ summary: "Dyed the wool" }]);
  expect(ask("SELECT focus, next_steps FROM project_state")).toEqual([
    { focus: "the border", next_steps: '["Rinse"]' },
  ]);
  expect(ask("SELECT 1 FROM sessions WHERE identity_id IS NULL OR person_id IS NULL")).toEqual([]);
  const { stdout } = await run(["search", "cobalt"], { home, now: NOW, env });
  expect(stdout).toContain("1 hit");

  const again = await importing();
  expect([again.new_events, again.known_events]).toEqual([0, first.new_events]);
  await sql`insert into claude.messages (from_session_id, subject, body, created_at) values (${SESSION}, 'More', 'thread', now())`;
  const grown = await importing();
  expect([grown.new_events, readOf(grown).messages]).toEqual([1, [2, 1, 1]]);
});

test("a password is in no message", async () => {
  const failed = await run(["import", "postgres", `${bed.url.replace(bed.password, "wrong-word")}`], {
    home,
    now: NOW,
    env,
  });
  expect([failed.code, failed.stderr.includes("wrong-word"), failed.stderr]).toEqual([
    1,
    false,
    expect.stringContaining("password authentication failed"),
  ]);
  const elsewhere = new URL(bed.url);
  elsewhere.pathname = "/template1";
  const empty = await run(["import", "postgres", elsewhere.href], { home, now: NOW, env });
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining("has no schema claude")]);
  expect(empty.stderr).not.toContain(bed.password);
});
