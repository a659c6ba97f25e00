/** @module The real client asks Clew's MCP server, from the plugin and as `claude mcp add` registers it, in the session that it runs. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bareEnvironment, clew } from "../command.ts";
import { startDaemon } from "../otlp-daemon.ts";
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

/** A call of Clew's server as the client names it, and what has to stand in what the model is told. */
interface Expected {
  readonly tool: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly answer: RegExp;
  readonly isRefused?: boolean;
}

/** One conversation that makes all calls, each in a step of its own. */
function conversation(expected: readonly Expected[]): Scenario {
  const steps = expected.map(({ tool, input = {} }) => [{ tool: `mcp__clew__${tool}`, input }]);
  return {
    name: "asks",
    runs: [{ prompt: "What is there? [[main]]" }],
    script: {
      main: [[find(...expected.map(({ tool }) => `mcp__clew__${tool}`))], ...steps, [{ text: "Done." }]],
    },
    allow: ["mcp__clew", "ToolSearch"],
    subagents: {},
  };
}

function expectAnswers(driven: Driven, expected: readonly Expected[]): void {
  const results = resultsOf(driven);
  // The first one looks the tools up.
  const [, ...calls] = driven.calls.get("main")!;
  for (const [index, { tool, answer, isRefused = false }] of expected.entries()) {
    const result = results.get(calls[index]!);
    expect([tool, result?.is_error ?? false], JSON.stringify(result)).toEqual([tool, isRefused]);
    expect(JSON.stringify(result?.content), tool).toMatch(answer);
  }
}

/** The first call asked for the session: it is the one that the client runs, known by the call's own id. */
function expectOwnSession(driven: Driven): void {
  const [, which] = driven.calls.get("main")!;
  const said = JSON.stringify(resultsOf(driven).get(which!)?.content);
  expect(said).toMatch(new RegExp(`${driven.sessionIds[0]}.*tool call`, "s"));
}

/** Registers the server as its documentation says. */
function register(env: NodeJS.ProcessEnv, ...words: readonly string[]): void {
  const added = spawnSync(client, ["mcp", "add", "--scope", "user", ...words], { env });
  expect([added.status, String(added.stderr)]).toEqual([0, ""]);
}

const READS: readonly Expected[] = [
  { tool: "which_session", answer: /session/ },
  { tool: "search_sessions", input: { limit: 3 }, answer: /rows/ },
  { tool: "search", input: { query: "refunds" }, answer: /rows/ },
  { tool: "list_entries", input: { all_projects: true }, answer: /quoted-.*Staging double-counts refunds/s },
  { tool: "get_usage", input: { by: "day" }, answer: /rows/ },
  { tool: "logs_find", input: { query: "refunds" }, answer: /rows/ },
  { tool: "inbox", input: { all: true }, answer: /summary/ },
  { tool: "read_messages", input: { which: "all" }, answer: /rows/ },
  { tool: "memory_search", input: { all_projects: true }, answer: /memory files/ },
  { tool: "graph_search", input: { query: "billing" }, answer: /billing/ },
  { tool: "graph_get", input: { entity: "billing" }, answer: /quoted-.*counts twice/s },
  { tool: "get_session", input: { session_id: "nobody" }, answer: /no such session/, isRefused: true },
];

/** What the reading tools find. */
async function something(env: NodeJS.ProcessEnv): Promise<Readonly<Record<string, string>>> {
  for (const words of [
    ["log", "--category", "issue", "--title", "Staging double-counts refunds"],
    ["graph", "add", "billing", "--type", "service", "--observation", "counts twice"],
  ])
    expect((await clew(words, env)).code).toBe(0);
  return {};
}

test("from one conversation twelve tools that read", { timeout: 120_000 }, async () => {
  const driven = await drive(client, conversation(READS), {
    hooks: "setup",
    async prepare(env) {
      register(env, "clew", "--", "clew", "mcp");
      return something(env);
    },
  });
  expectAnswers(driven, READS);
  expectOwnSession(driven);
});

const WRITES: readonly Expected[] = [
  { tool: "add_entry", input: { category: "finding", title: "By the client" }, answer: /Wrote finding e-/ },
  { tool: "resolve_entry", input: { title_match: "By the client", note: "Looked at." }, answer: /e-[0-9a-f]{12}/ },
  { tool: "list_entries", answer: /quoted-.*By the client/s },
  {
    tool: "graph_add",
    input: { entities: [{ name: "api", observations: ["uses the db"] }, { name: "db" }] },
    answer: /summary/,
  },
  { tool: "graph_relate", input: { relations: [{ from: "api", type: "uses", to: "db" }] }, answer: /summary/ },
  { tool: "graph_get", input: { entity: "api" }, answer: /quoted-.*uses the db/s },
  { tool: "graph_forget", input: { entity: "db" }, answer: /summary/ },
  { tool: "send_message", input: { to: "all", text: "Hello" }, answer: /m-/ },
  { tool: "mark_seen", input: { inbox: true }, answer: /summary/ },
  { tool: "save_state", input: { focus: "the refunds" }, answer: /summary/ },
  { tool: "end_session", input: { summary: "Done." }, answer: /summary/ },
];

test("with --write all that write", { timeout: 120_000 }, async () => {
  const driven = await drive(client, conversation(WRITES), {
    hooks: "setup",
    async prepare(env) {
      register(env, "clew", "--", "clew", "mcp", "--write");
      return {};
    },
  });
  expectAnswers(driven, WRITES);
  const env = environmentOf(driven);
  expect((await clew(["index"], env)).code).toBe(0);
  const [session] = driven.sessionIds;
  expect(await rows("SELECT title, session_id FROM entries", env)).toEqual([
    { title: "By the client", session_id: session },
  ]);
  expect(await rows("SELECT DISTINCT author, origin FROM changes", env)).toEqual([
    { author: "claude-code@project", origin: "agent" },
  ]);
});

/** The server's own session is gone then, if the client's revision has any: it has to begin another. */
const RESTART: Block = {
  tool: "Bash",
  input: {
    description: "Restart",
    command: `port=$(clew mcp --http --json | sed -n 's/.*127.0.0.1:\\([0-9]*\\).*/\\1/p'); clew daemon stop; clew daemon start --port "$port"`,
  },
};

test("over the daemon's HTTP the same, with its token, and after the daemon has started anew", {
  timeout: 120_000,
}, async () => {
  const scenario = conversation(READS);
  const again = [[RESTART], [{ tool: "mcp__clew__list_entries", input: { all_projects: true } }], [{ text: "Done." }]];
  const main = [...scenario.script.main!.slice(0, -1), ...again];
  let daemon: NodeJS.ProcessEnv | null = null;
  try {
    const driven = await drive(
      client,
      { ...scenario, script: { main } },
      {
        hooks: "setup",
        async prepare(env) {
          await something(env);
          daemon = env;
          await startDaemon(env);
          const { stdout } = await clew(["mcp", "--http", "--json"], env);
          const { url, headers } = JSON.parse(stdout) as {
            readonly url: string;
            readonly headers: { readonly Authorization: string };
          };
          register(env, "--transport", "http", "clew", url, "--header", `Authorization: ${headers.Authorization}`);
          return {};
        },
      },
    );
    const [restart, last] = driven.calls.get("main")!.slice(-2);
    const results = resultsOf(driven);
    expect(JSON.stringify(results.get(restart!)?.content)).toMatch(/Stopped.*is running/);
    expect(JSON.stringify(results.get(last!)?.content)).toMatch(/quoted-.*Staging double-counts refunds/s);
    expectAnswers(driven, READS);
    expectOwnSession(driven);
  } finally {
    if (daemon !== null) await clew(["daemon", "stop"], daemon);
  }
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
      register(env, "clew", "--", "clew", "mcp", "--write");
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
