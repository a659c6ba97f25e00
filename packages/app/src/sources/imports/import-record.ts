/**
 * @module What an import makes of foreign rows: records as our own programs write them (packages/sdk, wire.ts), each with
 * an id that follows from the row's own key and content. Reading the same row again makes the same record.
 */
import { createHash } from "node:crypto";
import { correlationId, workspaceIdOf } from "../../base/ids.ts";
import { isSessionId } from "../../base/session-id.ts";
import { cleanText } from "../claude/clean-text.ts";

/** What is brought in, and the value of the spool header's `import`. */
export type ImportKind = "todos" | "json" | "duckdb" | "postgres";

/** A ClewRecord, as packages/sdk defines it. */
export interface ImportRecord {
  readonly v: 1;
  readonly ts: string;
  readonly id: string;
  readonly correlation_id: string;
  readonly type: string;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A file or a row, and what it becomes. */
export interface ImportItem {
  /** What the summary counts it as, e.g. "sessions". */
  readonly what: string;
  /** Empty: it says nothing that could be kept, or could not be read at all. */
  readonly records: readonly ImportRecord[];
  /** A sentence for each thing that is not as it should be. */
  readonly problems: readonly string[];
}

export interface RecordParts {
  /** Names the row, and the state it is in. */
  readonly key: readonly unknown[];
  readonly sessionId: string;
  /** Path of the session's workspace as the source gives it; null: it gives none. */
  readonly workspace: string | null;
  /** Milliseconds UTC. */
  readonly ts: number;
  readonly type: string;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A time no calendar has would stop the import. */
const LAST_TIME = Date.UTC(9999, 11, 31);

export function importRecord({ key, sessionId, workspace, ts, type, message, data }: RecordParts): ImportRecord {
  return {
    v: 1,
    ts: new Date(Math.min(Math.max(0, Math.round(ts)), LAST_TIME)).toISOString(),
    id: `import-${digestOf(key).slice(0, 32)}`,
    correlation_id: correlationId(workspaceIdOf(workspace ?? "unknown"), sessionId),
    type,
    ...(message !== undefined && message !== "" && { message: cleanText(message) }),
    ...(data && { data }),
  };
}

/** SHA-256 in hex of a value as JSON, its keys sorted: the same row in any order of columns is the same row. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, sorted)).digest("hex");
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** An id from elsewhere as a session's; a hash of one that is none. `prefix` keeps bare numbers of a table apart from others'. */
export function importedSessionId(given: unknown, prefix: string): string | null {
  const text = typeof given === "number" || typeof given === "bigint" ? String(given) : given;
  if (typeof text !== "string" || text.trim() === "") return null;
  if (/^\d{1,18}$/.test(text)) return `${prefix}-${text}`;
  return isSessionId(text) ? text : `h-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

/** A name as an identity may be written (place/identity.ts): letters, digits and `. _ @ + -`, at most 64; null: nothing is left. */
export function plainIdentity(name: string | null): string | null {
  const plain = (name ?? "")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .trim()
    .replace(/[^A-Za-z0-9._@+-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
  return plain || null;
}
