/** @module The body that an agent's PostToolUse hook gets: which file has just been written. Foreign input; never throws. */
import { isAbsolute, resolve } from "node:path";

const TOOLS: readonly unknown[] = ["Write", "Edit", "MultiEdit"];
const LARGEST = 16 * 1024 * 1024;

export interface WrittenFile {
  readonly path: string;
  readonly sessionId: string | null;
}

/** Null: it is about no file that could be a memory file. */
export function fileOfHook(body: string): WrittenFile | null {
  if (body.length > LARGEST) return null;
  try {
    const {
      tool_name: tool,
      tool_input: input,
      cwd,
      session_id: session,
    } = JSON.parse(body) as Record<string, unknown>;
    const path = (input as { readonly file_path?: unknown } | null | undefined)?.file_path;
    if (!TOOLS.includes(tool) || typeof path !== "string" || !/\.md$/i.test(path) || path.includes("\0")) return null;
    const base = typeof cwd === "string" && isAbsolute(cwd) ? cwd : null;
    if (!isAbsolute(path) && base === null) return null;
    return { path: resolve(base ?? "/", path), sessionId: typeof session === "string" ? session : null };
  } catch {
    return null;
  }
}
