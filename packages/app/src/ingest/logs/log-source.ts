/** @module Where log files are looked for: the user's settings, and the interaction logs of every workspace. */
import { homedir } from "node:os";
import { join } from "node:path";
import { type LogSourceConfig, readConfig } from "../../base/config.ts";
import { clewPaths, type Environment } from "../../base/paths.ts";

export interface LogSource extends LogSourceConfig {
  /** It need not be there: nobody asked for it. */
  readonly isOptional?: boolean;
}

export interface LogSources {
  readonly sources: readonly LogSource[];
  /** What is wrong with the settings, one sentence each. */
  readonly problems: readonly string[];
}

/** Where the SDK's interaction logger writes, below a workspace (packages/sdk, interaction-file.ts). */
export const INTERACTIONS = join("logs", "llm_interactions");

/** `~/` is the user's home directory. */
export function expandHome(path: string, env: Environment): string {
  return path.startsWith("~/") ? join(env.HOME || env.USERPROFILE || homedir(), path.slice(2)) : path;
}

/** The sources that config.yaml names, then those of the workspaces. */
export async function readLogSources(env: Environment, workspaces: readonly string[]): Promise<LogSources> {
  const { config, problems } = await readConfig(clewPaths(env).config);
  const own = config.logs.map((source) => ({ ...source, path: expandHome(source.path, env) }));
  const interactions = workspaces.map((path) => ({
    path: join(path, INTERACTIONS),
    format: "interaction",
    workspace: path,
    isOptional: true,
  }));
  return { sources: [...own, ...interactions], problems };
}
