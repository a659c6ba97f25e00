/** @module A daemon with something in its store, and how its MCP server is reached. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment, clew } from "../command.ts";
import { killDaemon, startDaemon } from "../otlp-daemon.ts";

export interface ServedMcp {
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

async function run(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await clew(words, env);
  if (code !== 0) throw new Error(`clew ${words.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

export async function startMcpDaemon(): Promise<ServedMcp> {
  const env = bareEnvironment();
  mkdirSync(join(env.HOME!, ".git"));
  await run(["log", "--category", "issue", "--title", "Staging double-counts refunds"], env);
  const daemon = await startDaemon(env);
  const { url, headers } = JSON.parse(await run(["mcp", "--http", "--write", "--json"], env)) as Pick<
    ServedMcp,
    "url" | "headers"
  >;
  return {
    env,
    url,
    headers,
    async stop() {
      const { code } = await clew(["daemon", "stop"], env);
      if (code !== 0) await killDaemon(daemon);
      rmSync(env.HOME!, { recursive: true, force: true });
    },
  };
}
