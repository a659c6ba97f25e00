/** @module Runs a scenario through the real client, in a HOME of its own, against the scripted API. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clew } from "../command.ts";
import { repositoryRoot } from "../repository.ts";
import type { Run, Scenario } from "./scenarios.ts";
import { type ScriptedApi, startScriptedApi } from "./scripted-api.ts";

export interface Driven extends Pick<ScriptedApi, "served" | "requests" | "calls"> {
  readonly home: string;
  /** The CLAUDE_CONFIG_DIR that the client filled. */
  readonly config: string;
  /** Where it ran. */
  readonly project: string;
  /** One per run: the session that it wrote to. */
  readonly sessionIds: readonly string[];
  /** What the client printed beside its answers. */
  readonly errors: string;
}

export interface DriveOptions {
  /** How Clew's hooks get into the client; by default they don't. */
  readonly hooks?: "plugin" | "setup";
  /** Further variables of the client's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called before the client's first run, with its environment; returns what goes into that besides. */
  readonly prepare?: (env: NodeJS.ProcessEnv) => Promise<Readonly<Record<string, string>>>;
  /** Called between two runs. */
  readonly between?: () => Promise<void>;
}

/** The client's answer with `--output-format json`. */
interface Answer {
  readonly session_id: string;
  readonly is_error: boolean;
}

/** A value that must never be recorded. */
export const API_KEY = "sk-not-a-real-key-4fe1c0de";

/** `client` is the path of the `claude` program. */
export async function drive(client: string, scenario: Scenario, options: DriveOptions = {}): Promise<Driven> {
  const home = mkdtempSync(join(tmpdir(), "clew-client-"));
  const [config, project] = [join(home, "config"), join(home, "project")];
  mkdirSync(config);
  mkdirSync(join(project, ".git"), { recursive: true });
  const allow = ["Bash", "Agent", ...(scenario.allow ?? [])];
  writeFileSync(join(config, "settings.json"), JSON.stringify({ permissions: { allow } }));
  const api = await startScriptedApi(scenario.script);
  const env = {
    PATH: `${join(repositoryRoot, "node_modules", ".bin")}:${process.env.PATH}`,
    HOME: home,
    CLAUDE_CONFIG_DIR: config,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: API_KEY,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    CLEW_HOME: join(home, "clew"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLEW_NO_DAEMON: "1",
    ...options.env,
  };
  const args: string[] = [];
  if (options.hooks === "plugin") args.push("--plugin-dir", join(repositoryRoot, "plugin"));
  if (options.hooks === "setup") {
    const { code, stderr } = await clew(["setup", "--yes"], env);
    if (code !== 0) throw new Error(`clew setup ended with ${code}: ${stderr}`);
  }
  if (scenario.mcp) {
    const server = fileURLToPath(new URL("./echo-server.mjs", import.meta.url));
    const mcpServers = { echo: { command: process.execPath, args: [server] } };
    args.push("--mcp-config", JSON.stringify({ mcpServers }));
  }
  const sessionIds: string[] = [];
  let errors = "";
  try {
    Object.assign(env, await options.prepare?.(env));
    for (const [index, run] of scenario.runs.entries()) {
      if (index > 0) await options.between?.();
      const { answer, stderr } = await ask(client, args, run, sessionIds.at(-1), { env, cwd: project });
      errors += stderr;
      if (answer.is_error !== (run.fails ?? false)) throw new Error(`${scenario.name}: ${JSON.stringify(answer)}`);
      sessionIds.push(answer.session_id);
    }
  } finally {
    await api.close();
  }
  const { served, requests, calls } = api;
  return { home, config, project, served, requests, calls, sessionIds, errors };
}

async function ask(
  client: string,
  more: readonly string[],
  { prompt, continues }: Run,
  previous: string | undefined,
  place: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<{ readonly answer: Answer; readonly stderr: string }> {
  const args = ["-p", prompt, "--output-format", "json", "--model", "claude-opus-5-5", ...more];
  if (continues && previous) args.push("--resume", previous);
  if (continues === "fork") args.push("--fork-session");
  const child = spawn(client, args, { ...place, stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  try {
    return { answer: JSON.parse(output) as Answer, stderr: errors };
  } catch {
    throw new Error(`the client did not answer in JSON:\n${output}\n${errors}`);
  }
}
