import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entityDetail, searchGraph } from "../query/graph.ts";
import { linksOf } from "../query/graph-around.ts";
import { graphLines } from "../query/graph-export.ts";
import { addEntities, entityMeant, groupsIn, observeEntity, relateEntities, removeObservations } from "./graph.ts";
import { deleteEntity, mergeEntities, renameEntity, undeleteEntity, undoEntity } from "./graph-edit.ts";
import { entityIdOf } from "./graph-ids.ts";
import { importGraph } from "./graph-import.ts";
import { type Authoring, openAuthoring } from "./open-authoring.ts";

let home: string;
let authoring: Authoring;
const author = (identity = "ada") => ({ ...authoring.author(), identity });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-graph-"));
  let now = Date.UTC(2026, 10, 21, 12);
  const env = { HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run") };
  authoring = openAuthoring({ env, clock: () => (now += 1000), cwd: home, pid: 1 });
});
afterEach(() => {
  authoring.close();
  rmSync(home, { recursive: true, force: true });
});

const add = (name: string, type = "", ...observations: readonly string[]) =>
  addEntities(authoring, [{ name, type, observations }], author());
const relate = (from: string, type: string, to: string) => relateEntities(authoring, [{ from, type, to }], author());
function shown(name: string) {
  const groups = groupsIn(authoring);
  return authoring.read((db) => entityDetail(db, groups, entityMeant(authoring, name, groups)))!;
}
const texts = (name: string): readonly string[] => shown(name).observations.map(({ text }) => text);
const relations = (name: string): readonly string[] =>
  shown(name).relations.map(({ from, type, to }) => `${from} ${type} ${to}`);
const lines = (): readonly string[] => authoring.read(graphLines)!.map((line) => JSON.stringify(line));
const found = (words: string): readonly string[] =>
  authoring.read((db) => searchGraph(db, words).rows.map(({ name }) => name)) ?? [];

describe("entities", () => {
  it("hold what was said of them, who said it, and in which session", async () => {
    const [added] = await add("billing", "service", "Refunds are idempotent");
    expect(added).toEqual({
      id: entityIdOf("billing"),
      name: "billing",
      changed: true,
      isNew: true,
      added: 1,
    });
    await addEntities(authoring, [{ name: "billing", observations: ["Refunds are idempotent", "Slow"] }], {
      ...author("bo"),
      tainted: true,
      sessionId: "session-1",
    });
    const entity = shown("billing");
    expect(entity).toMatchObject({ name: "billing", type: "service", tainted: true, authors: ["ada", "bo"] });
    expect(entity.observations).toEqual([
      { text: "Refunds are idempotent", evidence: [expect.objectContaining({ author: "ada", session_id: null })] },
      { text: "Slow", evidence: [expect.objectContaining({ author: "bo", tainted: true, session_id: "session-1" })] },
    ]);
    expect(entity.observations[0]!.evidence[0]!.event_id).toMatch(/^[0-9a-f]{32}$/);
    expect((await add("billing", "service", "Slow"))[0]!.changed).toBe(false);
    await removeObservations(authoring, "BILLING", ["Slow"], author());
    expect(texts("billing")).toEqual(["Refunds are idempotent"]);
    await expect(removeObservations(authoring, "billing", ["Slow"], author())).rejects.toThrow("no such observation");
  });

  it("are found by their names, types and observations", async () => {
    await add("billing", "service", "Refunds are idempotent");
    await add("café", "place", "Where we meet");
    await relate("billing", "near", "café");
    expect(found("idempotent refunds")).toEqual(["billing"]);
    expect(found("cafe")).toEqual(["café"]);
    expect(found("SERVICE")).toEqual(["billing"]);
    expect(found("type:service")).toEqual([]);
    expect([...found("")].sort()).toEqual(["billing", "café"]);
  });

  it("answer to a former name after they were renamed, and the name is not taken twice", async () => {
    await add("billing");
    await add("mail");
    await renameEntity(authoring, "billing", "payments", author());
    expect(shown("billing").name).toBe("payments");
    await add("billing", "", "said under the old name");
    expect(texts("payments")).toEqual(["said under the old name"]);
    await expect(renameEntity(authoring, "mail", "payments", author())).rejects.toThrow("is known already");
    await undoEntity(authoring, "payments", author());
    await undoEntity(authoring, "payments", author());
    expect(authoring.read((db) => searchGraph(db, "").total)).toBe(2);
  });

  it("that are merged are one, in a circle too, and undoing a merge parts them", async () => {
    for (const name of ["a", "b", "c"]) await add(name, "", `of ${name}`);
    await relate("a", "knows", "c");
    await relate("b", "knows", "c");
    await mergeEntities(authoring, "a", "b", author());
    expect([shown("a").name, texts("a")]).toEqual(["b", ["of a", "of b"]]);
    expect(relations("b")).toEqual(["b knows c"]);
    await expect(mergeEntities(authoring, "b", "a", author())).rejects.toThrow("are one already");
    // What another device does that has not seen it.
    const data = { set: { merged_into: entityIdOf("a") } };
    await authoring.writeAll([{ target: "entity", subject: entityIdOf("b"), data }], author("bo"));
    expect([...texts("a")].sort()).toEqual(["of a", "of b"]);
    expect(lines().filter((line) => line.includes('"entity"'))).toHaveLength(2);
    await mergeEntities(authoring, "a", "c", author());
    expect([...texts("c")].sort()).toEqual(["of a", "of b", "of c"]);
    await undoEntity(authoring, "c", author());
    expect([...texts("c")]).toEqual(["of c"]);
  });

  it("that are merged have no relation to themselves by that, and may be given one", async () => {
    await add("a");
    await add("b");
    await relate("a", "uses", "b");
    await mergeEntities(authoring, "b", "a", author());
    expect([relations("a"), lines().filter((line) => line.includes("relation"))]).toEqual([[], []]);
    expect(authoring.read((db) => linksOf(db, groupsIn(authoring)))).toEqual([]);
    expect((await relate("a", "uses", "b"))[0]!.changed).toBe(true);
    expect(relations("a")).toEqual(["a uses a"]);
    await undoEntity(authoring, "a", author());
    expect(relations("b")).toEqual(["a uses b"]);
  });

  it("are found by any name that they had, where no other has it", async () => {
    await add("a", "", "of a");
    await renameEntity(authoring, "a", "b", author());
    await renameEntity(authoring, "b", "c", author());
    expect(shown("b").name).toBe("c");
    expect(await undoEntity(authoring, "c", author())).toMatchObject({ name: "b" });
    expect(await undoEntity(authoring, "c", author())).toMatchObject({ name: "c" });
    await add("b");
    expect(shown("b").name).toBe("b");
  });

  it("that are deleted are gone with their relations, and come back with them", async () => {
    await add("a", "", "of a");
    await add("b");
    await relate("a", "knows", "b");
    await mergeEntities(authoring, (await add("a2"))[0]!.id, "a", author());
    await deleteEntity(authoring, "a", author());
    expect(found("")).toEqual(["b"]);
    expect([relations("b"), shown("a").deleted, lines()]).toEqual([[], true, [expect.stringContaining('"b"')]]);
    await expect(relate("a", "knows", "b")).rejects.toThrow("was deleted");
    expect((await deleteEntity(authoring, "a", author())).changed).toBe(false);
    await undoEntity(authoring, "a", author());
    expect([texts("a2"), relations("b")]).toEqual([["of a"], ["a knows b"]]);
    await deleteEntity(authoring, "a", author());
    // It would be back without what was known of it.
    await expect(add("a", "", "something new")).rejects.toThrow('`clew graph undelete "a"` brings it back');
    await expect(observeEntity(authoring, "a", ["something new"], author())).rejects.toThrow("was deleted");
    expect(shown("a").deleted).toBe(true);
    expect((await undeleteEntity(authoring, "a", author())).changed).toBe(true);
    expect([texts("a"), relations("b")]).toEqual([["of a"], ["a knows b"]]);
  });

  it("come back by undelete, whatever was written of them since", async () => {
    await add("a", "", "of a");
    await deleteEntity(authoring, "a", author());
    // Another device had not heard of it.
    await authoring.write("entity", entityIdOf("a"), { add: { observations: ["said meanwhile"] } }, author("bo"));
    expect(shown("a").deleted).toBe(true);
    expect(await undeleteEntity(authoring, "a", author())).toMatchObject({ changed: true });
    expect([...texts("a")].sort()).toEqual(["of a", "said meanwhile"]);
    expect(await undeleteEntity(authoring, "a", author())).toMatchObject({ changed: false });
  });

  it("two that go by one name are asked about", async () => {
    await add("Redis");
    expect((await add("redis", "", "fast"))[0]).toMatchObject({ name: "Redis", isNew: false, added: 1 });
    await addEntities(authoring, [{ name: "redis" }], author(), { exact: true });
    await expect(add("REDIS")).rejects.toThrow(/could be several entities[\s\S]*n-/);
    expect(() => entityMeant(authoring, "REDIS")).toThrow(/could be several entities[\s\S]*n-/);
    expect(() => entityMeant(authoring, "nothing")).toThrow("nothing is known by the name nothing");
    await expect(add("  ")).rejects.toThrow("the name is empty");
    await expect(add("x", "", "o".repeat(5000))).rejects.toThrow("4000 is the most");
    await expect(relate("Redis", "uses", "nothing")).rejects.toThrow("nothing is known");
  });

  it("relations go and come back", async () => {
    await add("a");
    await add("b");
    expect((await relate("a", "uses", "b"))[0]!.changed).toBe(true);
    expect((await relate("a", "uses", "b"))[0]!.changed).toBe(false);
    await relateEntities(authoring, [{ from: "a", type: "uses", to: "b" }], author(), false);
    expect(relations("a")).toEqual([]);
    await relate("a", "uses", "b");
    expect(relations("b")).toEqual(["a uses b"]);
  });
});

describe("the file of the MCP memory server", () => {
  const FILE = [
    '{"type":"entity","name":"Ada","entityType":"person","observations":["Wrote notes","Likes kilns"]}',
    '{"type":"entity","name":"kiln","entityType":"tool","observations":[]}',
    '{"type":"relation","from":"Ada","to":"kiln","relationType":"owns"}',
  ];

  it("comes out as it went in, and again changes nothing", async () => {
    const first = await importGraph(authoring, `${FILE.join("\n")}\n`, author());
    expect(first).toEqual({ lines: 3, entities: 2, relations: 1, changed: 3, malformed: 0, problems: [] });
    const told = lines().map((line) => JSON.parse(line) as unknown);
    expect(told).toEqual([
      { type: "entity", name: "Ada", entityType: "person", observations: ["Likes kilns", "Wrote notes"] },
      { type: "entity", name: "kiln", entityType: "tool", observations: [] },
      { type: "relation", from: "Ada", to: "kiln", relationType: "owns" },
    ]);
    expect((await importGraph(authoring, FILE.join("\r\n"), author())).changed).toBe(0);
    expect((await importGraph(authoring, lines().join("\n"), author())).changed).toBe(0);
    expect(shown("Ada").tainted).toBe(true);
  });

  it("counts lines that are none, and takes the others", async () => {
    const bad = [
      "{",
      "[]",
      "null",
      '{"type":"entity"}',
      '{"type":"entity","name":"x","observations":"no"}',
      '{"type":"entity","name":"\\u0000"}',
      '{"type":"relation","from":"a"}',
      '{"type":"other","name":"x"}',
      JSON.stringify({ type: "entity", name: "y", observations: ["o".repeat(9000)] }),
    ];
    const answer = await importGraph(authoring, [...bad, "", ...FILE].join("\n"), author());
    expect(answer).toMatchObject({ lines: 12, entities: 2, relations: 1, malformed: 9 });
    expect(answer.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(lines()).toHaveLength(3);
  });

  it("a line of other bytes is one that is none, and the others are taken", async () => {
    const broken = Buffer.from([0x22, 0xff, 0xfe]);
    const file = Buffer.concat([Buffer.from(`\uFEFF${FILE[0]}\r\n`), broken, Buffer.from(`\n${FILE[1]}`)]);
    const answer = await importGraph(authoring, file, author());
    expect(answer).toMatchObject({ lines: 3, entities: 2, problems: [{ line: 2, message: "it is no text in UTF-8" }] });
  });

  it("names a relation without one of its ends, and what was deleted, by the number of its line", async () => {
    await add("a", "", "of a");
    await add("gone", "", "of gone");
    await deleteEntity(authoring, "gone", author());
    const relation = (from: string, to: string): string =>
      JSON.stringify({ type: "relation", from, to, relationType: "knows" });
    const file = [
      relation("a", "nobody"),
      relation("nobody", "a"),
      relation("gone", "a"),
      '{"type":"entity","name":"gone","entityType":"","observations":["anew"]}',
      relation("a", "a"),
    ];
    const answer = await importGraph(authoring, file.join("\n"), author());
    expect(answer).toMatchObject({ lines: 5, entities: 0, relations: 1, changed: 1, malformed: 4 });
    expect(answer.problems).toEqual([
      { line: 1, message: "its `to` is not known" },
      { line: 2, message: "its `from` is not known" },
      { line: 3, message: expect.stringContaining("its `from` was deleted") as string },
      { line: 4, message: expect.stringContaining("its entity was deleted") as string },
    ]);
    expect(shown("gone")).toMatchObject({ deleted: true, observations: [{ text: "of gone" }] });
    expect(relations("a")).toEqual(["a knows a"]);
    await add("nobody");
    expect(relations("a")).toEqual(["a knows a"]);
  });

  it("keeps two apart whose names differ in letter case", async () => {
    const file = ["Redis", "redis"].map((name) =>
      JSON.stringify({ type: "entity", name, entityType: "", observations: [`of ${name}`] }),
    );
    await importGraph(authoring, file[0]!, author());
    await importGraph(authoring, file.join("\n"), author());
    expect(lines()).toHaveLength(2);
    expect([texts("Redis"), texts("redis")]).toEqual([["of Redis"], ["of redis"]]);
  });

  it("takes thousands of lines in a few files", async () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      JSON.stringify({ type: "entity", name: `thing ${index}`, entityType: "t", observations: [`is ${index}`] }),
    );
    expect(await importGraph(authoring, many.join("\n"), author())).toMatchObject({ changed: 3000 });
    expect(found('"thing 2999"')).toEqual(["thing 2999"]);
  });
});
