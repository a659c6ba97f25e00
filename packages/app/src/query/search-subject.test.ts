import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionFacets } from "./facets.ts";
import { parseFilter } from "./filter/parse.ts";
import { uncorrelatedSession } from "./log-testing.ts";
import { OLDER_CHANGES, type SearchQuestion, searchEvents } from "./search.ts";
import { CHANGE_OF_EVENT, CHANGES_SHOWN_BEFORE, SUBJECT } from "./search-subject.ts";
import { listSessions } from "./sessions.ts";
import { putShared } from "./shared-testing.ts";
import { archiveStats } from "./stats.ts";
import { statsBy } from "./stats-by.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

const OWN = { identityId: "claude-code@web", personId: "ada" };
let base: TestDatabase;

/** A change as a record in the log and in the history. */
function change(subject: string, text: string, author = "ada"): string {
  const id = base.event("uncorrelated", { text, type: "change" });
  base.insert("changes", {
    change_id: `of event ${id}`,
    target: subject.startsWith("m-") ? "message" : "entry",
    subject,
    hlc: 10_000 + id,
    device: "device",
    author,
    origin: "human",
    tainted: 0,
    event_id: `event-${id}`,
    seq: id,
    ts: TEST_NOW,
    data: "{}",
  });
  return `event-${id}`;
}

const ids: Record<string, string> = {};

beforeAll(() => {
  base = testDatabase();
  base.session("s", { title: "A session" });
  uncorrelatedSession(base);
  putShared(base, OWN, { subject: "e-000000000001", title: "Refunds twice", status: "resolved" });
  putShared(base, OWN, { target: "message", subject: "m-000000000002", body: "refunds?" });
  ids.first = change("e-000000000001", "refunds twice");
  base.event("s", { text: "refunds are in the log" });
  ids.message = change("m-000000000002", "look at the refunds", "ben");
  ids.second = change("e-000000000001", "the refunds job", "ben");
  ids.third = change("e-000000000001", "resolved for good");
});
afterAll(() => base.close());

const search = (text: string, more: Partial<SearchQuestion> = {}) =>
  searchEvents(base.db, {
    filter: parseFilter(text, "search"),
    now: TEST_NOW,
    timeZone: "UTC",
    clock: () => 0,
    ...more,
  });

describe("a change that a search finds", () => {
  test("is what it belongs to, as that stands now", () => {
    const [entry, message, record] = search("refunds").rows;
    expect(entry).toMatchObject({
      event_id: ids.second,
      target: "entry",
      subject: "e-000000000001",
      category: "issue",
      status: "resolved",
      subject_title: "Refunds twice",
      author: "ben",
      authors: ["ada", "ben"],
    });
    expect(message).toMatchObject({ target: "message", subject: "m-000000000002", thread_id: "m-000000000002" });
    expect(record).toMatchObject({ session_title: "A session" });
    expect(record).not.toHaveProperty("subject");
  });

  test.each(["newest", "relevance"] as const)("stands once, and counts once: %s", (sort) => {
    const { rows, total } = search("refunds", { sort });
    expect([rows.length, total]).toEqual([3, 3]);
    expect(rows.filter(({ subject }) => subject === "e-000000000001")).toHaveLength(1);
  });

  test.each(["refunds", "refunds type:none -absent", "refunds -good"])("is not on the next page again: %s", (text) => {
    const shown: string[] = [];
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
      const page = search(text, { limit: 1, types: ["change", "assistant.*"], before });
      shown.push(...page.rows.map((row) => row.event_id));
      before = page.next_before;
    }
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown).not.toContain(ids.first);
  });

  test("is the newest that has the words, not the newest of all", () => {
    expect(search("twice").rows.map((row) => row.event_id)).toEqual([ids.first]);
    expect(search("twice", { before: Number.MAX_SAFE_INTEGER - 1 }).rows).toHaveLength(1);
  });

  test("is looked up by keys", () => {
    const planOf = (sql: string, parameters: readonly unknown[]): string =>
      (base.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[])
        .map(({ detail }) => detail)
        .join("\n");
    for (const [sql, parameters] of [
      [CHANGE_OF_EVENT, [1, "x"]],
      [CHANGES_SHOWN_BEFORE, ["entry", "x", 1]],
      [SUBJECT, [1, "x"]],
      [OLDER_CHANGES, ["x", 1000]],
    ] as const)
      expect(planOf(sql, parameters)).not.toMatch(/SCAN (?!search_index|m\b)/);
  });
});

test("the session of what belongs to none is in no list and no figure", () => {
  const question = { filter: parseFilter("", "search"), now: TEST_NOW, timeZone: "UTC" };
  const list = listSessions(base.db, { ...question, includeSubagents: true });
  expect([list.rows.map((row) => row.session_id), list.total]).toEqual([["s"], 1]);
  expect(listSessions(base.db, question).total).toBe(1);
  expect(sessionFacets(base.db, question).total).toBe(1);
  expect(statsBy(base.db, { ...question, by: "type" }).totals.sessions).toBe(1);
  expect(archiveStats(base.db, question).sessions).toBe(1);
});
