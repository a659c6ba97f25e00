/**
 * @module Rows of a claude-session-logger database: `sessions`, one for each session at its end, and `log_entries`, what
 * somebody asked to have written down. All its times are UTC.
 */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import { clipText } from "../claude/clean-text.ts";
import type { JsonObject } from "../claude/json.ts";
import { lineOf, textOf, timeOfRow } from "./foreign-row.ts";
import { type ImportItem, importedSessionId, importRecord, plainIdentity } from "./import-record.ts";
import { sessionRecords } from "./imported-session.ts";
import { usageRecords } from "./usage-record.ts";

/** The tables that are read, in this order. */
export const LOGGER_TABLES = ["sessions", "log_entries"] as const;
export type LoggerTable = (typeof LOGGER_TABLES)[number];

const TITLE = 200;

/** `synced` says what one machine still has to send: it changes without the row. */
function stable(row: JsonObject): JsonObject {
  const { synced: _, ...rest } = row;
  return rest;
}

/** `nowMs` dates only what has no time of its own. */
export function readLoggerRow(table: LoggerTable, row: JsonObject, nowMs: number): ImportItem {
  return table === "sessions" ? readSession(stable(row), nowMs) : readEntry(stable(row), nowMs);
}

function readSession(row: JsonObject, nowMs: number): ImportItem {
  const sessionId = importedSessionId(row.session_id, "session");
  if (sessionId === null) return { what: "sessions", records: [], problems: ["a row of sessions has no session_id"] };
  const startedAt = timeOfRow(row, ["started_at", "session_date"]);
  const endedAt = timeOfRow(row, ["ended_at"]);
  const project = lineOf(row, ["project"], TITLE);
  const workspace = textOf(row, ["cwd"], 4096) ?? (project === null ? null : `project:/${project}`);
  const records = sessionRecords(
    {
      sessionId,
      workspace,
      agent: "claude-code",
      startedAt,
      endedAt,
      status: "completed",
      title: lineOf(row, ["title"], TITLE),
      identity: plainIdentity(textOf(row, ["created_by"], TITLE)),
      row,
    },
    nowMs,
  );
  const ts = endedAt ?? startedAt ?? nowMs;
  return {
    what: "sessions",
    records: [...records, ...usageRecords(row, { sessionId, workspace, ts })],
    problems: startedAt === null && endedAt === null ? [`session ${sessionId} has no time`] : [],
  };
}

function readEntry(row: JsonObject, nowMs: number): ImportItem {
  const id = textOf(row, ["id"], 200);
  const title = textOf(row, ["title"], 2000) ?? "";
  const body = textOf(row, ["body"]) ?? "";
  const time = timeOfRow(row, ["updated_at"]) ?? timeOfRow(row, ["logged_at"]);
  const record = importRecord({
    // Each state of an entry is a fact of its own: that it was opened, and that it was resolved.
    key: ["entry", id, row],
    sessionId: importedSessionId(row.session_id, "session") ?? UNCORRELATED_SESSION,
    workspace: null,
    ts: time ?? nowMs,
    type: "entry.imported",
    message: clipText([title, body].filter(Boolean).join("\n\n"), 200_000),
    data: {
      entry_id: id,
      category: textOf(row, ["category"], 64),
      status: textOf(row, ["status"], 64),
      title,
      body,
      logged_at: iso(timeOfRow(row, ["logged_at"])),
      updated_at: iso(timeOfRow(row, ["updated_at"])),
      created_by: plainIdentity(textOf(row, ["created_by"], TITLE)),
      updated_by: plainIdentity(textOf(row, ["updated_by"], TITLE)),
    },
  });
  const problems = [
    ...(id === null ? ["an entry has no id"] : []),
    ...(time === null ? [`entry ${id ?? ""} has no time`] : []),
  ];
  return { what: "entries", records: [record], problems };
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
