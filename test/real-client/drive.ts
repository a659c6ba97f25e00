/** @module Runs a scenario through the real client, in a HOME of its own, against the scripted API. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run, Scenario } from "./scenarios.ts";
import { type Served, startScriptedApi } from "./scripted-api.ts";

export interface Driven {
  /** The CLAUDE_CONFIG_DIR that the client filled. */
  readonly config: string;
  readonly served: readonly Served[];
  /** One per run: the session that it wrote to. */
  readonly sessionIds: readonly string[];
}

/** The client's answer with `--output-format json`. */
interface Answer {
  readonly session_id: string;
  readonly is_error: boolean;
}

/** `client` is the path of the `claude` program. */
export async function drive(client: string, scenario: Scenario): Promise<Driven> {
  const home = mkdtempSync(join(tmpdir(), "clew-client-"));
  const [config, project] = [join(home, "config"), join(home, "project")];
  mkdirSync(config);
  mkdirSync(project);
  writeFileSync(join(config, "settings.json"), JSON.stringify({ permissions: { allow: ["Bash", "Agent"] } }));
  const api = await startScriptedApi(scenario.script);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CLAUDE_CONFIG_DIR: config,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "not-a-real-key",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
  };
  const sessionIds: string[] = [];
  try {
    for (const run of scenario.runs) {
      const answer = await ask(client, run, sessionIds.at(-1), { env, cwd: project });
      if (answer.is_error !== (run.fails ?? false)) throw new Error(`${scenario.name}: ${JSON.stringify(answer)}`);
      sessionIds.push(answer.session_id);
    }
  } finally {
    await api.close();
  }
  return { config, served: api.served, sessionIds };
}

async function ask(
  client: string,
  { prompt, continues }: Run,
  previous: string | undefined,
  place: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<Answer> {
  const args = ["-p", prompt, "--output-format", "json", "--model", "claude-opus-5-5"];
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
    return JSON.parse(output) as Answer;
  } catch {
    throw new Error(`the client did not answer in JSON:\n${output}\n${errors}`);
  }
}
