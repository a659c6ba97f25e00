/**
 * @module What a session's JSON file and the store both say of it, in the same words: so that the two can be compared field
 * by field, and one be brought up to the other.
 */
import { isSessionId } from "../../base/session-id.ts";
import { clipText } from "../claude/clean-text.ts";
import type { JsonObject } from "../claude/json.ts";
import { lineOf, pick, textOf, timeIn } from "./foreign-row.ts";
import { importedSessionId, plainIdentity } from "./import-record.ts";

export type DocumentStatus = "active" | "completed" | "failed" | "abandoned";

/** In the order of reports. Null, of a file: it does not say. */
export interface SessionFields {
  readonly workspace: string | null;
  readonly parent: string | null;
  readonly trigger: string | null;
  readonly title: string | null;
  readonly status: DocumentStatus | null;
  /** Milliseconds UTC. */
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

export type FieldName = keyof SessionFields;
export const FIELD_NAMES: readonly FieldName[] = [
  "workspace",
  "parent",
  "trigger",
  "title",
  "status",
  "started_at",
  "ended_at",
];

/** Spellings of a session file's keys; the first is what Clew writes where a file has none of them. */
export const SPELLINGS = {
  session_id: ["session_id", "sessionId", "session", "id", "uuid"],
  workspace: ["workspace_path", "workspace", "workspacePath", "cwd", "working_directory", "project_path", "directory"],
  parent: ["parent_session_id", "parent_session", "parentSessionId", "parent_id", "parentId", "parent"],
  trigger: ["trigger_source", "trigger", "triggerSource"],
  title: ["title", "name"],
  status: ["status", "state"],
  started_at: ["started_at", "start_time", "start", "startedAt", "startTime", "created_at", "createdAt", "timestamp"],
  ended_at: ["ended_at", "end_time", "end", "endedAt", "endTime", "finished_at", "completed_at"],
  events: ["events", "session_events", "log"],
} as const satisfies Readonly<Record<FieldName | "session_id" | "events", readonly string[]>>;

const STATUS_WORDS: Readonly<Record<DocumentStatus, readonly string[]>> = {
  active: ["active", "running", "in_progress", "in-progress", "started", "open", "working"],
  completed: ["completed", "complete", "done", "ended", "finished", "success", "succeeded", "ok", "closed"],
  failed: ["failed", "failure", "error", "errored", "crashed", "timeout"],
  abandoned: ["abandoned", "cancelled", "canceled", "aborted", "killed", "interrupted", "lost"],
};

/** A status in anybody's words; null for a word that is none of them. */
export function statusOf(word: string | null): DocumentStatus | null {
  const lower = word?.trim().toLowerCase() ?? "";
  const found = Object.entries(STATUS_WORDS).find(([, words]) => words.includes(lower));
  return found ? (found[0] as DocumentStatus) : null;
}

const LONGEST_TITLE = 200;
const LONGEST_TRIGGER = 64;

/** A title as the store keeps one. */
export const titleIn = (row: JsonObject, names: readonly string[]): string | null => lineOf(row, names, LONGEST_TITLE);

/** A trigger as the store keeps one: letters, digits, blanks and `_ . : -`. */
export function triggerIn(row: JsonObject, names: readonly string[]): string | null {
  const plain = lineOf(row, names, LONGEST_TRIGGER)
    ?.replace(/[^A-Za-z0-9_.: -]+/g, "")
    .trim();
  return plain && plain !== "unknown" ? plain : null;
}

/** A path as the store keeps one; the same directory with and without a slash at its end is one. */
export function workspaceIn(row: JsonObject, names: readonly string[]): string | null {
  const path = textOf(row, names, 4096)?.trim();
  if (!path) return null;
  const bare = path.length > 1 ? path.replace(/[\\/]+$/, "") : path;
  return clipText(bare || path, 4096);
}

/** What a file's object says of its session. A status that contradicts an end gives way to it. */
export function fieldsOfFile(row: JsonObject, sessionId: string): SessionFields {
  const parent = importedSessionId(pick(row, SPELLINGS.parent)?.value, "session");
  const ended = timeIn(pick(row, SPELLINGS.ended_at)?.value)?.ms ?? null;
  const said = statusOf(textOf(row, SPELLINGS.status, 40));
  const status = ended !== null && (said === null || said === "active") ? "completed" : said;
  return {
    workspace: workspaceIn(row, SPELLINGS.workspace),
    parent: parent === sessionId ? null : parent,
    trigger: triggerIn(row, SPELLINGS.trigger),
    title: titleIn(row, SPELLINGS.title),
    status,
    started_at: timeIn(pick(row, SPELLINGS.started_at)?.value)?.ms ?? null,
    ended_at: ended,
  };
}

/** Session that a file is about: the one that it names, else its name. */
export function sessionIdOfFile(row: JsonObject, stem: string): string {
  const named = pick(row, SPELLINGS.session_id)?.value;
  const id = importedSessionId(named, "session") ?? importedSessionId(stem, "session");
  return id !== null && isSessionId(id) ? id : "unnamed";
}

/** Who acted, as the file says. */
export function identityOfFile(row: JsonObject): string | null {
  return plainIdentity(
    textOf(row, ["identity", "user", "username", "user_name", "created_by", "author", "agent"], 200),
  );
}

/** Keys of a file that are no field of ours: they stay as they are, and are compared as they are. */
export function otherKeys(row: JsonObject): readonly string[] {
  const ours = new Set<string>();
  for (const names of Object.values(SPELLINGS)) {
    const used = pick(row, names)?.name;
    if (used !== undefined) ours.add(used);
  }
  return Object.keys(row).filter(
    (key) => !ours.has(key) && !Object.values(SPELLINGS).some((names) => names[0] === key),
  );
}
