/** @module What the registry knows about one session, and how that is read back: foreign until every field has been looked at. */
import { createHash } from "node:crypto";
import { isSessionId } from "../base/session-id.ts";

/** A live session as its start registered it. */
export interface RegistryEntry {
  readonly version: 1;
  readonly session_id: string;
  readonly parent_session_id: string | null;
  readonly workspace_id: string;
  readonly workspace_path: string;
  readonly project: string;
  readonly identity: string;
  /** claude-code, another agent's name, "command" (`clew run`) or "script" (`clew session start`). */
  readonly agent: string;
  /** Process whose children belong to the session. */
  readonly pid: number;
  /** registry/process.ts, processStart. */
  readonly process_started_at: string | null;
  readonly cwd: string;
  /** ISO 8601 UTC. */
  readonly started_at: string;
  /** ISO 8601 UTC. */
  readonly expires_at: string;
  readonly transcript_path: string | null;
}

/** Largest file that is read, and so the largest that is written. */
export const MOST_ENTRY_BYTES: 4096 = 4096;

/** Ids that could mean a path, a hidden file or too much are hashed. */
export function entryFileName(id: string): string {
  const isPlain = /^[0-9A-Za-z_-][0-9A-Za-z._-]{0,99}$/.test(id);
  return `${isPlain ? id : createHash("sha256").update(id).digest("hex")}.json`;
}

export function encodeEntry(entry: RegistryEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** The entry in a file's text; null when anything about it is not as it was written. */
export function decodeEntry(text: string): RegistryEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const entry = value as Readonly<Record<string, unknown>>;
  const isText = (field: string): boolean => typeof entry[field] === "string" && entry[field] !== "";
  const isTextOrNull = (field: string): boolean => entry[field] === null || isText(field);
  const isTime = (field: string): boolean => isText(field) && Number.isFinite(Date.parse(entry[field] as string));
  const isWhole =
    entry.version === 1 &&
    isSessionId(entry.session_id) &&
    (entry.parent_session_id === null || isSessionId(entry.parent_session_id)) &&
    ["workspace_id", "workspace_path", "project", "identity", "agent", "cwd"].every(isText) &&
    ["process_started_at", "transcript_path"].every(isTextOrNull) &&
    Number.isSafeInteger(entry.pid) &&
    (entry.pid as number) > 0 &&
    isTime("started_at") &&
    isTime("expires_at");
  return isWhole ? (value as RegistryEntry) : null;
}
