import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openReader, type Reader } from "./reader.ts";
import { runSql } from "./sql-console.ts";
import { runStatement } from "./sql-statement.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
let db: Reader;
beforeAll(() => {
  base = testDatabase();
  base.session("one");
  db = openReader(base.path);
});
afterAll(() => {
  db.close();
  base.close();
});

const RUNNER = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT";

describe("runStatement()", () => {
  test.each([
    "DELETE FROM sessions",
    "-- a comment\nDROP TABLE sessions",
    "SELECT 1; DELETE FROM sessions",
    "WITH x AS (SELECT 1) DELETE FROM sessions",
    "WITH x AS (SELECT 1) INSERT INTO settings SELECT 'a', 'b'",
    "ATTACH 'other.db' AS other",
    "PRAGMA query_only = OFF",
    "PRAGMA journal_mode = DELETE",
    "VACUUM INTO 'copy.db'",
    "SELECT load_extension('x')",
    "SELECT writefile('x', 'y')",
    "BEGIN IMMEDIATE",
    "",
  ])("refuses %s", (sql) => {
    expect(runStatement(db, { sql, limit: 10 })).toHaveProperty("error");
    expect(base.db.prepare("SELECT count(*) AS n FROM sessions").get()).toEqual({ n: 1 });
  });

  test("answers a SELECT, and cuts at the limit", () => {
    expect(runStatement(db, { sql: "/* why */ SELECT session_id, x'00ff' AS blob FROM sessions", limit: 10 })).toEqual({
      columns: ["session_id", "blob"],
      rows: [{ session_id: "one", blob: "x'00ff'" }],
      truncated: false,
    });
    expect(runStatement(db, { sql: `${RUNNER} i FROM n`, limit: 3 })).toMatchObject({
      rows: [{ i: 1 }, { i: 2 }, { i: 3 }],
      truncated: true,
    });
  });
});

test("runSql() ends a statement that does not end by itself", async () => {
  await expect(runSql({ path: base.path, sql: `${RUNNER} count(*) FROM n`, timeoutMs: 300 })).rejects.toThrow(
    "stopped after 0.3 s",
  );
  await expect(runSql({ path: base.path, sql: "SELECT 1 AS one" })).resolves.toMatchObject({ rows: [{ one: 1 }] });
});
