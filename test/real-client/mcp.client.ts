/** @module The real client asks Clew's MCP server, from the plugin and as `claude mcp add` registers it, in the session that it runs. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bareEnvironment, clew } from "../command.ts";
import { type Driven, drive } from "./drive.ts";
import type { Scenario } from "./scenarios.ts";
import type { Block } from "./scripted-api.ts";

const client = process.env.CLEW_CLIENT ?? "";

interface ToolResult {
  readonly tool_use_id: string;
  readonly is_error?: boolean;
  readonly content: unknown;
}

/** What the client told the model that its tools had answered, by the ids of the calls. */
function resultsOf({ requests }: Driven): ReadonlyMap<string, ToolResult> {
  const results = new Map<string, ToolResult>();
  for (const body of requests) {
    const { messages } = JSON.parse(body) as { readonly messages: readonly { readonly content: unknown }[] };
    for (const { content } of messages)
      for (const block of Array.isArray(content) ? content : [])
        if (block.type === "tool_result") results.set(block.tool_use_id, block as ToolResult);
  }
  return results;
}

const find = (...names: readonly string[]): Block => ({
  tool: "ToolSearch",
  input: { query: `select:${names.join(",")}` },
});

function environmentOf({ home, config }: Driven): NodeJS.ProcessEnv {
  return bareEnvironment({
    HOME: home,
    CLAUDE_CONFIG_DIR: config,
    CLEW_HOME: join(home, "clew"),
    CLEW_RUNTIME_DIR: join(home, "run"),
  });
}

async function rows<Row>(sql: string, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  const { code, stdout, stderr } = await clew(["sql", sql, "--json"], env);
  expect([code, stderr]).toEqual([0, ""]);
  return (JSON.parse(stdout) as { readonly rows: readonly Row[] }).rows;
}

test("the plugin offers what reads, and nothing that writes", { timeout: 120_000 }, async () => {
  const name = (tool: string): string => `mcp__plugin_clew_clew__${tool}`;
  const scenario: Scenario = {
    name: "plugin",
    runs: [{ prompt: "What is in the history? [[main]]" }],
    script: {
      main: [
        [find(name("search_sessions"), name("which_session"), name("add_entry"))],
        [{ tool: name("which_session"), input: {} }],
        [{ tool: name("search_sessions"), input: { limit: 2 } }],
        [{ tool: name("add_entry"), input: { category: "note", title: "Not allowed" } }],
        [{ text: "Done." }],
      ],
    },
    allow: ["mcp__plugin_clew_clew", "ToolSearch"],
    subagents: {},
  };
  const driven = await drive(client, scenario, { hooks: "plugin" });
  const [, which, sessions, entry] = driven.calls.get("main")!;
  const results = resultsOf(driven);
  expect(JSON.stringify(results.get(which!)?.content)).toContain(driven.sessionIds[0]);
  expect(results.get(sessions!)?.is_error ?? false).toBe(false);
  expect(results.get(entry!)?.is_error).toBe(true);
});

test("as `claude mcp add` registers it, what is written stands in the session that called, a subagent's in its own", {
  timeout: 120_000,
}, async () => {
  const scenario: Scenario = {
    name: "written",
    runs: [{ prompt: "Write it down. [[main]]" }, { prompt: "Go on. [[second]]", continues: "fork" }],
    script: {
      main: [
        [find("mcp__clew__add_entry", "mcp__clew__which_session", "mcp__clew__list_entries", "mcp__clew__save_state")],
        [{ tool: "mcp__clew__which_session", input: {} }],
        [{ tool: "mcp__clew__add_entry", input: { category: "issue", title: "By the main session" } }],
        [
          {
            tool: "Agent",
            input: {
              description: "Helper inner",
              subagent_type: "general-purpose",
              prompt: "Do your part. [[inner]]",
              run_in_background: false,
            },
          },
        ],
        [{ tool: "mcp__clew__list_entries", input: {} }],
        [{ tool: "mcp__clew__save_state", input: { focus: "the refunds" } }],
        [{ text: "Done." }],
      ],
      inner: [
        [find("mcp__clew__add_entry")],
        [{ tool: "mcp__clew__add_entry", input: { category: "finding", title: "By the subagent" } }],
        [{ text: "Done." }],
      ],
      second: [
        [find("mcp__clew__add_entry")],
        [{ tool: "mcp__clew__add_entry", input: { category: "note", title: "By the fork" } }],
        [{ text: "Done." }],
      ],
    },
    allow: ["mcp__clew", "ToolSearch"],
    subagents: { inner: null },
  };
  const driven = await drive(client, scenario, {
    hooks: "setup",
    async prepare(env) {
      const added = spawnSync(client, ["mcp", "add", "--scope", "user", "clew", "--", "clew", "mcp", "--write"], {
        env,
      });
      expect([added.status, String(added.stderr)]).toEqual([0, ""]);
      return {};
    },
  });
  const env = environmentOf(driven);
  const results = resultsOf(driven);
  const [, which, , , listed, saved] = driven.calls.get("main")!;
  const [main, fork] = driven.sessionIds;
  expect(JSON.stringify(results.get(which!)?.content)).toMatch(new RegExp(`${main}.*tool call`, "s"));
  expect(JSON.stringify(results.get(listed!)?.content)).toMatch(/quoted-.*By the subagent/s);
  for (const id of [listed, saved]) expect(results.get(id!)?.is_error ?? false).toBe(false);
  expect((await clew(["index"], env)).code).toBe(0);
  const entries = await rows<{ title: string; session_id: string }>(
    "SELECT title, session_id FROM entries ORDER BY title",
    env,
  );
  expect(entries).toEqual([
    { title: "By the fork", session_id: fork },
    { title: "By the main session", session_id: main },
    { title: "By the subagent", session_id: expect.stringMatching(new RegExp(`^${main}\\.`)) },
  ]);
  const authors = await rows("SELECT DISTINCT author, origin FROM changes", env);
  expect(authors).toEqual([{ author: "claude-code@project", origin: "agent" }]);
  expect(await rows("SELECT focus FROM project_state", env)).toEqual([{ focus: "the refunds" }]);
});
