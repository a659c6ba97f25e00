/** @module Input that could not be read, with its bytes. */
import { BODY_COLUMNS, type BodyPlace, eventBody } from "./event-body.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface ProblemRow {
  readonly event_id: string;
  readonly session_id: string;
  readonly path: string | null;
  /** Byte at which the line begins. */
  readonly offset: number | null;
  readonly reason: string;
  readonly message: string;
  /** Beginning of the line, as text. */
  readonly raw: string;
  readonly raw_bytes: number;
}

export interface ProblemsAnswer {
  readonly rows: readonly ProblemRow[];
  readonly total: number;
  readonly by_reason: Readonly<Record<string, number>>;
}

const RAW_SHOWN = 500;

/** The table is small: what is wrong is rare. Bodies by events' unique event_id. */
export const PROBLEMS = `SELECT x.event_id, x.session_id, src.path, x.source_offset AS offset, x.reason, x.message, ${BODY_COLUMNS}
  FROM problems x LEFT JOIN events e ON e.event_id = x.event_id LEFT JOIN sources src ON src.source_id = x.source_id`;

export function listProblems(
  db: Reader,
  question: { readonly sessionId?: string; readonly limit?: number; readonly offset?: number } = {},
): ProblemsAnswer {
  const where = question.sessionId === undefined ? "" : " WHERE x.session_id = ?";
  const parameters = question.sessionId === undefined ? [] : [question.sessionId];
  const stored = rowsOf<Omit<ProblemRow, "raw" | "raw_bytes"> & BodyPlace>(
    db,
    `${PROBLEMS}${where} ORDER BY src.path, x.source_offset, x.event_id LIMIT ? OFFSET ?`,
    [...parameters, question.limit ?? 50, question.offset ?? 0],
  );
  const reasons = rowsOf<{ reason: string; count: number }>(
    db,
    `SELECT x.reason, count(*) AS count FROM problems x${where} GROUP BY x.reason ORDER BY 2 DESC, 1`,
    parameters,
  );
  return {
    rows: stored.map(({ data, chunk_id, chunk_offset, chunk_length, ...row }) => {
      const body = eventBody(db, { data, chunk_id, chunk_offset, chunk_length });
      return { ...row, raw: body.subarray(0, RAW_SHOWN).toString("utf8"), raw_bytes: body.length };
    }),
    total: reasons.reduce((sum, { count }) => sum + count, 0),
    by_reason: Object.fromEntries(reasons.map(({ reason, count }) => [reason, count])),
  };
}
