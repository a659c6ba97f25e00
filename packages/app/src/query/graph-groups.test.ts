import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupsNamed, groupsOf, type StoredEntity } from "./graph-groups.ts";

const entity = (id: string, mergedInto: string | null = null, deleted = false): StoredEntity => ({
  id,
  name: id.toUpperCase(),
  type: "",
  mergedInto,
  deleted,
});

describe("groupsOf()", () => {
  it("follows merges to their end, one after the other", () => {
    const { of, all } = groupsOf([entity("a", "b"), entity("b", "c"), entity("c"), entity("d")]);
    expect(all.map(({ id }) => id)).toEqual(["c", "d"]);
    expect(of("a")).toMatchObject({ id: "c", end: "c" });
    expect(of("a")?.members.map(({ id }) => id)).toEqual(["c", "a", "b"]);
  });

  it("a circle is one, and so is what leads into it", () => {
    const { all } = groupsOf([entity("a", "b"), entity("b", "c"), entity("c", "b")]);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ id: "b", end: "b" });
  });

  it("takes a chain of 50,000 merges, and a circle of as many", () => {
    const long = (closed: boolean): readonly StoredEntity[] =>
      Array.from({ length: 50_000 }, (_, index) => {
        const next = index + 1 < 50_000 ? index + 1 : closed ? 0 : null;
        return entity(`n${String(index).padStart(5, "0")}`, next === null ? null : `n${String(next).padStart(5, "0")}`);
      });
    expect(groupsOf(long(false)).all).toMatchObject([{ end: "n49999" }]);
    expect(groupsOf(long(true)).all).toMatchObject([{ end: "n00000" }]);
  });

  it("stands as long as something of it does", () => {
    const { of } = groupsOf([entity("a", "b"), entity("b", null, true)]);
    expect(of("b")).toMatchObject({ id: "a", end: "b", deleted: false });
    expect(groupsOf([entity("a", null, true)]).of("a")?.deleted).toBe(true);
  });

  it("puts every entity into one group, and does not depend on the order of rows", () => {
    const ids = ["a", "b", "c", "d", "e"];
    const rows = fc.tuple(
      ...ids.map((id) =>
        fc
          .record({ to: fc.option(fc.constantFrom(...ids, "gone"), { nil: null }), deleted: fc.boolean() })
          .map(({ to, deleted }) => entity(id, to, deleted)),
      ),
    );
    fc.assert(
      fc.property(rows, fc.shuffledSubarray(ids, { minLength: 5, maxLength: 5 }), (entities, order) => {
        const groups = groupsOf(entities);
        const members = groups.all.flatMap((group) => group.members.map(({ id }) => id));
        expect([...members].sort()).toEqual(ids);
        const shuffled = groupsOf(order.map((id) => entities.find((one) => one.id === id)!));
        expect(shuffled.all).toEqual(groups.all);
      }),
      { numRuns: 300 },
    );
  });
});

describe("groupsNamed()", () => {
  const groups = groupsOf([entity("n-1"), { ...entity("n-2"), name: "redis" }, { ...entity("n-3"), name: "Redis" }]);
  it("takes an id, a name in its letters, a name in others, and a former name", () => {
    const named = (word: string, first = "none") => groupsNamed(groups, word, first).map(({ id }) => id);
    expect(named("n-1")).toEqual(["n-1"]);
    expect(named("redis")).toEqual(["n-2"]);
    expect(named("REDIS").sort()).toEqual(["n-2", "n-3"]);
    expect(named("cache", "n-2")).toEqual(["n-2"]);
    expect(named("cache")).toEqual([]);
  });
});
