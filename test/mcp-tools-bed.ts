/** @module A store with something for every tool to answer, and a client that asks as an agent in one of its sessions. */
import type { CallToolResult, Client } from "@modelcontextprotocol/client";
import { expect } from "vitest";
import type { Author } from "../packages/app/src/authoring/author.ts";
import { addEntry } from "../packages/app/src/authoring/entries.ts";
import { sendMessage } from "../packages/app/src/authoring/messages.ts";
import { openAuthoring } from "../packages/app/src/authoring/open-authoring.ts";
import { HOUR, TEST_NOW } from "../packages/app/src/query/testing.ts";
import { type McpBed, mcpBed, textOf } from "./mcp-bed.ts";

export const LOCK = "11111111-aaaa-4000-8000-000000000001";
export const MINE = "22222222-bbbb-4000-8000-000000000002";

export type Arguments = Readonly<Record<string, unknown>>;

export interface ToolsBed extends McpBed {
  /** An agent in the session MINE. */
  readonly client: Client;
  /** What ana wrote. */
  readonly anas: { readonly entry: string; readonly message: string };
  readonly call: (name: string, given?: Arguments, from?: Client) => Promise<CallToolResult>;
  /** The structured content of an answer that is no error. */
  readonly ok: (name: string, given?: Arguments, from?: Client) => Promise<Record<string, unknown>>;
  /** What an answer that is an error says. */
  readonly refused: (name: string, given: Arguments) => Promise<string>;
}

export async function toolsBed(): Promise<ToolsBed> {
  const bed = mcpBed();
  seed(bed);
  const anas = await writeAnas(bed);
  const client = await bed.connect({ services: { env: { ...bed.env, CLAUDE_CODE_SESSION_ID: MINE } } });
  const call = async (name: string, given: Arguments = {}, from: Client = client): Promise<CallToolResult> =>
    (await from.callTool({ name, arguments: { ...given } })) as CallToolResult;
  return {
    ...bed,
    client,
    anas,
    call,
    async ok(name, given = {}, from = client) {
      const answer = await call(name, given, from);
      expect(answer.isError, textOf(answer)).not.toBe(true);
      return answer.structuredContent as Record<string, unknown>;
    },
    async refused(name, given) {
      const answer = await call(name, given);
      expect(answer.isError).toBe(true);
      return textOf(answer);
    },
  };
}

function seed(bed: McpBed): void {
  bed.session(LOCK, { title: "Fix the lock", git_branch: "fix/lock", prompts: 2 });
  bed.session(MINE, { title: "Release it", ended_at: TEST_NOW, started_at: TEST_NOW - HOUR });
  const at = TEST_NOW - 20 * HOUR;
  const prompt = { type: "user", message: { content: "the database is locked again" } };
  bed.event(LOCK, { type: "user.prompt", body: prompt, text: "the database is locked again", ts: at, eventId: "ev-1" });
  bed.event(LOCK, { text: "I set the busy timeout first.", ts: at + 1000, eventId: "ev-2" });
  bed.event(LOCK, { text: `${"Long. ".repeat(3000)}END`, ts: at + 9000, eventId: "ev-long" });
  bed.transcript(LOCK);
  bed.turn("ev-1", LOCK, at, "the database is locked again");
  bed.toolCall("toolu_1", {
    session_id: LOCK,
    tool: "Bash",
    name: "Bash",
    summary: "npm test",
    status: "failed",
    error: "exit 1",
    started_at: at + 2000,
    duration_ms: 1200,
    call_event_id: "ev-2",
  });
  bed.toolCall("toolu_mine", { session_id: MINE, tool: "echo", mcp_server: "clew", name: "mcp__clew__echo" });
  bed.insert("session_facts", { session_id: LOCK, kind: "file", key: "src/lock.ts", ts: at, event_id: "ev-2" });
  bed.response(LOCK, { response_id: "r1", model: "claude-opus-5-5", input_tokens: 10, output_tokens: 5, ts: at });
  bed.line({ session: LOCK, ts: at + 3000, message: "SQLITE_BUSY while opening", level: "error", service: "api" });
}

async function writeAnas(bed: McpBed): Promise<ToolsBed["anas"]> {
  const authoring = openAuthoring({ env: bed.env, cwd: bed.cwd, clock: bed.services.clock });
  const place = { workspaceId: "w-web", projectId: "dir:web" };
  const ana: Author = { identity: "ana", origin: "human", tainted: false, sessionId: null, why: "", ...place };
  const entry = await addEntry(
    authoring,
    {
      category: "issue",
      title: "Staging double-counts refunds",
      body: "Since Monday.\nSee the log.",
      tags: ["billing"],
      assignee: "claude-code@web",
    },
    ana,
  );
  await addEntry(authoring, { category: "issue", title: "Refunds are slow" }, ana);
  const sent = await sendMessage(authoring, { to: "claude-code@web", text: "Please look at the refunds." }, ana);
  await authoring.write(
    "memory",
    "dir:web/memory/build.md",
    { set: memory("memory/build.md", `# Build\n\n${"Use npm ci.\n".repeat(400)}`) },
    ana,
  );
  authoring.close();
  return { entry: entry.entryId, message: sent.messageId };
}

function memory(path: string, content: string) {
  return { content, path, project: "dir:web", title: "Build" };
}
