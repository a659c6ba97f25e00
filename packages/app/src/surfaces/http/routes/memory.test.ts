import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clewPaths } from "../../../base/paths.ts";
import { drainSpool } from "../../../ingest/drain.ts";
import { openLocalStore } from "../../../ingest/index-command.ts";
import { createTestMachine, type TestMachine, transcriptLines } from "../../../ingest/testing.ts";
import type { ChangeData, ChangeTarget } from "../../../model/change.ts";
import { memorySubject } from "../../../query/memory-key.ts";
import { linksIn } from "../../../query/memory-links.ts";
import { openReader, type Reader } from "../../../query/reader.ts";
import { writeSpoolRecord } from "../../../spool/spool-directory.ts";
import type {
  GraphList,
  GraphWebEntity,
  MemoryList,
  MemorySearchAnswer,
  MemoryWebFile,
  Neighbourhood,
} from "../answers.ts";
import { bindQuestions } from "../bind-questions.ts";
import { TEST_HOST, testApp } from "../testing.ts";

const SESSION = "a1a1a1a1-0000-4000-8000-000000000000";
const PROJECT = "dir:kiln";
const AGENT = "claude-code@kiln";
const ADA = "person:ada@example.org";
const BO = "person:bo@example.org";

interface Given extends ChangeData {
  readonly author?: string;
  readonly origin?: string;
  readonly tainted?: boolean;
  readonly session?: string;
}

let machine: TestMachine;
let reader: Reader;
let get: ReturnType<typeof testApp>["get"];
let app: ReturnType<typeof testApp>["app"];
const records: object[] = [];
let count = 0;

/** Notes a change; answers its id. */
function change(target: ChangeTarget, subject: string, given: Given): string {
  const { author = AGENT, origin = "agent", tainted = false, session = SESSION, ...data } = given;
  const id = `change-${++count}`;
  records.push({
    v: 1,
    id,
    ts: new Date(Date.UTC(2026, 8, 1, 12, 0, count)).toISOString(),
    correlation_id: `0123456789abcdef:${session}`,
    type: "change",
    data: { target, subject, author, origin, tainted, ...data },
  });
  return id;
}

/** As an id has to look; the same for the same word. */
const idOf = (letter: "n" | "r", word: string): string =>
  `${letter}-${createHash("sha256").update(word).digest("hex").slice(0, 16)}`;
const [KILN, OVEN, GLAZE, POT, SHELF, GONE] = ["kiln", "oven", "glaze", "pot", "shelf", "gone"].map((word) =>
  idOf("n", word),
) as [string, string, string, string, string, string];
const fileId = (path: string, project: string | null = PROJECT): string => memorySubject(project, path);

function files(): void {
  const named = (path: string, content: string, title: string | null = null) => {
    return { path, project: PROJECT, content, title };
  };
  const index = fileId("MEMORY.md");
  const first = change("memory", index, {
    set: named("MEMORY.md", "# Memory\n\n- [Glaze](notes/glaze.md)\n", "Memory"),
  });
  change("memory", index, {
    set: { content: "# Memory\n\n- [Glaze](notes/glaze.md): the blue one\n" },
    replaces: { content: [first] },
  });
  const glaze = "---\nname: The blue glaze\ntype: project\n---\n\nFires at 1240 °C. See [[firing]].\n";
  change("memory", fileId("notes/glaze.md"), { set: named("notes/glaze.md", glaze, "The blue glaze"), tainted: true });
  const firing = fileId("notes/firing.md");
  const base = change("memory", firing, { set: named("notes/firing.md", "# Firing\n\nNine hours.\n", "Firing") });
  change("memory", firing, { set: { content: "# Firing\n\nTen hours.\n" }, replaces: { content: [base] } });
  const ada = { author: ADA, origin: "human" } as const;
  change("memory", firing, { set: { content: "# Firing\n\nEight hours.\n" }, replaces: { content: [base] }, ...ada });
  const rules = fileId("CLAUDE.md", null);
  change("memory", rules, { set: { path: "CLAUDE.md", content: "# Rules\n", title: "Rules" }, ...ada });
  const other = { author: BO, origin: "human", session: "uncorrelated" } as const;
  change("memory", fileId("bo.md"), { set: named("bo.md", "# From Bo\n\nblue is best\n", "From Bo"), ...other });
  const gone = fileId("gone.md");
  change("memory", gone, { set: named("gone.md", "# Gone\n", "Gone") });
  change("memory", gone, { set: { deleted: true } });
}

function graph(): void {
  const entity = (id: string, name: string, type: string, observations: string[], more: Given = {}) =>
    change("entity", id, { set: { name, type }, add: { observations }, ...more });
  const relate = (from: string, type: string, to: string) =>
    change("relation", idOf("r", `${from} ${type} ${to}`), { set: { from, to, type } });
  const kiln = entity(KILN, "kiln", "service", ["Burns gas", "Takes 40 pots"]);
  entity(GLAZE, "blue glaze", "material", ["Fires at 1240 °C"], { tainted: true });
  entity(OVEN, "oven", "service", ["Is in the yard"], { author: BO, origin: "human" });
  entity(POT, "pot", "", []);
  entity(SHELF, "shelf", "", []);
  entity(GONE, "gone", "service", ["nothing"]);
  change("entity", GONE, { set: { deleted: true } });
  change("entity", KILN, { set: { name: "big kiln" }, replaces: { name: [kiln] } });
  change("entity", OVEN, { set: { merged_into: KILN }, author: ADA, origin: "human" });
  relate(KILN, "fires", GLAZE);
  relate(OVEN, "holds", POT);
  relate(POT, "wears", GLAZE);
  relate(POT, "stands on", SHELF);
  relate(KILN, "knows", GONE);
  for (let index = 0; index < 70; index++) {
    entity(idOf("n", `shard ${index}`), `shard ${String(index).padStart(2, "0")}`, "shard", []);
    relate(SHELF, "keeps", idOf("n", `shard ${index}`));
  }
}

const clock = () => Date.UTC(2026, 8, 2);

function takeIn(name: string): void {
  const { spool } = clewPaths(machine.env);
  const body = Buffer.from(JSON.stringify(records));
  writeSpoolRecord(spool, { kind: "event", fields: { at: String(clock()) }, body }, { name });
  const { store } = openLocalStore(machine.env, clock);
  drainSpool({ directory: spool, store, clock });
  store.close();
}

beforeAll(async () => {
  machine = createTestMachine();
  machine.write(`-home-ada-kiln/${SESSION}.jsonl`, transcriptLines(SESSION).title("Fire the pots").prompt("Go").text());
  await machine.index();
  files();
  graph();
  takeIn("all");
  reader = openReader(machine.database);
  ({ app, get } = testApp({ questions: bindQuestions({ reader, clock, person: ADA }) }));
});
afterAll(() => {
  reader?.close();
  machine?.remove();
  if (machine) rmSync(machine.home, { recursive: true, force: true });
});

async function answerOf<Answer>(path: string): Promise<Answer> {
  const response = await get(path);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Answer;
}

const file = (path: string, project: string | null = PROJECT) =>
  answerOf<MemoryWebFile>(`/api/memory/files/${encodeURIComponent(fileId(path, project))}`);

describe("/api/memory", () => {
  test("lists every file with its project, history, author and marks", async () => {
    const { rows, more } = await answerOf<MemoryList>("/api/memory/files");
    expect(more).toBe(false);
    expect(rows.map(({ path, project_id }) => [project_id, path])).toEqual([
      [null, "CLAUDE.md"],
      [PROJECT, "MEMORY.md"],
      [PROJECT, "bo.md"],
      [PROJECT, "gone.md"],
      [PROJECT, "notes/firing.md"],
      [PROJECT, "notes/glaze.md"],
    ]);
    const of = Object.fromEntries(rows.map((row) => [row.path, row]));
    expect(of["MEMORY.md"]).toMatchObject({
      project: "kiln",
      title: "Memory",
      size: 50,
      changes: 2,
      conflicts: 0,
      waits: false,
      deleted: false,
      author: AGENT,
      whose: "agent",
      origin: "agent",
      tainted: false,
      session_id: SESSION,
    });
    expect(of["CLAUDE.md"]).toMatchObject({ whose: "own", origin: "human" });
    expect(of["bo.md"]).toMatchObject({ whose: "other", waits: true });
    expect(of["notes/glaze.md"]).toMatchObject({ tainted: true });
    expect(of["notes/firing.md"]).toMatchObject({ conflicts: 1, changes: 3 });
    expect(of["gone.md"]).toMatchObject({ deleted: true, changes: 2 });
  });

  test("the list is made anew once something has been written", async () => {
    const { files } = bindQuestions({ reader, clock: () => 0, person: ADA }).memory;
    const first = files();
    expect(files()).toBe(first);
    records.length = 0;
    change("memory", fileId("late.md"), { set: { path: "late.md", project: PROJECT, content: "# Late\n" } });
    takeIn("late");
    expect(files().rows.length).toBe(first.rows.length + 1);
  });

  test("has a file with its words, versions, conflict, what waits, and what leads to it", async () => {
    const firing = await file("notes/firing.md");
    expect(firing).toMatchObject({
      content: "# Firing\n\nEight hours.\n",
      written: { author: ADA, whose: "own", origin: "human" },
      session_title: "Fire the pots",
      others: [{ author: AGENT, whose: "agent", content: "# Firing\n\nTen hours.\n" }],
      waiting: [],
    });
    expect(firing.versions.map(({ author, current, conflict }) => [author, current, conflict])).toEqual([
      [ADA, true, false],
      [AGENT, false, true],
      [AGENT, false, false],
    ]);
    expect(firing.linked_from.map(({ path }) => path)).toEqual(["notes/glaze.md"]);
    expect((await file("MEMORY.md")).links_to).toEqual([
      { id: fileId("notes/glaze.md"), path: "notes/glaze.md", title: "The blue glaze" },
    ]);
    expect((await file("notes/glaze.md")).linked_from.map(({ path }) => path)).toEqual(["MEMORY.md"]);
    expect((await file("bo.md")).waiting).toMatchObject([{ what: "content", author: BO, why: "other" }]);
    expect(await file("CLAUDE.md", null)).toMatchObject({ project_id: null, written: { whose: "own" } });
  });

  test("has the text of any version, whole or by the beginning of its id", async () => {
    const { versions, id } = await file("MEMORY.md");
    const path = `/api/memory/files/${encodeURIComponent(id)}/text?version=`;
    expect(await answerOf(path + versions[1]!.version)).toEqual({
      version: versions[1]!.version,
      content: "# Memory\n\n- [Glaze](notes/glaze.md)\n",
    });
    expect((await get(`${path}absent`)).status).toBe(404);
    expect((await get("/api/memory/files/absent")).status).toBe(404);
  });

  test("finds lines in the files of every project; none of them for no words", async () => {
    const { rows, total } = await answerOf<MemorySearchAnswer>("/api/memory/search?q=blue");
    expect(total).toBe(3);
    expect(rows.map(({ path, lines }) => [path, lines.map(({ number }) => number)])).toEqual([
      ["bo.md", [3]],
      ["notes/glaze.md", [2]],
      ["MEMORY.md", [3]],
    ]);
    expect(await answerOf("/api/memory/search")).toEqual({ rows: [], total: 0 });
    expect(await answerOf("/api/memory/search?q=%22%3A*")).toMatchObject({ rows: [] });
  });
});

describe("/api/graph", () => {
  test("lists entities by name, type and words, each merged one once", async () => {
    const all = await answerOf<GraphList>("/api/graph/entities?limit=4");
    expect(all).toMatchObject({ total: 74, entities: 74, relations: 74 });
    expect(all.rows.map(({ name }) => name)).toEqual(["big kiln", "blue glaze", "pot", "shard 00"]);
    expect(all.types.slice(0, 2)).toEqual([
      { value: "shard", count: 70 },
      { value: "", count: 2 },
    ]);
    expect(all.rows[0]).toMatchObject({ observations: 3, relations: 2, whose: "other" });
    expect(all.rows[1]).toMatchObject({ whose: "agent", tainted: true });
    expect(all.rows[3]).toMatchObject({ whose: "agent", tainted: false });
    const words = await answerOf<GraphList>("/api/graph/entities?q=yard");
    expect([words.rows.map(({ id }) => id), words.entities]).toEqual([[KILN], 74]);
    const typed = await answerOf<GraphList>("/api/graph/entities?type=material");
    expect([typed.rows.map(({ name }) => name), typed.types.length]).toEqual([["blue glaze"], 4]);
    const without = await answerOf<GraphList>("/api/graph/entities?type=-");
    expect(without.rows.map(({ name }) => name)).toEqual(["pot", "shelf"]);
    expect(await answerOf("/api/graph/entities?q=nosuchword")).toMatchObject({ rows: [], total: 0, entities: 74 });
  });

  test("has an entity with evidence, both directions of its relations, and the history of all that it became", async () => {
    const kiln = await answerOf<GraphWebEntity>(`/api/graph/entities/${KILN}`);
    expect(kiln).toMatchObject({ name: "big kiln", type: "service", merged: [{ id: OVEN, name: "oven" }] });
    expect(kiln.observations.map(({ text }) => text)).toEqual(["Burns gas", "Takes 40 pots", "Is in the yard"]);
    expect(kiln.observations[0]?.evidence).toMatchObject([
      { author: AGENT, session_id: SESSION, event_id: expect.stringMatching(/./) },
    ]);
    expect(kiln.sessions).toEqual({ [SESSION]: "Fire the pots" });
    expect(kiln.whose).toMatchObject({ [AGENT]: "agent", [BO]: "other", [ADA]: "own" });
    expect(kiln.relations.map(({ from, type, to }) => [from, type, to])).toEqual([
      ["big kiln", "fires", "blue glaze"],
      ["big kiln", "holds", "pot"],
    ]);
    expect(kiln.history.map(({ entity, set }) => [entity, set[0]?.field, set[0]?.from, set[0]?.to])).toEqual([
      ["oven", "merged_into", [], "big kiln"],
      ["big kiln", "name", ["kiln"], "big kiln"],
      ["oven", "name", [], "oven"],
      ["big kiln", "name", [], "kiln"],
    ]);
    expect(await answerOf(`/api/graph/entities/${OVEN}`)).toMatchObject({ id: KILN });
    const glaze = await answerOf<GraphWebEntity>(`/api/graph/entities/${GLAZE}`);
    expect(glaze.relations.map(({ from, to }) => [from, to])).toEqual([
      ["big kiln", "blue glaze"],
      ["pot", "blue glaze"],
    ]);
    expect(await answerOf(`/api/graph/entities/${GONE}`)).toMatchObject({ deleted: true });
    expect((await get("/api/graph/entities/absent")).status).toBe(404);
    expect((await get("/api/graph/entities/absent/around")).status).toBe(404);
  });

  test("has what lies around one, the nearest first, and of the whole what is most connected", async () => {
    const near = await answerOf<Neighbourhood>(`/api/graph/entities/${OVEN}/around`);
    expect(near.nodes.map(({ name, distance, degree }) => [name, distance, degree])).toEqual([
      ["big kiln", 0, 2],
      ["pot", 1, 3],
      ["blue glaze", 1, 2],
    ]);
    expect(near).toMatchObject({ left: 0 });
    expect(near.edges).toContainEqual({ from: POT, to: GLAZE, types: ["wears"] });
    const far = await answerOf<Neighbourhood>(`/api/graph/entities/${KILN}/around?depth=3`);
    expect([far.nodes.length, far.left]).toEqual([60, 14]);
    expect(far.nodes.slice(0, 4).map(({ name }) => name)).toEqual(["big kiln", "pot", "blue glaze", "shelf"]);
    const ids = new Set(far.nodes.map(({ id }) => id));
    expect(far.edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
    const whole = await answerOf<Neighbourhood>("/api/graph/around?limit=3");
    expect(whole.nodes.map(({ name }) => name)).toEqual(["shelf", "pot", "big kiln"]);
    expect(whole.left).toBe(71);
    expect(await answerOf("/api/graph/around?limit=3")).toEqual(whole);
  });
});

test("links in a text: Markdown's to files, and names in double brackets; each once", () => {
  const text =
    "[a](x/a.md) [a](x/a.md#there) ![i](i.png) [w](https://a.example/b.html) [[note|Name]] [[note]] [c](<c.md>)";
  expect(linksIn(text)).toEqual(["x/a.md", "note", "c.md"]);
});

test.each([
  ["words of 2,001 characters", `/api/memory/search?q=${"x".repeat(2001)}`],
  ["a limit that is no number", "/api/memory/search?limit=many"],
  ["an id of 401 characters", `/api/memory/files/${"x".repeat(401)}`],
  ["a text of no version", "/api/memory/files/x/text"],
  ["a type of 401 characters", `/api/graph/entities?type=${"x".repeat(401)}`],
  ["a depth that is no number", "/api/graph/around?depth=deep"],
])("%s is refused with a sentence", async (_, path) => {
  const response = await get(path);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: "parameter" } });
});

test("nothing is answered without the cookie, nor to another host", async () => {
  for (const path of ["/api/memory/files", "/api/memory/search?q=blue", "/api/graph/entities", "/api/graph/around"]) {
    expect((await app.request(path, { headers: { host: TEST_HOST } })).status).toBe(401);
    expect((await get(path, { host: "evil.example" })).status).toBe(403);
  }
});
