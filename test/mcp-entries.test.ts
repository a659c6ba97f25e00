import { afterAll, beforeAll, expect, test } from "vitest";
import { partsOf, textOf } from "./mcp-bed.ts";
import { type ToolsBed, toolsBed } from "./mcp-tools-bed.ts";

let bed: ToolsBed;
beforeAll(async () => {
  bed = await toolsBed();
  await bed.ok("add_entry", {
    category: "task",
    title: "Rename the lock",
    body: "Its name is wrong.",
    tags: ["naming"],
  });
});
afterAll(() => bed.end());

const idsOf = ({ rows }: Record<string, unknown>): string[] =>
  (rows as { entry_id: string }[]).map(({ entry_id }) => entry_id);

test.each([
  ["wrong", 1],
  ["naming", 1],
  ["double-counts", 1],
  ["refunds", 2],
  ["lock refunds", 0],
] as const)("list_entries finds words wherever they stand: %s", async (query, count) => {
  expect(idsOf(await bed.ok("list_entries", { query, all_projects: true }))).toHaveLength(count);
});

test("list_entries takes several statuses", async () => {
  const all = idsOf(await bed.ok("list_entries", { all_projects: true }));
  const { entry_id } = await bed.ok("add_entry", { category: "note", title: "A note" });
  expect(idsOf(await bed.ok("list_entries", { all_projects: true, status: ["info", "blocked"] }))).toEqual([entry_id]);
  expect(idsOf(await bed.ok("list_entries", { all_projects: true, status: ["info", "open"] }))).toHaveLength(
    all.length + 1,
  );
  expect(idsOf(await bed.ok("list_entries", { all_projects: true, status: "info" }))).toEqual([entry_id]);
});

test("entries of all projects say which; of one they do not", async () => {
  const inside = async (given: object) => partsOf(textOf(await bed.call("list_entries", { ...given }))).inside;
  expect(await inside({ all_projects: true })).toMatch(/^project: web$/m);
  expect(await inside({})).not.toContain("project:");
});

test("an answer about an empty list says no order", async () => {
  expect((await bed.ok("list_entries", { query: "nothing-like-it" })).summary).toBe("No entries of this project.");
  expect((await bed.ok("search", { query: "nothinglikeit" })).summary).toBe("No hits.");
});

test("resolve_entry says what was changed, and of what", async () => {
  const { entry } = bed.anas;
  const answer = await bed.call("resolve_entry", { entry_id: entry, status: "resolved", note: "It was the cache." });
  const { inside, outside } = partsOf(textOf(answer));
  expect(outside).toContain(`Changed entry ${entry}: status open → resolved, 1 note.`);
  expect(outside).toContain(`${entry}, issue, resolved`);
  expect(inside).toContain("title: Staging double-counts refunds");
  expect(outside).not.toContain("Staging");
  expect(answer.structuredContent).toMatchObject({ changed: true, rows: [{ status: "resolved", author: "ana" }] });
  const again = await bed.ok("resolve_entry", { entry_id: entry });
  expect(again).toMatchObject({ changed: false, summary: expect.stringContaining("stood so already") });
});

test("a hit in an entry is the entry, its words in its author's name", async () => {
  const { entry, message } = bed.anas;
  const answer = await bed.ok("search", { query: "refunds", limit: 10 });
  const rows = answer.rows as { target?: string; subject?: string; text: string }[];
  expect(rows.filter(({ subject }) => subject === entry)).toEqual([
    expect.objectContaining({ target: "entry", category: "issue", status: "resolved", session_id: null }),
  ]);
  expect(rows.find(({ subject }) => subject === entry)).toMatchObject({ author: "ana", verified: true });
  expect(rows.find(({ subject }) => subject === message)).toMatchObject({
    target: "message",
    author: "ana",
    trust: "peer",
  });
});
