import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as graph from "./graph.ts";
import * as around from "./graph-around.ts";
import * as graphExport from "./graph-export.ts";
import { ENTITIES, entityGroups, MERGED_WITH, NAMED, ODD_NAMES } from "./graph-groups.ts";
import { HISTORY, IDS, ROWS, VERSION } from "./memory-files.ts";
import { CANDIDATES, MAKERS } from "./memory-offers.ts";
import * as memorySearch from "./memory-search.ts";
import { HAS_TEXT, STATES } from "./memory-states.ts";
import { PEOPLE_OF_DEVICE, SESSION_PERSON, THIS_DEVICE } from "./memory-trust.ts";
import { WORKSPACES } from "./memory-workspaces.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

/** Rows for each table: more make no other plan, as no statistics are gathered. */
const ROWS_OF_EACH = 300;

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.db.transaction(() => {
    for (let at = 0; at < ROWS_OF_EACH; at++) seed(at);
  })();
});
afterAll(() => base.close());

function seed(at: number): void {
  const target = ["memory", "entity", "relation"][at % 3]!;
  const subject = `${target}-${at}`;
  const about = { target, subject };
  base.insert("changes", {
    ...about,
    ...{ change_id: `c-${at}`, hlc: at, device: "device", author: "ada", origin: "human", tainted: 0 },
    ...{ event_id: `e-${at}`, seq: at, ts: at, data: '{"set":{"content":"x"}}' },
  });
  base.insert("subjects", {
    ...about,
    ...{ id: at, state: '{"fields":{}}', tainted: 0, deleted: 0, created_at: at, created_by: "ada" },
    ...{ changed_at: at, changed_by: "ada", changed_hlc: at, changed_seq: at },
  });
  if (target === "memory")
    base.insert("memory_files", {
      ...{ id: at, file_id: subject, project_id: "dir:web", path: `memory/${at}.md`, sha256: "", size: 1 },
      ...{ version: `c-${at}`, conflicts: 0 },
    });
  else if (target === "entity") base.insert("entities", { id: at, entity_id: subject, name: subject, type: "" });
  else base.insert("relations", { id: at, relation_id: subject, from_id: "entity-1", to_id: "entity-4", type: "t" });
}

describe("what is asked of memory and the graph goes by an index", () => {
  it.each([
    ["one file", `${ROWS} WHERE m.file_id = ?`, ["memory-0"]],
    ["its history", HISTORY, ["memory-0"]],
    ["one of its versions", VERSION, ["memory-0", "c-*"]],
    ["whether it had a text", HAS_TEXT, ["memory-0", "x"]],
    ["one file's state", `${STATES} WHERE m.file_id = ?`, ["memory-0"]],
    ["who wrote some versions", CANDIDATES, ['["c-0"]']],
    ["a session's person", SESSION_PERSON, ["s"]],
    ["an entity's last change", graph.CHANGED, ["entity-1"]],
    ["who said something", graph.EVIDENCE, ['["c-1"]']],
    ["by what entities have their names", graph.NAMINGS, ['["entity-1"]']],
    ["by what relations stand", graph.RELATINGS, ['["relation-2"]']],
    ["entities of a name", NAMED, ["entity-1"]],
    ["who changed a file", MAKERS, ["memory-0"]],
    ["relations beside some entities", around.RELATIONS_AT, ['["entity-1"]', '["entity-1"]']],
    ["relations between some entities", around.RELATIONS_AMONG, ['["entity-1"]', '["entity-4"]']],
    ["how many lead away", around.COUNT_AWAY, ["entity-1"]],
    ["how many lead to it", around.COUNT_HERE, ["entity-4"]],
    ["relations with what was merged", around.WITH_MERGED, ["entity-1", "entity-1"]],
    ["relations of some entities", graph.RELATIONS, ['["entity-1"]', '["entity-1"]']],
  ])("%s", (_, sql, parameters) => {
    const plan = base.plan(sql, parameters);
    expect(plan).toContain("SEARCH");
    expect(plan.replace(/SCAN (?:json_each\b|[jk]\b|\(subquery).*/g, "")).not.toContain("SCAN");
  });

  it.each([
    ["lines with words", `SELECT 1 ${memorySearch.FOUND}`],
    ["entities with words", graph.FOUND],
  ])("%s begin at the full-text index", (_, sql) => {
    const plan = base.plan(sql, ["word"]);
    expect(plan).toMatch(/^SCAN (?:i|shared_index) VIRTUAL TABLE INDEX/m);
    expect(plan.match(/SCAN/g)).toHaveLength(1);
  });
});

/** What is about every file or entity goes once through the smallest table, and by a key to what belongs to it. */
describe("what is about all of them", () => {
  it.each([
    ["files", ROWS, []],
    ["states of files", STATES, []],
    ["keys of files", IDS, []],
    ["entities", ENTITIES, []],
    ["relations", graphExport.RELATIONS, []],
    ["workspaces", WORKSPACES, []],
    ["the device", THIS_DEVICE, []],
    ["who writes on a device", PEOPLE_OF_DEVICE, ["device"]],
  ])("%s", (_, sql, parameters) => {
    const plan = base.plan(sql, parameters);
    expect(plan.match(/SCAN/g)).toHaveLength(1);
    expect(plan).not.toContain("SCAN subjects");
    expect(plan).not.toMatch(/SCAN s\b/);
  });

  it("texts of entities are found by their kind", () => {
    expect(base.plan(graphExport.STATES)).toMatch(/SEARCH subjects USING INDEX/);
  });

  it("merges are followed by their index, and odd names have one of their own", () => {
    const plan = base.plan(MERGED_WITH, ['["entity-1"]']);
    expect(plan).toMatch(/SEARCH m USING (COVERING )?INDEX entities_by_merge \(merged_into=\?\)/);
    expect(plan).not.toMatch(/SCAN (e|s|m|t|f|k)\b/);
    expect(base.plan(ODD_NAMES)).toContain("COVERING INDEX entities_by_odd_name");
  });

  it("the groups of a name or an id are the same as among all", () => {
    const [asked, read] = [entityGroups(base.db), entityGroups(base.db)];
    const one = asked.of("entity-1");
    expect(one).toEqual(read.all.find(({ id }) => id === "entity-1"));
    expect(asked.named("ENTITY-4")).toEqual(read.all.filter(({ name }) => name === "entity-4"));
    expect(asked.of("nothing")).toBeUndefined();
    // What was given out before stays the same object.
    expect(asked.all.find(({ id }) => id === "entity-1")).toBe(one);
    expect(asked.all).toEqual(read.all);
  });
});
