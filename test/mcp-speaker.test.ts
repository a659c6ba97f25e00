import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_NOW } from "../packages/app/src/query/testing.ts";
import { TOOL_USE_META } from "../packages/app/src/surfaces/mcp/services.ts";
import { textOf } from "./mcp-bed.ts";
import { LOCK, MINE, type ToolsBed, toolsBed } from "./mcp-tools-bed.ts";

let bed: ToolsBed;
const call: ToolsBed["call"] = (...given) => bed.call(...given);
const ok: ToolsBed["ok"] = (...given) => bed.ok(...given);

beforeAll(async () => {
  bed = await toolsBed();
});
afterAll(() => bed.end());

describe("who writes, and where", () => {
  test("the session around the server", async () => {
    expect(await ok("which_session")).toMatchObject({
      session_id: MINE,
      by: "surroundings",
      identity: "claude-code@web",
    });
  });

  test("the call's own session goes before it", async () => {
    const other = await bed.connect({ services: { env: { ...bed.env, CLAUDE_CODE_SESSION_ID: LOCK } } });
    const meta = { [TOOL_USE_META]: "toolu_mine" };
    const answer = await other.callTool({ name: "which_session", arguments: {}, _meta: meta });
    expect(answer.structuredContent).toMatchObject({ session_id: MINE, by: "tool call" });
    const written = await other.callTool({
      name: "add_entry",
      arguments: { category: "note", title: "By a call" },
      _meta: meta,
    });
    expect(written.structuredContent).toMatchObject({ session_id: MINE });
    const unknown = await other.callTool({
      name: "which_session",
      arguments: {},
      _meta: { [TOOL_USE_META]: "toolu_nobody" },
    });
    expect(unknown.structuredContent).toMatchObject({ session_id: LOCK, by: "surroundings" });
  });

  test("one server for all knows a session only by the call", async () => {
    const shared = await bed.connect({ services: { cwd: null, env: { ...bed.env, CLAUDE_CODE_SESSION_ID: LOCK } } });
    expect(await ok("which_session", {}, shared)).toMatchObject({ session_id: null, by: "nothing", tainted: true });
    const answer = await shared.callTool({
      name: "which_session",
      arguments: {},
      _meta: { [TOOL_USE_META]: "toolu_mine" },
    });
    expect(answer.structuredContent).toMatchObject({ session_id: MINE, by: "tool call", identity: "claude-code@web" });
    expect((await call("save_state", { focus: "x" }, shared)).isError).toBe(true);
  });

  test("an agent is never taken for a person, and what it writes after reading others' words is marked", async () => {
    // In a session that has read nothing yet: the store remembers of the others that they have.
    const unread = "66666666-ffff-4000-8000-000000000006";
    bed.session(unread, { ended_at: TEST_NOW });
    const fresh = await bed.connect({ services: { env: { ...bed.env, CLAUDE_CODE_SESSION_ID: unread } } });
    expect(await ok("which_session", {}, fresh)).toMatchObject({ tainted: false });
    const clean = await ok("add_entry", { category: "note", title: "Before" }, fresh);
    await ok("read_messages", { which: "all" }, fresh);
    expect(await ok("which_session", {}, fresh)).toMatchObject({ tainted: true });
    const marked = await ok("add_entry", { category: "note", title: "After" }, fresh);
    const rows = bed.db
      .prepare("SELECT subject, author, origin, tainted FROM changes WHERE subject IN (?, ?)")
      .all(clean.entry_id, marked.entry_id);
    expect(rows).toEqual(
      expect.arrayContaining([
        { subject: clean.entry_id, author: "claude-code@web", origin: "agent", tainted: 0 },
        { subject: marked.entry_id, author: "claude-code@web", origin: "agent", tainted: 1 },
      ]),
    );
    const origins = bed.db.prepare("SELECT DISTINCT origin FROM changes WHERE author <> 'ana'").all();
    expect(origins).toEqual([{ origin: "agent" }]);
  });

  test("a report in no known session gets one of its own", async () => {
    const alone = await bed.connect({ services: { env: bed.env, cwd: `${bed.cwd}/../alone` } });
    expect(await ok("which_session", {}, alone)).toMatchObject({ session_id: null });
    const saved = await ok("save_state", { focus: "alone" }, alone);
    expect(saved).toMatchObject({ why: "one of its own", recorded: ["session.state"] });
    const rows = bed.db.prepare("SELECT agent FROM sessions WHERE session_id = ?");
    expect(rows.all(saved.session_id)).toEqual([{ agent: "script" }]);
    const types = bed.db.prepare("SELECT type FROM events WHERE session_id = ? ORDER BY seq").all(saved.session_id);
    expect(types).toEqual(["session.start", "session.state", "session.end"].map((type) => ({ type })));
    expect(await ok("end_session", { summary: "Done." }, alone)).toMatchObject({ recorded: ["session.outcome"] });
  });

  test("what stands nowhere yet is said in a sentence", async () => {
    const empty = await bed.connect({
      services: { ask: () => null, env: { ...bed.env, CLEW_HOME: `${bed.cwd}/none` } },
    });
    expect(textOf(await call("search", { query: "x" }, empty))).toContain("clew index");
  });
});
