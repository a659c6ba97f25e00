/** @module The state of the database, as `clew doctor` reports it. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { LAST_EVENT } from "./counts.ts";
import { type DataQuality, dataQuality } from "./data-quality.ts";
import { listProblems, type ProblemsAnswer } from "./problems.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; null when all is well. */
  readonly fix: string | null;
}

export interface DoctorAnswer {
  readonly database: {
    readonly path: string;
    readonly bytes: number;
    readonly wal_bytes: number;
    readonly schema_version: number;
    readonly sqlite_version: string;
    /** Bytes of the transcripts that it was read from. */
    readonly source_bytes: number;
  };
  readonly counts: Readonly<
    Record<
      | "sessions"
      | "events"
      | "responses"
      | "tool_calls"
      | "files"
      | "missing_files"
      | "unpriced_responses"
      | "log_lines"
      | "uncorrelated_lines"
      | "spans"
      | "uncorrelated_spans",
      number
    >
  >;
  readonly unpriced_models: readonly string[];
  readonly data_quality: DataQuality;
  /** Hook records that never reached the store since its beginning: dropped by a full spool, or cut off in writing. */
  readonly spool: { readonly lost: number; readonly torn: number };
  readonly last_event_at: string | null;
  readonly checks: readonly DoctorCheck[];
  readonly problems: ProblemsAnswer;
  /** All checks passed. Problems in the input do not count against it: they are the input's. */
  readonly ok: boolean;
}

export interface DoctorQuestion {
  readonly path: string;
  /** Also read every page of the database: seconds for each gigabyte. */
  readonly integrity?: boolean;
  /** Bad lines to show; default 20. */
  readonly problems?: number;
}

const COUNTS = `SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM responses) AS responses,
  (SELECT count(*) FROM tool_calls) AS tool_calls, (SELECT count(*) FROM sources) AS files, (SELECT count(*) FROM sources WHERE status = 'missing') AS missing_files,
  (SELECT coalesce(sum(unpriced_responses), 0) FROM usage_by_hour) AS unpriced_responses,
  (SELECT count(*) FROM log_lines) AS log_lines, (SELECT count(*) FROM log_lines WHERE session_id = '${UNCORRELATED_SESSION}') AS uncorrelated_lines,
  (SELECT count(*) FROM spans) AS spans, (SELECT count(*) FROM spans WHERE session_id = '${UNCORRELATED_SESSION}') AS uncorrelated_spans`;

export function doctorReport(db: Reader, question: DoctorQuestion): DoctorAnswer {
  const one = (sql: string): number => Object.values(rowOf<Record<string, number>>(db, sql) ?? {})[0] ?? 0;
  const version = rowOf<{ version: string }>(db, "SELECT sqlite_version() AS version")!.version;
  const quality = dataQuality(db);
  const checks: DoctorCheck[] = [
    sqliteCheck(version),
    permissionCheck(question.path),
    ...qualityChecks(quality),
    check(
      "references hold",
      rowsOf(db, "SELECT 1 FROM pragma_foreign_key_check LIMIT 1000").length,
      "rows point to nothing",
      "run `clew rebuild`",
    ),
    check("rollups agree with responses", rollupDifference(db), "tokens apart", "run `clew rebuild`"),
    check(
      "everything is searchable",
      one(
        "SELECT count(*) FROM sources WHERE status = 'present' AND read_offset < size AND scanned_size > 0 AND read_offset = 0",
      ),
      "files are not read yet",
      "run `clew index`",
    ),
  ];
  if (question.integrity) {
    const found = rowsOf<{ quick_check: string }>(db, "PRAGMA quick_check(20)").map((row) => row.quick_check);
    const ok = found.length === 1 && found[0] === "ok";
    checks.push({
      name: "database is whole",
      ok,
      detail: found.join("; "),
      fix: ok ? null : "move the database away and run `clew index`",
    });
  }
  return {
    database: {
      path: question.path,
      bytes: sizeOf(question.path),
      wal_bytes: sizeOf(`${question.path}-wal`),
      schema_version: one("PRAGMA user_version"),
      sqlite_version: version,
      source_bytes: one("SELECT coalesce(sum(size), 0) FROM sources"),
    },
    counts: rowOf<DoctorAnswer["counts"]>(db, COUNTS)!,
    unpriced_models: rowsOf<{ model: string }>(
      db,
      "SELECT DISTINCT model FROM usage_by_hour WHERE unpriced_responses > 0 ORDER BY 1",
    ).map((row) => row.model),
    data_quality: quality,
    spool: {
      lost: one("SELECT value FROM settings WHERE name = 'spool_lost'"),
      torn: one("SELECT value FROM settings WHERE name = 'spool_torn'"),
    },
    last_event_at: isoTime(rowOf<{ last: number }>(db, LAST_EVENT)!.last || null),
    checks,
    problems: listProblems(db, { limit: question.problems ?? 20 }),
    ok: checks.every((one) => one.ok),
  };
}

/** The rules that a store of sessions must not break, each with its count. */
function qualityChecks(quality: DataQuality): DoctorCheck[] {
  const rules: readonly (readonly [keyof DataQuality, string])[] = [
    ["sessions_without_identity", "every session has an identity"],
    ["sessions_without_person", "every session has a person behind it"],
    ["sessions_without_workspace", "every session has a workspace"],
    ["agents_without_parent", "every agent has a parent"],
    ["mcp_calls_without_session", "every MCP call has a session"],
    ["orphaned_events", "every event has a session"],
  ];
  return rules.map(([key, name]) => check(name, quality[key], key.replaceAll("_", " "), "run `clew rebuild`"));
}

function check(name: string, bad: number, what: string, fix: string): DoctorCheck {
  return bad === 0 ? { name, ok: true, detail: "yes", fix: null } : { name, ok: false, detail: `${bad} ${what}`, fix };
}

/** SQLite 3.7.0 to 3.51.2 can corrupt a WAL database that two connections write at once. */
function sqliteCheck(version: string): DoctorCheck {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const ok = major > 3 || minor > 51 || (minor === 51 && patch >= 3);
  return { name: "SQLite is 3.51.3 or newer", ok, detail: version, fix: ok ? null : "update better-sqlite3" };
}

/** Transcripts hold secrets: nobody else may read them. */
function permissionCheck(path: string): DoctorCheck {
  const name = "only you can read the data";
  if (process.platform === "win32") return { name, ok: true, detail: "as your profile's permissions say", fix: null };
  const open = [dirname(path), path, `${path}-wal`].filter((one) => (modeOf(one) & 0o077) !== 0);
  return open.length === 0
    ? { name, ok: true, detail: "yes", fix: null }
    : { name, ok: false, detail: `others may read ${open.join(", ")}`, fix: `run \`chmod go= ${open.join(" ")}\`` };
}

function rollupDifference(db: Reader): number {
  const row = rowOf<{ difference: number }>(
    db,
    `SELECT abs((SELECT coalesce(sum(input_tokens + output_tokens + cache_write_tokens + cache_read_tokens), 0) FROM usage_by_hour)
      - (SELECT coalesce(sum(input_tokens + output_tokens + cache_write_tokens + cache_read_tokens), 0) FROM responses WHERE counted = 1)) AS difference`,
  );
  return row!.difference;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function modeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
}
