/** @module The lines around a log line: of its file, else of its session, else of the same time. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { type LogRow, logRowsById } from "./log-row.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface LogContextAnswer {
  /** Oldest first. */
  readonly rows: readonly LogRow[];
  /** Index of the line asked for. */
  readonly at: number;
  /** file: neighbours in its file. session: of its session by time. time: of all lines by time. */
  readonly by: "file" | "session" | "time";
}

export interface LogContextQuestion {
  readonly eventId: string;
  /** Lines before and after it. Default 5 each. */
  readonly before?: number;
  readonly after?: number;
}

export const LINE = `SELECT l.id, l.session_id AS sessionId, l.ts, l.path, l.file_offset AS offset
  FROM events e CROSS JOIN log_lines l ON l.id = e.id WHERE e.event_id = ?`;

interface Line {
  readonly id: number;
  readonly sessionId: string;
  readonly ts: number;
  readonly path: string | null;
  readonly offset: number | null;
}

type Side = "before" | "after";

/** A file that was cut, or took a rotated one's name, begins anew at byte 0: lines from there on are another file's. */
export const FILE_BOUNDS = `SELECT
  (SELECT max(l.id) FROM log_lines l INDEXED BY log_lines_by_place WHERE l.path = $path AND l.file_offset = 0 AND l.id <= $id) AS first,
  (SELECT min(l.id) FROM log_lines l INDEXED BY log_lines_by_place WHERE l.path = $path AND l.file_offset = 0 AND l.id > $id) AS next`;

/** Parameters: the place, the line's own number, of a file its bounds, how many. */
export function neighboursSql(by: LogContextAnswer["by"], side: Side): string {
  const [past, direction] = side === "before" ? ["<", "DESC"] : [">", "ASC"];
  const [index, order, where] = {
    file: [
      "log_lines_by_place",
      "l.file_offset",
      "l.path = ? AND (l.file_offset, l.id) %s (?, ?) AND l.id >= ? AND l.id < ?",
    ],
    session: ["log_lines_by_session", "l.ts", "likelihood(l.session_id = ?, 0.0001) AND (l.ts, l.id) %s (?, ?)"],
    time: ["log_lines_by_time", "l.ts", "(l.ts, l.id) %s (?, ?)"],
  }[by] as [string, string, string];
  return `SELECT l.id FROM log_lines l INDEXED BY ${index} WHERE ${where.replace("%s", past)}
    ORDER BY ${order} ${direction}, l.id ${direction} LIMIT ?`;
}

/** Null: there is no such line. */
export function logContext(
  db: Reader,
  { eventId, before = 5, after = 5 }: LogContextQuestion,
): LogContextAnswer | null {
  const line = rowOf<Line>(db, LINE, [eventId]);
  if (!line) return null;
  const by =
    line.path !== null && line.offset !== null ? "file" : line.sessionId === UNCORRELATED_SESSION ? "time" : "session";
  const place = placeOf(db, line, by);
  const ids = (side: Side, count: number): number[] =>
    rowsOf<{ id: number }>(db, neighboursSql(by, side), [...place, count]).map(({ id }) => id);
  const earlier = ids("before", before).reverse();
  const rows = logRowsById(db, [...earlier, line.id, ...ids("after", after)]);
  return { rows, at: rows.findIndex(({ id }) => id === line.id), by };
}

function placeOf(db: Reader, line: Line, by: LogContextAnswer["by"]): readonly unknown[] {
  if (by === "time") return [line.ts, line.id];
  if (by === "session") return [line.sessionId, line.ts, line.id];
  const bounds = rowOf<{ first: number | null; next: number | null }>(db, FILE_BOUNDS, [
    { path: line.path, id: line.id },
  ]);
  return [line.path, line.offset, line.id, bounds?.first ?? 0, bounds?.next ?? Number.MAX_SAFE_INTEGER];
}
