/** @module The sessions that a tool call started, with how many log lines they wrote. */
import type { IsoTime } from "../model/answers.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { type Spawn, spawnFinder } from "./spawned-by.ts";
import { DESCENDANTS } from "./tree.ts";

export interface SpawnedSession {
  readonly session_id: string;
  readonly title: string | null;
  readonly agent: string;
  readonly service: string | null;
  readonly started_at: IsoTime | null;
  /** By what it is known that the call started it. */
  readonly by: Spawn["by"];
  /** Its own, and those of everything below it. */
  readonly log_lines: number;
}

export interface ToolCallChildren {
  /** The session that made the call. */
  readonly session_id: string;
  /** In the order of their start. */
  readonly rows: readonly SpawnedSession[];
}

const CALL = `SELECT session_id AS sessionId, started_at AS startedAt, ended_at AS endedAt, child_session_id AS child
  FROM tool_calls WHERE tool_use_id = ?`;
/** What started while it ran: of the caller's children, and theirs where a session without calls lies between. */
export const STARTED_MEANWHILE =
  "SELECT session_id AS id FROM sessions WHERE parent_session_id = ? AND started_at BETWEEN ? AND ? LIMIT 20000";
/** What says itself that it belongs to a trace in which the call has a span. */
export const OF_ITS_TRACES = `SELECT DISTINCT t.session_id AS id FROM spans s
  CROSS JOIN session_traces t ON t.trace_id = s.trace_id WHERE s.tool_use_id = ? LIMIT 20000`;
const ROW = `SELECT session_id AS id, parent_session_id AS parent, title, agent, service, started_at AS startedAt
  FROM sessions WHERE session_id = ?`;
export const LINES_BELOW = `${DESCENDANTS} SELECT sum((SELECT count(*) FROM log_lines l WHERE l.session_id = tree.session_id)) AS lines
  FROM (SELECT DISTINCT session_id FROM tree) tree`;

interface SessionOfCall {
  readonly id: string;
  readonly parent: string | null;
  readonly title: string | null;
  readonly agent: string;
  readonly service: string | null;
  readonly startedAt: number | null;
}

/** Null: there is no such call. */
export function toolCallChildren(db: Reader, toolUseId: string): ToolCallChildren | null {
  const call = rowOf<{ sessionId: string; startedAt: number | null; endedAt: number | null; child: string | null }>(
    db,
    CALL,
    [toolUseId],
  );
  if (!call) return null;
  const { sessionId, startedAt, endedAt, child } = call;
  const candidates = new Set<string>(child === null ? [] : [child]);
  if (startedAt !== null) {
    const meanwhile = [sessionId, startedAt, endedAt ?? Number.MAX_SAFE_INTEGER];
    for (const { id } of rowsOf<{ id: string }>(db, STARTED_MEANWHILE, meanwhile)) candidates.add(id);
  }
  for (const { id } of rowsOf<{ id: string }>(db, OF_ITS_TRACES, [toolUseId])) candidates.add(id);
  candidates.delete(sessionId);
  const finder = spawnFinder(db);
  const started = new Map<string, SessionOfCall & Pick<Spawn, "by">>();
  for (const id of candidates) {
    const spawn = finder.ofSession(id);
    const row = spawn?.tool_use_id === toolUseId ? rowOf<SessionOfCall>(db, ROW, [id]) : undefined;
    if (spawn && row) started.set(id, { ...row, by: spawn.by });
  }
  const rows = [...started.values()]
    // What such a session started in turn stands below it.
    .filter(({ parent }) => parent === null || !started.has(parent))
    .sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || (a.id < b.id ? -1 : 1))
    .map(({ id, title, agent, service, startedAt: at, by }) => ({
      session_id: id,
      title,
      agent,
      service,
      started_at: isoTime(at),
      by,
      log_lines: rowOf<{ lines: number | null }>(db, LINES_BELOW, [id])?.lines ?? 0,
    }));
  return { session_id: sessionId, rows };
}
