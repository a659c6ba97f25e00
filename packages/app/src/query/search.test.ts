import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EMPTY_FILTER } from "./filter/filter.ts";
import { parseFilter } from "./filter/parse.ts";
import {
  ALL_EVENTS,
  COUNT_LIMIT,
  EVENT_RANGE,
  HIT,
  MATCH_COUNT,
  MATCHES,
  MATCHES_IN_RANGE,
  RANKED_MATCHES,
  type SearchQuestion,
  searchEvents,
} from "./search.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
const TEXTS: readonly string[] = [
  "I don't know",
  "don t is not the contraction",
  "written in C++ long ago",
  "C is not the other one",
  "set a=b here",
  "a and b, apart",
  "NEAR( is a keyword",
  'he said "hi" once',
  "party 🎉 time",
  "see foo.bar.baz",
  "foo bar baz apart",
  "the café is open",
  "naïve CAFETERIA",
  "日本語 の テスト",
  "multi-agent @nasa",
  "AND OR NOT",
  "path C:\\temp\\new",
  "100% sure_thing",
  "an exact phrase\nover lines",
  "exact, phrase with a comma",
];

beforeAll(() => {
  base = testDatabase();
  base.session("one", { title: "First", project: "web" });
  base.session("two", { title: "Second", project: "docs", tool_failures: 1 });
  TEXTS.forEach((text, index) => {
    base.event(index % 2 ? "two" : "one", { text, type: index % 3 ? "assistant.text" : "user.prompt" });
  });
});
afterAll(() => base.close());

function search(text: string, more: Partial<SearchQuestion> = {}) {
  return searchEvents(base.db, {
    filter: parseFilter(text, "search"),
    now: TEST_NOW,
    timeZone: "UTC",
    clock: () => 0,
    ...more,
  });
}
function found(text: string, more: Partial<SearchQuestion> = {}): string[] {
  return search(text, more).rows.map((row) => TEXTS[Number(row.event_id.slice("event-".length)) - 1]!);
}

describe("searchEvents()", () => {
  test.each([
    ["don't", ["I don't know"]],
    ["DON'T", ["I don't know"]],
    ["C++", ["written in C++ long ago"]],
    ["++", ["written in C++ long ago"]],
    ["a=b", ["set a=b here"]],
    ["NEAR(", ["NEAR( is a keyword"]],
    ['"', ['he said "hi" once']],
    ['"hi', ['he said "hi" once']],
    ["🎉", ["party 🎉 time"]],
    ["foo.bar", ["see foo.bar.baz"]],
    ["foo bar", ["foo bar baz apart", "see foo.bar.baz"]],
    ["cafe", ["the café is open"]],
    ["caf*", ["naïve CAFETERIA", "the café is open"]],
    ["日本語", ["日本語 の テスト"]],
    ["multi-agent", ["multi-agent @nasa"]],
    ["@nasa", ["multi-agent @nasa"]],
    ["AND", ["AND OR NOT", "a and b, apart"]],
    ["OR", ["AND OR NOT"]],
    ["C:\\temp", ["path C:\\temp\\new"]],
    ["100%", ["100% sure_thing"]],
    ["sure_thing", ["100% sure_thing"]],
    ['"exact phrase"', ["an exact phrase\nover lines"]],
    ["exact phrase", ["exact, phrase with a comma", "an exact phrase\nover lines"]],
    ["foo -apart", ["see foo.bar.baz"]],
    ["C -C++", ["path C:\\temp\\new", "C is not the other one"]],
    ["absent", []],
    ["-apart", []],
    ["", []],
    ["\u0000", []],
    ["don't\u0000know", ["I don't know"]],
  ])("finds what literally stands there: %s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("is newest first; a page begins where the last one ended", () => {
    const first = search("foo", { limit: 1 });
    const second = search("foo", { limit: 1, before: first.next_before! });
    expect([...first.rows, ...second.rows].map((row) => row.event_id)).toEqual(["event-11", "event-10"]);
    expect(search("foo", { limit: 1, before: second.next_before! }).rows).toEqual([]);
  });

  test("sessions and types narrow it, and the total counts what is left", () => {
    expect(found("project:docs foo")).toEqual(["see foo.bar.baz"]);
    expect(search("has:errors foo.bar").total).toBe(1);
    expect(search("project:absent foo").total).toBe(0);
    expect(found("foo", { types: ["user.*"] })).toEqual(["see foo.bar.baz"]);
    expect(search("foo").total).toBe(2);
  });

  test("relevance ranks the same matches", () => {
    expect(found("foo bar", { sort: "relevance" }).sort()).toEqual(found("foo bar").sort());
    expect(found("foo.bar", { sort: "relevance" })).toEqual(["see foo.bar.baz"]);
  });

  test("a row says where and shows the hit", () => {
    const [row] = search("foo.bar").rows;
    expect(row).toMatchObject({ session_id: "two", session_title: "Second", project: "docs", kind: "user.prompt" });
    expect(row!.hits.map(([start, end]) => row!.snippet.slice(start, end))).toEqual(["foo.bar"]);
    const [plain] = search("cafe").rows;
    expect(plain!.hits.map(([start, end]) => plain!.snippet.slice(start, end))).toEqual(["café"]);
  });

  test("stops when its time is up, and says so", () => {
    let time = 0;
    const answer = search("++", { clock: () => (time += 1500) });
    expect(answer).toMatchObject({ rows: [], stopped_early: true, total_is_lower_bound: true });
  });

  test("counts no further than its limit", () => {
    const many = testDatabase();
    many.session("s");
    many.db.transaction(() => {
      for (let i = 0; i < COUNT_LIMIT + 200; i++) many.event("s", { text: `word ${i}` });
    })();
    const ask = (text: string) =>
      searchEvents(many.db, { filter: parseFilter(text, "search"), now: TEST_NOW, timeZone: "UTC", clock: () => 0 });
    expect(ask("word")).toMatchObject({ total: COUNT_LIMIT, total_is_lower_bound: true });
    expect(ask("project:web word")).toMatchObject({ total: COUNT_LIMIT, total_is_lower_bound: true });
    expect(ask("word 7")).toMatchObject({ total: 1, total_is_lower_bound: false });
    many.close();
  });

  test("any input is a search", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          "*",
          "(",
          ")",
          "^",
          "-",
          ":",
          "+",
          "{",
          "}",
          "NEAR",
          "AND",
          " ",
          "a",
          "\\",
          "\u0000",
          "\ud800",
          "'",
        ),
      }),
    );
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, relevance) => {
        const answer = search(text, { sort: relevance ? "relevance" : "newest" });
        expect(answer.total).toBeGreaterThanOrEqual(answer.rows.length);
      }),
      { numRuns: 3000 },
    );
  });

  test("whatever a text holds is found by it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TEXTS), fc.nat(), (text, pick) => {
        const words = text.split(/\s+/u).filter((word) => !word.startsWith("-"));
        const word = words[pick % words.length]!;
        expect(
          searchEvents(base.db, {
            filter: { ...EMPTY_FILTER, words: [{ text: word, prefix: false, negated: false }] },
            now: TEST_NOW,
            timeZone: "UTC",
            clock: () => 0,
          }).rows.map((row) => TEXTS[Number(row.event_id.slice(6)) - 1]),
        ).toContain(text);
      }),
    );
  });
});

describe("plans", () => {
  test.each([
    ["MATCHES", MATCHES, ["word", 9, 9]],
    ["MATCHES_IN_RANGE", MATCHES_IN_RANGE, ["word", 9, 1, 9]],
    ["RANKED_MATCHES", RANKED_MATCHES, ["word", 9]],
    ["MATCH_COUNT", MATCH_COUNT, ["word"]],
  ])("%s walks the index in its own order", (_name, sql, parameters) => {
    const plan = base.plan(sql, parameters);
    expect(plan).toContain("SCAN search_index VIRTUAL TABLE INDEX");
    expect(plan).not.toContain("TEMP B-TREE");
  });

  test("events are looked up by id", () => {
    expect(base.plan(HIT, [1])).toBe("SEARCH e USING INTEGER PRIMARY KEY (rowid=?)");
    expect(base.plan(ALL_EVENTS, [1])).toBe("SEARCH e USING INTEGER PRIMARY KEY (rowid<?)");
    expect(
      base.plan(EVENT_RANGE, ["s", "s"]).match(/SEARCH events USING COVERING INDEX events_by_session/gu),
    ).toHaveLength(2);
  });
});
