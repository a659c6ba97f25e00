import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entriesSql } from "./entries.ts";
import { entryWords } from "./entry-words.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

describe("words of entries", () => {
  let base: TestDatabase;
  beforeAll(() => {
    base = testDatabase();
  });
  afterAll(() => base.close());

  it.each([[{ projectId: "p" }], [{}], [{ statuses: ["open" as const], after: "1024.7" }]])(
    "%j: along one index, and what the words are in is looked up",
    (more) => {
      const { sql, parameters } = entriesSql({ limit: 50, words: entryWords("refunds staging"), ...more });
      const plan = base.plan(sql, parameters);
      expect(plan).toMatch(/SEARCH (e|s) USING INDEX (entries_by_project|entries_by_status|subjects_by_change)/);
      expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER|SCAN (?!json|shared_index VIRTUAL TABLE INDEX 0:M)/);
    },
  );

  it("are none where nothing is typed, and in no index without a letter", () => {
    expect(entryWords("  ")).toBeNull();
    expect(entryWords("…")).toMatchObject({ match: null, isEmpty: false });
    expect(entryWords("-refunds")).toMatchObject({ match: null, isEmpty: true });
  });
});
