import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entityDetail } from "./graph.ts";
import { graphAround, linksOf, relationCount } from "./graph-around.ts";
import { entityGroups } from "./graph-groups.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
let rows = 0;
beforeEach(() => {
  base = testDatabase();
  rows = 0;
});
afterEach(() => base.close());

function subject(target: "entity" | "relation", id: string, deleted = false): number {
  rows++;
  const fields = Object.fromEntries(
    ["name", "type"].map((name) => [name, { value: id, change: `c-${id}`, author: "ada", ts: 0 }]),
  );
  const state = JSON.stringify({ subject: id, target, fields, conflicts: {}, standing: {}, sets: {}, tainted: false });
  base.insert("subjects", {
    ...{ id: rows, target, subject: id, state, tainted: 0, deleted: Number(deleted), created_at: 0, created_by: "ada" },
    ...{ changed_at: 0, changed_by: "ada", changed_hlc: rows, changed_seq: rows },
  });
  base.insert("changes", {
    ...{ change_id: `c-${id}`, target, subject: id, hlc: rows, device: "device", author: "ada", origin: "human" },
    ...{ tainted: 0, event_id: `e-${id}`, seq: rows, ts: rows, data: "{}" },
  });
  return rows;
}
function entity(id: string, mergedInto: string | null = null, deleted = false, name = id): void {
  base.insert("entities", {
    ...{ id: subject("entity", id, deleted), entity_id: id, name, type: "", merged_into: mergedInto },
  });
}
function relation(id: string, from: string, to: string, type = "calls", deleted = false): void {
  base.insert("relations", {
    ...{ id: subject("relation", id, deleted), relation_id: id, from_id: from, to_id: to, type },
  });
}

describe("what is asked of a part of the graph", () => {
  const IDS = ["a", "b", "c", "d", "e"];
  const one = fc.record({ to: fc.option(fc.constantFrom(...IDS, "gone"), { nil: null }), deleted: fc.boolean() });
  const edge = fc.record({
    ...{ from: fc.constantFrom(...IDS, "gone"), to: fc.constantFrom(...IDS, "gone") },
    ...{ type: fc.constantFrom("x", "y"), deleted: fc.boolean() },
  });
  it("is answered as if all of it were read: groups, relations, distances", () => {
    fc.assert(
      fc.property(fc.tuple(...IDS.map(() => one)), fc.array(edge, { maxLength: 12 }), (entities, edges) => {
        for (const table of ["relations", "entities", "subjects", "changes"])
          base.db.prepare(`DELETE FROM ${table}`).run();
        for (const [at, id] of IDS.entries()) entity(id, entities[at]!.to, entities[at]!.deleted);
        for (const [at, { from, to, type, deleted }] of edges.entries()) relation(`r${at}`, from, to, type, deleted);
        const every = entityGroups(base.db);
        const links = linksOf(base.db, every);
        for (const group of every.all) {
          const asked = entityGroups(base.db);
          expect(asked.of(group.id)).toEqual(group);
          const beside = links.filter(({ from, to }) => from === group || to === group);
          expect(relationCount(base.db, asked, asked.of(group.id)!)).toBe(beside.length);
          const near = graphAround(base.db, { id: group.id, depth: 1, limit: 60 })!;
          const ids = new Set([group, ...beside.flatMap(({ from, to }) => [from, to])].map(({ id }) => id));
          expect(new Set(near.nodes.map(({ id }) => id))).toEqual(ids);
          const degree = (id: string) => links.filter(({ from, to }) => from.id === id || to.id === id).length;
          for (const node of near.nodes) expect(node.degree).toBe(degree(node.id));
          const among = links.filter(({ from, to }) => ids.has(from.id) && ids.has(to.id)).length;
          expect(near.edges.flatMap(({ types }) => types)).toHaveLength(among);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("names that only a program can fold are found among the others", () => {
    for (const [id, name] of [
      ["a", "Über"],
      ["b", " padded "],
      ["c", "plain"],
      ["d", "\u212A"],
    ] as const)
      entity(id, null, false, name);
    const found = (name: string) =>
      entityGroups(base.db)
        .named(name)
        .map(({ id }) => id);
    expect(["über", "U\u0308ber", "PADDED", "Plain", "k", "none"].map(found)).toEqual([
      ["a"],
      ["a"],
      ["b"],
      ["c"],
      ["d"],
      [],
    ]);
  });

  it("an entity is shown with as many relations as are asked for, and says how many are left", () => {
    entity("hub");
    for (let at = 0; at < 5; at++) {
      entity(`leaf-${at}`);
      relation(`r-${at}`, "hub", `leaf-${at}`);
    }
    const groups = entityGroups(base.db);
    const detail = entityDetail(base.db, groups, groups.of("hub")!, 2);
    expect(detail.relations.map(({ to, evidence }) => [to, evidence.length])).toEqual([
      ["leaf-0", 1],
      ["leaf-1", 1],
    ]);
    expect(detail.relations_left).toBe(3);
    expect(entityDetail(base.db, groups, groups.of("hub")!)).toMatchObject({ relations_left: 0 });
  });
});
