/** @module A log line as every surface shows it. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import type { IsoTime } from "../model/answers.ts";
import type { JoinedBy, LogLevel } from "../model/telemetry.ts";
import { prepared, type Reader } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { type SpawnFinder, spawnFinder } from "./spawned-by.ts";

export interface LogRow {
  /** events.id: the order in which lines came in. */
  readonly id: number;
  readonly event_id: string;
  readonly ts: IsoTime | null;
  readonly level: LogLevel;
  readonly logger: string | null;
  readonly service: string | null;
  /** Shortened, as the program wrote it: foreign text of several lines. */
  readonly message: string;
  /** Null: uncorrelated. */
  readonly session_id: string | null;
  readonly session_title: string | null;
  /** By what it came to its session; null: uncorrelated. */
  readonly joined_by: JoinedBy | null;
  /** The session that the line itself names. */
  readonly named_session: string | null;
  readonly pid: number | null;
  readonly host: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  /** File it was read from, and its first byte there. */
  readonly path: string | null;
  readonly file_offset: number | null;
  readonly format: string;
  /** The tool call under which it ran, of its own session or of one above. */
  readonly tool_use_id: string | null;
}

const COLUMNS = `l.id, e.event_id, l.ts, l.level, l.logger, l.service, l.message, l.session_id, s.title AS session_title,
  l.joined_by, l.named_session, l.pid, l.host, l.trace_id, l.span_id, l.path, l.file_offset, l.format`;
/** One line by its number. */
export const LOG_ROW = `SELECT ${COLUMNS} FROM log_lines l CROSS JOIN events e ON e.id = l.id
  LEFT JOIN sessions s ON s.session_id = l.session_id WHERE l.id = ?`;

interface StoredLine extends Omit<LogRow, "ts" | "tool_use_id" | "session_id"> {
  readonly ts: number;
  readonly session_id: string;
}

/** Lines by their numbers, in the order of the list. */
export function logRowsById(db: Reader, ids: readonly number[], spawns: SpawnFinder = spawnFinder(db)): LogRow[] {
  const statement = prepared<StoredLine>(db, LOG_ROW);
  return ids.flatMap((id) => {
    const line = statement.get(id);
    return line ? logRow(line, spawns) : [];
  });
}

function logRow(line: StoredLine, spawns: SpawnFinder): LogRow {
  const isJoined = line.session_id !== UNCORRELATED_SESSION;
  const spawn = isJoined
    ? spawns.ofHappening({ sessionId: line.session_id, ts: line.ts, traceId: line.trace_id, spanId: line.span_id })
    : null;
  return {
    ...line,
    ts: isoTime(line.ts),
    session_id: isJoined ? line.session_id : null,
    session_title: isJoined ? line.session_title : null,
    tool_use_id: spawn?.tool_use_id ?? null,
  };
}
