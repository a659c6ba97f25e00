/** @module The plugin in the real client where no `clew` is on PATH: what Clew noted of itself is enough for all that runs it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { slugOfPath } from "../../packages/app/src/authoring/memory-places.ts";
import { bareEnvironment, clew, clewBin, startNode } from "../command.ts";
import { drive } from "./drive.ts";
import type { Scenario } from "./scenarios.ts";
import type { Step } from "./scripted-api.ts";

const client = process.env.CLEW_CLIENT ?? "";
const withoutClew = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((place) => place !== "" && !existsSync(join(place, "clew")))
  .join(delimiter);

test("a slash command writes, the MCP server answers, a session starts with its context, memory is kept", {
  timeout: 120_000,
}, async () => {
  const tool = "mcp__plugin_clew_clew__search_sessions";
  const example = /```sh\n([\s\S]+?)\n```/.exec(
    readFileSync(new URL("../../plugin/commands/log.md", import.meta.url), "utf8"),
  )![1]!;
  const bash = (command: string) => ({ tool: "Bash", input: { command, description: "Test" } });
  const main: Step[] = [];
  const scenario: Scenario = {
    name: "program",
    runs: [{ prompt: "/clew:log a finding: staging double-counts refunds [[main]]" }],
    script: { main },
    subagents: {},
  };
  let memory = "";
  const driven = await drive(client, scenario, {
    hooks: "plugin",
    env: { PATH: withoutClew },
    async prepare(env) {
      const project = join(env.HOME!, "project");
      memory = join(env.CLAUDE_CONFIG_DIR!, "projects", slugOfPath(project), "memory");
      mkdirSync(memory, { recursive: true });
      // Nothing that Bash runs is allowed but what the command allows.
      const permissions = { allow: [tool, "ToolSearch", "Write"], additionalDirectories: [env.CLAUDE_CONFIG_DIR] };
      writeFileSync(join(env.CLAUDE_CONFIG_DIR!, "settings.json"), JSON.stringify({ permissions }));
      main.push(
        [bash(example)],
        [bash("clew list")],
        [{ tool: "ToolSearch", input: { query: `select:${tool}` } }],
        [{ tool, input: { limit: 2 } }],
        [{ tool: "Write", input: { file_path: join(memory, "MEMORY.md"), content: "# Refunds\n" } }],
        [{ text: "Done." }],
      );
      const person = { ...bareEnvironment(), ...env, CLEW_IDENTITY: "ana" };
      for (const words of [["log", "--category", "task", "--title", "Measure the kiln"], ["index"]])
        expect((await startNode(clewBin, words, person, project).finished).code, words.join(" ")).toBe(0);
      return {};
    },
  });
  const told = driven.requests.map((body) => JSON.stringify(JSON.parse(body)));
  const context = ["<clew-context", "1 more open entry"];
  expect(context.filter((text) => !told.some((request) => request.includes(text)))).toEqual([]);
  const [logged, listed, , searched] = driven.calls.get("main")!;
  const results = (driven.requests.flatMap((body) => JSON.parse(body).messages) as { content: unknown }[])
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .filter(({ type }) => type === "tool_result");
  const isError = (id: string | undefined) => results.find((one) => one.tool_use_id === id)?.is_error ?? false;
  expect([logged, listed, searched].map(isError)).toEqual([false, true, false]);
  expect(JSON.stringify(results.find((one) => one.tool_use_id === searched))).toContain("1 session, newest first");

  const env = bareEnvironment({
    HOME: driven.home,
    CLAUDE_CONFIG_DIR: driven.config,
    CLEW_HOME: join(driven.home, "clew"),
    CLEW_RUNTIME_DIR: join(driven.home, "run"),
  });
  const rows = async (sql: string): Promise<unknown> =>
    (JSON.parse((await clew(["sql", sql, "--json"], env)).stdout) as { readonly rows: unknown }).rows;
  const entries =
    "SELECT e.title, c.session_id FROM entries e JOIN changes c ON c.subject = e.entry_id WHERE c.origin = 'agent'";
  expect(await rows(entries)).toEqual([{ title: "Staging double-counts refunds", session_id: driven.sessionIds[0] }]);
  // What keeps the file outlives the client by a moment.
  for (let looks = 0; looks < 200; looks++) {
    if (((await rows("SELECT path FROM memory_files")) as readonly unknown[]).length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await rows("SELECT path FROM memory_files")).toEqual([{ path: "memory/MEMORY.md" }]);
});
