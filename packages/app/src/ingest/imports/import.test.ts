import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImportAnswer } from "../../model/import-answers.ts";
import { canonicalDump } from "../../store/canonical-dump.ts";
import { openReader } from "../../store/db.ts";
import { acquireWriterLock } from "../../store/lock.ts";
import { run } from "../../surfaces/cli/testing.ts";
import { drainIfFree } from "../drain-command.ts";
import { runRebuild } from "../rebuild-command.ts";
import { todosSource } from "./file-source.ts";
import { installCommand, optionalPackage } from "./optional-package.ts";
import { runImport } from "./run-import.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const ROOT = "5d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";
const fixtures = join(import.meta.dirname, "..", "..", "..", "..", "..", "fixtures", "imports");

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-import-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const env = () => ({ HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run"), USER: "ada" });

async function clew(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return run(words, { home, now: NOW, env: env() });
}
async function importing(...words: readonly string[]): Promise<ImportAnswer> {
  const { code, stdout, stderr } = await clew("import", ...words, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as ImportAnswer;
}
function ask<Row>(sql: string, ...parameters: readonly unknown[]): Row[] {
  const db = openReader(join(home, "data", "clew.db"));
  try {
    return db.prepare<unknown[], Row>(sql).all(...parameters);
  } finally {
    db.close();
  }
}
function dump(): string[] {
  const db = openReader(join(home, "data", "clew.db"));
  try {
    const lines: string[] = [];
    canonicalDump(db, (table, text) => lines.push(`${table} ${text}`));
    return lines;
  } finally {
    db.close();
  }
}
const rowOf = (answer: ImportAnswer, what: string) => answer.rows.find((row) => row.what === what);

/** A second run brings nothing, and what was derived is derived again from what was stored. */
async function expectSettled(...words: readonly string[]): Promise<void> {
  const before = dump();
  const again = await importing(...words);
  expect([again.new_events, again.rows.map((row) => row.new)]).toEqual([0, again.rows.map(() => 0)]);
  expect(dump()).toEqual(before);
  await runRebuild({ env: env(), clock: () => NOW });
  expect(dump()).toEqual(before);
}

describe("clew import json", () => {
  test("brings in sessions with their own times, once", async () => {
    const dry = await importing("json", join(fixtures, "sessions"), "--dry-run");
    expect([dry.dry_run, rowOf(dry, "sessions")]).toEqual([
      true,
      { what: "sessions", read: 3, new: 3, known: 0, empty: 0, problems: 0 },
    ]);
    const first = await importing("json", join(fixtures, "sessions"));
    expect([first.new_events, first.problems]).toEqual([dry.new_events, []]);
    const sessions = ask<Record<string, unknown>>(
      "SELECT session_id, parent_session_id, status, started_at, identity_id, cwd, imported FROM sessions ORDER BY session_id",
    );
    expect(sessions).toEqual([
      {
        session_id: "loom-1",
        parent_session_id: null,
        status: "completed",
        started_at: 1761386400250,
        identity_id: "ada",
        cwd: "/home/ada/loom",
        imported: "json",
      },
      {
        session_id: "loom-2",
        parent_session_id: "loom-1",
        status: "failed",
        started_at: 1761386600000,
        identity_id: "ada",
        cwd: "/home/ada/loom",
        imported: "json",
      },
      {
        session_id: "loom-3",
        parent_session_id: null,
        status: "active",
        started_at: 1761390100000,
        identity_id: "ada",
        cwd: "/home/ada/loom",
        imported: "json",
      },
    ]);
    expect(ask("SELECT 1 FROM events WHERE origin <> 'import' OR ts > 1761390100000")).toEqual([]);
    expect((await clew("search", "indigo")).stdout).toContain("2 hits");
    await expectSettled("json", join(fixtures, "sessions"));
  });

  test("a directory that has grown brings only what is new", async () => {
    const directory = join(home, "sessions");
    cpSync(join(fixtures, "sessions"), directory, { recursive: true });
    await importing("json", directory);
    const row = { session_id: "loom-3", workspace_path: "/home/ada/loom", status: "active", started_at: 1761390100 };
    writeFileSync(
      join(directory, "session_loom-3.json"),
      JSON.stringify({ ...row, events: [{ type: "beat", ts: 1761390110 }] }),
    );
    writeFileSync(join(directory, "session_loom-4.json"), JSON.stringify({ ...row, session_id: "loom-4" }));
    const grown = await importing("json", directory);
    // The event and the new version of its file; the new session and its file.
    expect([grown.new_events, rowOf(grown, "sessions")?.new]).toEqual([4, 2]);
  });

  test("what is malformed is kept or counted, one sentence each, and stops nothing", async () => {
    const directory = join(home, "odd");
    mkdirSync(join(directory, "folder.json"), { recursive: true });
    const put = (name: string, content: string | Buffer): void => writeFileSync(join(directory, name), content);
    put("a-good.json", '{"id":"a","start":1761386400,"parent":"b"}');
    put("b-good.json", '{"id":"b","start":1761386400,"parent":"a"}');
    put("c-same.json", '{"id":"a","start":1761386401}');
    put("d-empty.json", "");
    put("e-cut.json", '{"id":');
    put("f-latin.json", Buffer.from('{"id":"f","start":1761386400,"x":"\xe9"}', "latin1"));
    put("g-list.json", "[]");
    put("h-future.json", '{"id":"h","start":"2031-01-01T00:00:00Z"}');
    put("i-text.txt", "nothing of ours");
    put(".hidden.json", "{");
    symlinkSync("a-good.json", join(directory, "link.json"));
    const { code, stdout } = await clew("import", "json", directory, "--json");
    const answer = JSON.parse(stdout) as ImportAnswer;
    expect(code).toBe(0);
    expect(answer.problems).toEqual([
      "b-good.json: session b and its parent a are below each other; one link is left out",
      "c-same.json: session a is in a-good.json too; both are kept",
      "d-empty.json: it is empty",
      expect.stringMatching(/^e-cut.json: no JSON/),
      "f-latin.json: bytes that are not UTF-8",
      "folder.json: it is a directory",
      "g-list.json: it holds a list, not one session",
      "link.json: it is a symbolic link, which is not followed",
    ]);
    expect(rowOf(answer, "sessions")).toMatchObject({ read: 10, new: 8, problems: 8 });
    expect(ask("SELECT session_id FROM sessions WHERE session_id IN ('a', 'b', 'f', 'h') ORDER BY 1")).toHaveLength(4);
    await expectSettled("json", directory);
  });

  test("a file of 50 MB is read, one of more than 64 MB is left where it is", async () => {
    const directory = join(home, "large");
    mkdirSync(directory);
    const events = Array.from({ length: 500 }, (_, index) => ({
      type: "beat",
      ts: 1761386400 + index,
      data: "x".repeat(100_000),
    }));
    writeFileSync(join(directory, "fifty.json"), JSON.stringify({ id: "fifty", start: 1761386400, events }));
    writeFileSync(join(directory, "more.json"), Buffer.alloc(64 * 1024 * 1024 + 1, " "));
    const { stdout } = await clew("import", "json", directory, "--json");
    const answer = JSON.parse(stdout) as ImportAnswer;
    expect(answer.problems).toEqual([expect.stringMatching(/^more.json: it has 67108865 bytes/)]);
    expect(ask<{ n: number }>("SELECT events AS n FROM sessions WHERE session_id = 'fifty'")[0]!.n).toBeGreaterThan(
      510,
    );
  });
});

describe("clew import todos", () => {
  test("gives sessions their lists", async () => {
    const directory = join(home, "todos");
    cpSync(join(fixtures, "todos"), directory, { recursive: true });
    const at = Date.UTC(2025, 9, 1) / 1000;
    for (const agent of [ROOT, "77aa21bc"]) utimesSync(join(directory, `${ROOT}-agent-${agent}.json`), at, at);
    const answer = await importing("todos", directory);
    expect(rowOf(answer, "todo lists")).toEqual({
      what: "todo lists",
      read: 3,
      new: 2,
      known: 0,
      empty: 1,
      problems: 0,
    });
    expect(ask("SELECT session_id, ts FROM events ORDER BY session_id")).toEqual([
      { session_id: ROOT, ts: at * 1000 },
      { session_id: `${ROOT}.77aa21bc`, ts: at * 1000 },
    ]);
    expect((await clew("search", "madder")).stdout).toContain("1 hit");
    await expectSettled("todos", directory);
  });
});

describe("clew import duckdb", () => {
  async function writeDatabase(path: string, statements: readonly string[]): Promise<void> {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const statement of statements) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  }
  const SESSIONS = `CREATE TABLE sessions (session_id VARCHAR PRIMARY KEY, project VARCHAR, cwd VARCHAR, session_date DATE, started_at TIMESTAMP,
    ended_at TIMESTAMP, duration_min DOUBLE, models VARCHAR, input_tokens BIGINT, output_tokens BIGINT, cache_write_tokens BIGINT,
    cache_read_tokens BIGINT, total_tokens BIGINT, cost_usd DOUBLE, message_count INTEGER, tool_call_count INTEGER, skills_used VARCHAR,
    git_branch VARCHAR, cc_version VARCHAR, title VARCHAR, session_type VARCHAR, created_by VARCHAR, synced BOOLEAN)`;
  const ENTRIES = `CREATE TABLE log_entries (id VARCHAR PRIMARY KEY, session_id VARCHAR, logged_at TIMESTAMP, category VARCHAR, status VARCHAR,
    title VARCHAR, body VARCHAR, synced BOOLEAN, updated_at TIMESTAMP, created_by VARCHAR, updated_by VARCHAR)`;
  const SESSION = `INSERT INTO sessions VALUES ('${ROOT}', 'loom', '/home/ada/loom', '2026-01-05', '2026-01-05 08:00:00', '2026-01-05 09:00:00',
    60, 'claude-sonnet-4-6', 100, 50, 10, 20, 180, 0.25, 4, 2, NULL, 'main', '2.1.0', 'Dye the wool', 'general', 'Ada', FALSE)`;
  const ENTRY = `INSERT INTO log_entries VALUES ('e-1', '${ROOT}', '2026-01-05 08:30:00', 'issue', 'open', 'The red runs', 'with salt too', FALSE,
    NULL, 'Ada', NULL), ('e-2', NULL, '2026-01-06 08:30:00', 'note', 'info', 'Madder is out', '', FALSE, NULL, NULL, NULL)`;

  test("brings in a logger's sessions and entries, once, and what they became", async () => {
    const path = join(home, "sessions.duckdb");
    await writeDatabase(path, [SESSIONS, ENTRIES, SESSION, ENTRY]);
    const first = await importing("duckdb", path);
    expect(first.rows).toEqual([
      { what: "sessions", read: 1, new: 1, known: 0, empty: 0, problems: 0 },
      { what: "entries", read: 2, new: 2, known: 0, empty: 0, problems: 0 },
    ]);
    expect(
      ask("SELECT session_id, title, status, started_at, identity_id FROM sessions WHERE session_id = ?", ROOT),
    ).toEqual([
      {
        session_id: ROOT,
        title: "Dye the wool",
        status: "completed",
        started_at: Date.UTC(2026, 0, 5, 8),
        identity_id: "Ada",
      },
    ]);
    expect((await clew("search", "salt")).stdout).toContain("1 hit");
    await expectSettled("duckdb", path);
    await writeDatabase(path, [
      "UPDATE log_entries SET status = 'resolved', updated_at = '2026-01-07 10:00:00', synced = TRUE WHERE id = 'e-1'",
      "UPDATE sessions SET synced = TRUE",
    ]);
    expect((await importing("duckdb", path)).new_events).toBe(1);
    await expectSettled("duckdb", path);
  });

  test("says what is wrong with a file", async () => {
    writeFileSync(join(home, "text.duckdb"), "no database");
    await writeDatabase(join(home, "other.duckdb"), ["CREATE TABLE yarn (id INTEGER)"]);
    const missing = await clew("import", "duckdb", join(home, "none"));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("does not exist")]);
    expect((await clew("import", "duckdb", join(home, "text.duckdb"))).stderr).toContain("as a DuckDB database");
    const other = await clew("import", "duckdb", join(home, "other.duckdb"));
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("no claude-session-logger database")]);
  });

  test("a package that is not installed is named with the command that installs it", async () => {
    const gone = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    const asking = optionalPackage("@duckdb/node-api", "reading a DuckDB file", () => Promise.reject(gone));
    await expect(asking).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/run `npm install .*@duckdb\/node-api`$/),
    });
    const inProject = join(home, "node_modules", "clew", "dist", "x.js");
    expect(installCommand("postgres", inProject)).toBe("npm install --global postgres");
    writeFileSync(join(home, "package.json"), "{}");
    expect(installCommand("postgres", inProject)).toBe(`npm install --prefix ${home} postgres`);
    expect(installCommand("postgres", ["", "src", "x.ts"].join(sep))).toBe("npm install --no-save postgres");
  });
});

describe("where something else writes", () => {
  test("records go through the spool, and are there when the import says so", async () => {
    const lock = acquireWriterLock(join(home, "data", "writer.lock"), "daemon");
    let isOver = false;
    const importingNow = runImport({ env: env(), clock: Date.now, source: todosSource(join(fixtures, "todos")) }).then(
      (answer) => {
        isOver = true;
        return answer;
      },
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isOver).toBe(false);
    lock.release();
    await drainIfFree(env(), Date.now);
    expect((await importingNow).new_events).toBe(2);
    expect(ask("SELECT 1 FROM events")).toHaveLength(2);
  });
});

test("usage is said", async () => {
  expect(await clew("import", "jsn", "x")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("did you mean `clew import json`?"),
  });
  expect((await clew("import", "json")).code).toBe(2);
  expect(await clew("import", "json", join(home, "none"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("does not exist"),
  });
  const secret = await clew("import", "postgres", "postgres://ada:hunter2@127.0.0.1:1/x");
  expect([secret.code, secret.stderr.includes("hunter2"), secret.stderr]).toEqual([
    1,
    false,
    expect.stringContaining("postgres://127.0.0.1:1/x"),
  ]);
  expect((await clew("import", "postgres", "hunter2")).stderr).not.toContain("hunter2");
});
