/** @module The log_lines projection: one row per line, under the event's own number. */
import type { LogLineFact } from "../../model/telemetry.ts";
import type { WriteContext } from "../context.ts";

const LINE = `
  INSERT INTO log_lines (id, session_id, root_session_id, named_session, joined_by, is_outside, ts, level, logger, service, message, pid,
    host, trace_id, span_id, path, file_offset, format)
  VALUES (?, ?, (SELECT top_session_id FROM sessions WHERE session_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;

/** Stores a line under the session that it names, or where lines of none stand. `row`: events.id. */
export type PutLogLine = (fact: LogLineFact, sessionId: string, row: number) => void;

export function logLineProjection({ db }: WriteContext): PutLogLine {
  const line = db.prepare(LINE);
  return (fact, sessionId, row) => {
    line.run(
      row,
      sessionId,
      sessionId,
      fact.sessionId,
      fact.sessionId === null ? null : "id",
      fact.isOutside ? 1 : 0,
      fact.ts,
      fact.level,
      fact.logger,
      fact.service,
      fact.message,
      fact.pid,
      fact.host,
      fact.traceId,
      fact.spanId,
      fact.path,
      fact.fileOffset,
      fact.format,
    );
  };
}
