import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestMachine, type TestMachine, transcriptLines } from "../ingest/testing.ts";
import { webEntry } from "../query/web-entry.ts";
import { createSharedWriter, type OpenSharedWriter, personHere } from "./shared-writer.ts";
import { createTitleJudge } from "./title-judge.ts";

const SESSION = "a1a1a1a1-0000-4000-8000-000000000000";
const ADA = "person:ada@example.org";
const BY_AN_AGENT = {
  CLAUDECODE: "1",
  CLAUDE_CODE_SESSION_ID: SESSION,
  CLEW_SESSION_ID: SESSION,
  CLEW_IDENTITY: "claude-code@kiln",
};

let machine: TestMachine;
let writer: OpenSharedWriter;
let env: Readonly<Record<string, string>>;
const entryOf = (id: string) =>
  machine.read((db) => webEntry(db, id, { person: ADA, isTitleGiven: createTitleJudge(env) }))!;
const log = async (title = "Refunds are counted twice") =>
  (await writer.addEntry({ category: "issue", title, session_id: SESSION })).entry_id;

beforeEach(async () => {
  machine = createTestMachine();
  // As if a hook of an agent's session had started the daemon.
  env = { ...machine.env, CLEW_RUNTIME_DIR: join(machine.home, "run"), ...BY_AN_AGENT };
  writeFileSync(join(machine.home, ".gitconfig"), "[user]\n\temail = Ada@example.org\n");
  machine.write(
    `-home-ada-kiln/${SESSION}.jsonl`,
    transcriptLines(SESSION).prompt("Look at it").answer("I did").text(),
  );
  await machine.index();
  writer = createSharedWriter({ env, clock: () => Date.now(), person: personHere(env) });
});
afterEach(() => {
  writer.close();
  machine.remove();
  rmSync(machine.home, { recursive: true, force: true });
});

describe("who writes", () => {
  test("is the person, whoever started the daemon", async () => {
    expect(personHere(env)).toBe(ADA);
    const { entry, history, trust } = entryOf(await log());
    expect(entry).toMatchObject({ created_by: ADA, origin: "human", tainted: false, session_id: SESSION });
    expect(history).toMatchObject([{ author: ADA, origin: "human" }]);
    expect(trust).toMatchObject({ author: ADA, whose: "own", written: "human", mixed: false, agents: "title" });
  });

  test("cannot name a session or a project that is none", async () => {
    const odd = { category: "issue", title: "t" };
    await expect(writer.addEntry({ ...odd, session_id: "none" })).rejects.toMatchObject({ code: "not_found" });
    await expect(writer.addEntry({ ...odd, project_id: "none" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an edit", () => {
  test("replaces what was seen, and leaves what was not beside it", async () => {
    const id = await log();
    const { version } = entryOf(id);
    await writer.editEntry(id, { seen: version, status: "blocked" });
    await writer.editEntry(id, { seen: version, status: "resolved" });
    const torn = entryOf(id);
    expect(torn.conflicts.status?.map(({ value }) => value)).toEqual(["resolved", "blocked"]);
    await writer.editEntry(id, { seen: torn.version, status: "blocked" });
    expect(entryOf(id)).toMatchObject({ conflicts: {}, entry: { status: "blocked" } });
  });

  test("of the same value twice is no conflict; one that changes nothing is not written", async () => {
    const id = await log();
    const { version } = entryOf(id);
    await writer.editEntry(id, { seen: version, status: "resolved" });
    await writer.editEntry(id, { seen: version, status: "resolved" });
    const { version: newest, conflicts } = entryOf(id);
    expect(conflicts).toEqual({});
    const again = await writer.editEntry(id, { seen: newest, status: "resolved", title: "Refunds are counted twice" });
    expect(again).toEqual({ changed: false, stored: true, warnings: [] });
    expect(entryOf(id).version).toBe(newest);
  });

  test("is checked as a whole before anything is written", async () => {
    const id = await log();
    const { version } = entryOf(id);
    for (const odd of [
      { status: "odd" },
      { title: "" },
      { title: "x".repeat(201) },
      { note: " \n" },
      { add_tags: [""] },
    ])
      await expect(writer.editEntry(id, { seen: version, category: "task", ...odd })).rejects.toMatchObject({
        code: "usage",
      });
    await expect(writer.editEntry("e-none", { seen: version, status: "open" })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(entryOf(id)).toMatchObject({ version, entry: { category: "issue" } });
  });

  test("goes by the rules of the command line: how many tags it may have, and nothing while it is deleted", async () => {
    const id = await log();
    const { version } = entryOf(id);
    const tags = (from: number) => Array.from({ length: 30 }, (_, index) => `t${from + index}`);
    await writer.editEntry(id, { seen: version, add_tags: tags(0) });
    await expect(writer.editEntry(id, { seen: version, add_tags: tags(30) })).rejects.toMatchObject({ code: "usage" });
    await writer.editEntry(id, { seen: entryOf(id).version, deleted: true });
    await expect(writer.editEntry(id, { seen: version, title: "Else" })).rejects.toMatchObject({ code: "usage" });
    expect(await writer.editEntry(id, { seen: entryOf(id).version, deleted: false })).toMatchObject({ changed: true });
  });

  test("takes tags, assignee and the entry itself away, and brings them back", async () => {
    const id = await log();
    const edit = (change: object) => writer.editEntry(id, { seen: entryOf(id).version, ...change });
    await edit({ add_tags: ["money", "staging"], assignee: "me" });
    await edit({ remove_tags: ["money"], deleted: true });
    expect(entryOf(id)).toMatchObject({ deleted: true, entry: { tags: ["staging"], assignee: ADA } });
    expect((await edit({ assignee: "somebody-new", deleted: false })).warnings).toHaveLength(1);
    await edit({ assignee: null });
    expect(entryOf(id)).toMatchObject({ deleted: false, entry: { assignee: null } });
  });
});

test("another's change of its status makes an entry another's, and leaves its title to agents", async () => {
  const id = await log();
  const other = createSharedWriter({ env, clock: () => Date.now(), person: "bo" });
  await other.editEntry(id, { seen: entryOf(id).version, status: "in_progress", note: "x" });
  other.close();
  expect(entryOf(id)).toMatchObject({ entry: { status: "in_progress" }, trust: { whose: "other", agents: "title" } });
});

test("an approval holds for one content, and is taken back", async () => {
  const id = await log();
  const { content_hash, version } = entryOf(id);
  await writer.approve("entry", id, content_hash, true);
  expect(entryOf(id).trust.agents).toBe("approved");
  await writer.approve("entry", id, content_hash, false);
  expect(entryOf(id).approvals).toEqual([]);
  await writer.approve("entry", id, content_hash, true);
  await writer.editEntry(id, { seen: version, note: "one more" });
  expect(entryOf(id).approvals).toEqual([]);
});
