/** @module Everything that switches a session's first context off, and how much of it a kind of start gets. */
import { lstatSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ContextConfig } from "../base/config.ts";
import type { Environment } from "../base/paths.ts";

/** all: outcome and state. state: focus, next steps and todos. */
export type ContextParts = "all" | "state" | "nothing";

/** Files in a workspace that switch the context off there. A repository may lower what is passed on, never raise it. */
export const OFF_FILES: readonly string[] = [
  join(".clew", "no-context"),
  // Nothing is recorded there either.
  join(".clew", "off"),
  join(".claude", "clew-off"),
];

/**
 * What a start gets, by its `source` as the client names it. A resumed or forked session has everything in its transcript
 * already, and a subagent has its task. What a compaction sums up may have lost the list of what is left to do.
 */
export function partsOf(source: string | null, isSubagent: boolean): ContextParts {
  if (isSubagent) return "nothing";
  if (source === "compact") return "state";
  return source === "resume" || source === "fork" ? "nothing" : "all";
}

/** Why nothing is passed on, as a clause; null: something may be. */
export function switchedOff(env: Environment, workspacePath: string): string | null {
  if (/^(?:off|0|false|no)$/i.test(env.CLEW_CONTEXT?.trim() ?? "")) return `CLEW_CONTEXT is ${env.CLEW_CONTEXT}`;
  const file = OFF_FILES.map((name) => join(workspacePath, name)).find(exists);
  return file ? `${file} is there` : null;
}

/** The same by the user's settings: a workspace's own word goes over the general one. */
export function switchedOffBy(config: ContextConfig, workspacePath: string): string | null {
  const own = Object.entries(config.workspaces).find(([path]) => isSamePath(path, workspacePath));
  if (own) return own[1] ? null : `the settings switch it off in ${own[0]}`;
  return config.enabled ? null : "the settings switch it off";
}

/** Anything with that name counts, also a broken link: the switch can be thrown, not argued with. */
function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function isSamePath(given: string, workspacePath: string): boolean {
  if (resolve(given) === workspacePath) return true;
  try {
    return realpathSync(given) === workspacePath;
  } catch {
    return false;
  }
}
