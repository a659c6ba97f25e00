import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LAST_INJECTED, lastInjected, NEWEST_INJECTED, newestInjected, openForContext } from "./context-facts.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
const given = (session_id: string, event_id: string, ts: number): void =>
  base.insert("injected_contexts", { event_id, session_id, ts, text: `to ${event_id}`, items: '[{"kind":"focus"}]' });

beforeAll(() => {
  base = testDatabase();
  for (const id of ["one", "two"]) base.session(id, { project: "web" });
  base.session("far", { project: "api" });
  given("one", "a", TEST_NOW - 2);
  given("one", "b", TEST_NOW - 1);
  given("far", "c", TEST_NOW);
});
afterAll(() => base.close());

describe("what sessions were given", () => {
  test("by session, and the newest of a workspace", () => {
    expect(lastInjected(base.db, "one")).toMatchObject({ text: "to b", items: [{ kind: "focus" }] });
    expect(lastInjected(base.db, "two")).toBeNull();
    expect(newestInjected(base.db, "w-web")).toMatchObject({ session_id: "one", text: "to b" });
    expect(newestInjected(base.db, "w-none")).toBeNull();
  });

  test("is found down indexes", () => {
    expect(base.plan(LAST_INJECTED, ["one"])).toContain(
      "SEARCH injected_contexts USING INDEX injected_contexts_by_session",
    );
    const plan = base.plan(NEWEST_INJECTED, ["w-web"]);
    expect(plan).toContain("SEARCH sessions USING INDEX sessions_by_workspace (workspace_id=?)");
    expect(plan).toContain("SEARCH i USING INDEX injected_contexts_by_session (session_id=?)");
  });
});

describe("opening", () => {
  test("reads, and never waits long", () => {
    const db = openForContext(base.path);
    expect(db.pragma("busy_timeout", { simple: true })).toBe(200);
    expect(() => db.exec("DELETE FROM sessions")).toThrow();
    db.close();
  });

  test("refuses a newer database and what is none", () => {
    const newer = testDatabase();
    newer.db.pragma("user_version = 9999");
    expect(() => openForContext(newer.path)).toThrow("written by a newer Clew (schema 9999)");
    newer.close();
    const directory = mkdtempSync(join(tmpdir(), "clew-context-"));
    const path = join(directory, "clew.db");
    expect(() => openForContext(path)).toThrow("Nothing has been indexed yet");
    writeFileSync(path, "no database at all, but long enough to be looked at as one".repeat(100));
    expect(() => openForContext(path)).toThrow("not a database");
    rmSync(directory, { recursive: true });
  });
});
