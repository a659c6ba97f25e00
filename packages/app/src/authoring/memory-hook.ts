/** @module The body that an agent's PostToolUse hook gets: which file has just been written. Foreign input; never throws. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { Environment } from "../base/paths.ts";

const TOOLS: readonly unknown[] = ["Write", "Edit", "MultiEdit"];
/** A body has the text of a file of 1 MB up to three times, in JSON. Bytes. */
export const LARGEST_HOOK_BODY: number = 16 * 1024 * 1024;

export interface WrittenFile {
  readonly path: string;
  readonly sessionId: string | null;
  /** Id of the tool call, where a subagent has made it: that is a session of its own. */
  readonly subagentCall: string | null;
}

/** Null: it is about no file that could be a memory file. A text: a sentence about a body that is none. */
export function fileOfHook(body: string): WrittenFile | string | null {
  if (body.length > LARGEST_HOOK_BODY) return "the hook's body is larger than 16 MB";
  let data: Readonly<Record<string, unknown>> | null;
  try {
    data = JSON.parse(body) as Record<string, unknown> | null;
  } catch {
    return "the hook's body is no JSON";
  }
  const {
    tool_name: tool,
    tool_input: input,
    cwd,
    session_id: session,
    agent_id: agent,
    tool_use_id: call,
  } = data ?? {};
  if (!TOOLS.includes(tool)) return null;
  const path = (input as { readonly file_path?: unknown } | null | undefined)?.file_path;
  if (typeof path !== "string" || !/\.md$/i.test(path) || path.includes("\0")) return null;
  const base = typeof cwd === "string" && isAbsolute(cwd) ? cwd : null;
  if (!isAbsolute(path) && base === null) return null;
  const isSubagent = typeof agent === "string" && agent !== "" && typeof call === "string" && call.length <= 200;
  return {
    path: resolve(base ?? "/", path),
    sessionId: typeof session === "string" ? session : null,
    subagentCall: isSubagent ? call : null,
  };
}

/** Whether nothing may be recorded here, by the switches that every hook obeys. */
export function isHookOff({ CLEW_HOOKS, CLAUDE_PROJECT_DIR: project }: Environment): boolean {
  if (CLEW_HOOKS === "off") return true;
  const files = [join(".clew", "off"), join(".claude", "clew-off")];
  return project ? files.some((file) => existsSync(join(project, file))) : false;
}
