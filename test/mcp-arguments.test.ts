import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partsOf, textOf } from "./mcp-bed.ts";
import { LOCK, type ToolsBed, toolsBed } from "./mcp-tools-bed.ts";

let bed: ToolsBed;
const call: ToolsBed["call"] = (...given) => bed.call(...given);
const refused: ToolsBed["refused"] = (...given) => bed.refused(...given);

beforeAll(async () => {
  bed = await toolsBed();
  for (const last of ["1", "2"])
    bed.session(`44444444-0000-4000-8000-00000000000${last}`, { title: `Many ${last}`, project: "many" });
});
afterAll(() => bed.end());

describe("wrong arguments are answered in a sentence", () => {
  test.each([
    ["search", { query: "x", nonsense: 1 }, /nonsense/],
    ["search", {}, /query/],
    ["search", { query: "-only" }, /needs a word/],
    ["search", { query: "x", max_tokens: 100 }, /max_tokens/],
    ["search", { query: "x", max_tokens: 8001 }, /max_tokens/],
    ["search", { query: "x", cursor: "o1" }, /cursor/],
    ["search_sessions", { filter: "colour:red" }, /filter, column 1/],
    ["search_sessions", { cursor: "'; DROP TABLE sessions" }, /cursor/],
    ["get_session", { session_id: "nobody-knows-it" }, /no such session/],
    ["get_session", { session_id: "44444444" }, /several sessions/],
    ["get_session", { session_id: "111" }, /4 characters/],
    ["get_session", { part: "everything" }, /part/],
    ["get_timeline", { event_id: "none" }, /no such event/],
    ["get_timeline", { full: true }, /full needs event_id/],
    ["get_timeline", { session_id: LOCK, cursor: "zzz" }, /cursor/],
    ["get_usage", { by: "colour" }, /by/],
    ["logs_find", { since: "yesterdayish" }, /since/],
    ["logs_find", { levels: ["loud"] }, /levels/],
    ["logs_find", { cursor: "1.1" }, /cursor/],
    ["list_entries", { entry_id: "e-ffffffffffff" }, /no entry/],
    ["add_entry", { category: "wish", title: "x" }, /category/],
    ["add_entry", { category: "issue", title: "" }, /title/],
    ["add_entry", { category: "issue", title: " \u200e " }, /title is empty/],
    ["add_entry", { category: "issue", title: "x", status: "done" }, /status/],
    ["add_entry", { category: "issue", title: "x", body: "y".repeat(10_000_000) }, /body/],
    ["add_entry", { category: "issue", title: "x", links: ["nowhere"] }, /link/],
    ["resolve_entry", {}, /either entry_id or title_match/],
    ["resolve_entry", { title_match: "nothing like it" }, /no entry/],
    ["send_message", { text: "x" }, /goes to/],
    ["send_message", { to: "a b", text: "x" }, /no name/],
    ["mark_seen", {}, /message_ids or inbox/],
    ["mark_seen", { message_ids: ["m-000000000000"] }, /no message/],
    ["save_state", {}, /nothing to write/],
    ["end_session", { summary: "x".repeat(5000) }, /summary/],
    ["graph_get", { entity: "nothing" }, /nothing is known/],
    ["graph_forget", {}, /give an entity/],
    ["graph_relate", { relations: [{ from: "x1", type: "is", to: "x2" }] }, /nothing is known/],
    ["memory_get", { memory_id: "none.md" }, /no such memory file/],
  ] as const)("%s %#", async (name, given, wanted) => {
    const text = await refused(name, given);
    expect(text).toMatch(wanted);
    expect(text.length).toBeLessThan(600);
    expect(bed.errors).toEqual([]);
  });

  test("a title that several have changes nothing, and names them", async () => {
    const answer = await call("resolve_entry", { title_match: "refunds" });
    expect(answer.structuredContent).toMatchObject({ changed: false, entry_id: null, rows: [{}, {}] });
    expect(partsOf(textOf(answer)).inside).toContain("Refunds are slow");
    expect(textOf(answer)).not.toContain("by=unknown");
  });

  test.each([
    ["add_entry", { category: "issue", title: "" }, "title: at least 1 character"],
    ["search", { query: "x", max_tokens: 100 }, "max_tokens: at least 200"],
    ["search", {}, "query: is missing"],
    ["search", { query: "x", sort: "best" }, "sort: one of newest, relevance"],
    ["add_entry", { category: "issue", title: 5 }, "title: has to be text"],
  ] as const)("%s %#: in plain words", async (name, given, wanted) => {
    expect((await refused(name, given)).endsWith(wanted)).toBe(true);
  });

  test.each([
    ["list_entries", { entry_id: "e-ffffffffffff" }],
    ["resolve_entry", { title_match: "nothing like it" }],
    ["graph_get", { entity: "nothing" }],
    ["add_entry", { category: "issue", title: "x", links: ["nowhere"] }],
  ] as const)("%s: Clew's own words stand in no fence", async (name, given) => {
    const text = await refused(name, given);
    expect(text).not.toContain("quoted-");
    expect(text.split("\n")).toHaveLength(1);
  });

  test("a tool that writes is explained where the server only reads", async () => {
    const reader = await bed.connect({ profile: "read" });
    await expect(reader.callTool({ name: "add_entry", arguments: {} })).rejects.toThrow(/clew mcp --write/);
  });

  test("an unknown tool is an error", async () => {
    await expect(bed.client.callTool({ name: "nothing", arguments: {} })).rejects.toThrow(/nothing/);
  });
});
