/** @module Which main session an older subagent file belongs to: `projects/<slug>/agent-<id>.jsonl` says so only inside. */
import { closeSync, openSync, readSync } from "node:fs";

const HEAD_BYTES = 64 * 1024;
const SESSION_ID = /"sessionId"\s*:\s*"([A-Za-z0-9._-]{1,128})"/;

/** The `sessionId` of the file's first records; null when it cannot be read or does not say. Costs one read: callers cache it. */
export function readRootSessionId(path: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    const length = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    return SESSION_ID.exec(head.toString("latin1", 0, length))?.[1] ?? null;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
