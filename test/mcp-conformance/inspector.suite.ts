/** @module The inspector's command line: lists every tool without a complaint about its schema, and calls every one, over both transports. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clewBin } from "../command.ts";
import { type ServedMcp, startMcpDaemon } from "./daemon.ts";

const program = join(
  process.env.CLEW_MCP_TOOLS ?? "",
  "@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);

let daemon: ServedMcp;
beforeAll(async () => {
  daemon = await startMcpDaemon();
}, 60_000);
afterAll(() => daemon?.stop());

async function inspect(
  target: readonly string[],
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { ...daemon.env, CLEW_NO_DAEMON: "1" };
  const child = spawn(process.execPath, [program, "--cli", ...target, ...args], {
    env,
    cwd: daemon.env.HOME!,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  return { code, stdout, stderr };
}

/** Every tool, with arguments that make sense in a store in which one entry stands; what a tool answers may be that there is nothing. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  search: ["query=refunds"],
  search_sessions: ["limit=3"],
  get_session: ["session_id=nobody"],
  get_timeline: ["session_id=nobody"],
  get_usage: ["by=day"],
  logs_find: ["query=refunds"],
  list_entries: ["all_projects=true"],
  inbox: ["all=true"],
  read_messages: ["which=all"],
  memory_search: ["query=refunds"],
  memory_get: ["memory_id=none.md"],
  graph_search: ["query=api"],
  graph_get: ["entity=api"],
  which_session: [],
  add_entry: ["category=note", "title=By the inspector", 'tags=["one","two"]'],
  resolve_entry: ["title_match=double-counts refunds", "status=in_progress"],
  send_message: ["to=ana", "text=Hello"],
  mark_seen: ["inbox=true"],
  graph_add: ['entities=[{"name":"api","observations":["counts twice"]},{"name":"db"}]'],
  graph_relate: ['relations=[{"from":"api","type":"uses","to":"db"}]'],
  graph_forget: ["entity=db"],
  save_state: ["focus=refunds"],
  end_session: ["summary=Done."],
};
/** Those whose subject is not there. */
const NOTHING_THERE = ["get_session", "get_timeline", "memory_get", "save_state", "end_session"];

describe.each(["stdio", "http"] as const)("over %s", (transport) => {
  const target = (): readonly string[] =>
    transport === "stdio"
      ? [process.execPath, clewBin, "mcp", "--write"]
      : [daemon.url, "--header", `Authorization: ${daemon.headers.Authorization}`];

  test("lists every tool, and finds no error in their schemas", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await inspect(target(), ["--method", "tools/list", "--strict"]);
    expect([code, stderr.match(/\d+ errors?,/)?.[0]]).toEqual([0, "0 errors,"]);
    const { tools } = JSON.parse(stdout) as { readonly tools: readonly { readonly name: string }[] };
    expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(CALLS).sort());
  });

  test("calls every one", { timeout: 180_000 }, async () => {
    // What has to be known is written down first.
    const order = Object.keys(CALLS).sort((a, b) => Number(b === "graph_add") - Number(a === "graph_add"));
    for (const name of order) {
      const args = CALLS[name]!.length > 0 ? ["--tool-arg", ...CALLS[name]!] : [];
      const { stdout, stderr } = await inspect(target(), ["--method", "tools/call", "--tool-name", name, ...args]);
      const answer = JSON.parse(stdout || "{}") as {
        readonly isError?: boolean;
        readonly content?: readonly unknown[];
      };
      expect([name, answer.content?.length], stderr).toEqual([name, 1]);
      expect([name, answer.isError ?? false], stdout).toEqual([name, NOTHING_THERE.includes(name)]);
    }
  });

  test("lists resources and prompts", { timeout: 60_000 }, async () => {
    const resources = await inspect(target(), ["--method", "resources/list"]);
    expect(resources.stdout).toContain("clew://entry/e-");
    const prompts = await inspect(target(), ["--method", "prompts/list"]);
    expect(prompts.stdout).toContain('"resume"');
  });
});
