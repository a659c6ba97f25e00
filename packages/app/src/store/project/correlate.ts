/**
 * @module Which session a log line, a span or a call of a model belongs to, where it does not say so itself. By its trace:
 * the session of its span, of the nearest span above that has one, else the first session of the trace. By its process: the
 * one session that the process was running at that time. Else it stays uncorrelated, and is looked at again when a trace
 * or a process becomes known: what comes first makes no difference.
 */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { JoinedBy } from "../../model/telemetry.ts";
import type { WriteContext } from "../context.ts";
import { hereOf } from "../machine.ts";
import type { Counted } from "./counted.ts";
import type { ModelCallProjection } from "./model-call.ts";

/** The session that was in a trace first, as sessions and spans say of themselves. */
const FIRST_OF_TRACE = `
  SELECT sessionId FROM (
    SELECT session_id AS sessionId, ts * 1000 AS at FROM session_traces WHERE trace_id = $trace
    UNION ALL
    SELECT named_session, started_at FROM spans WHERE trace_id = $trace AND named_session IS NOT NULL)
  ORDER BY at, sessionId LIMIT 1`;
const FALLBACK_OF_TRACE = `
  SELECT fallback_session AS sessionId FROM spans WHERE trace_id = ? AND fallback_session IS NOT NULL
  ORDER BY started_at, span_id LIMIT 1`;
const SPANS_OF_TRACE = `
  SELECT span_id AS spanId, parent_span_id AS parent, named_session AS named, session_id AS sessionId, joined_by AS joinedBy,
    event_id AS eventId
  FROM spans WHERE trace_id = ?`;
const OWN_SPANS = `
  SELECT span_id AS spanId, session_id AS sessionId FROM session_traces WHERE trace_id = ? AND span_id IS NOT NULL`;
const PUT_SPAN = "UPDATE spans SET session_id = ?, joined_by = ? WHERE trace_id = ? AND span_id = ?";
const CALLS_OF_TRACE = `
  SELECT call_key AS key, span_id AS spanId, session_id AS sessionId, joined_by AS joinedBy
  FROM model_calls WHERE trace_id = ? AND named_session IS NULL`;
const LINE_COLUMNS = `id, session_id AS sessionId, joined_by AS joinedBy, trace_id AS traceId, span_id AS spanId, pid, host, is_outside AS isOutside, ts`;
const LINES_OF_TRACE = `SELECT ${LINE_COLUMNS} FROM log_lines WHERE trace_id = ? AND named_session IS NULL`;
const LINES_OF_PROCESS = `SELECT ${LINE_COLUMNS} FROM log_lines WHERE pid = ? AND ts >= ? AND named_session IS NULL`;
const LINE = `SELECT ${LINE_COLUMNS} FROM log_lines WHERE id = ? AND named_session IS NULL`;
const PUT_LINE = `
  UPDATE log_lines SET session_id = $session, joined_by = $by,
    root_session_id = (SELECT top_session_id FROM sessions WHERE session_id = $session)
  WHERE id = $id`;
const MOVE_EVENT = `
  UPDATE events SET (session_id, workspace_id, author) = (SELECT session_id, workspace_id, identity_id FROM sessions WHERE session_id = ?)
  WHERE id = ?`;
const EVENT_ROW = "SELECT id, ts FROM events WHERE event_id = ?";
const PROCESSES_OF_SESSION = "SELECT pid, ts FROM session_processes WHERE session_id = ?";
/** Sessions of a process, newest first, with the time from which each was over: a session that is resumed goes on in another. */
const SESSIONS_OF_PROCESS = `
  SELECT p.session_id AS sessionId, s.parent_session_id AS parent, p.ts AS startedAt,
    (SELECT min(f.ts) FROM session_facts f WHERE f.session_id = p.session_id AND f.kind = 'ended' AND f.ts >= p.ts) AS endedAt
  FROM session_processes p CROSS JOIN sessions s ON s.session_id = p.session_id
  WHERE p.pid = ? ORDER BY p.ts DESC, p.session_id LIMIT 5000`;
/** A session without events that only stood in for one that has become known. */
const DROP_STAND_IN = `
  DELETE FROM sessions WHERE session_id = $session
    AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = $session)
    AND NOT EXISTS (SELECT 1 FROM model_calls WHERE session_id = $session)
    AND NOT EXISTS (SELECT 1 FROM responses WHERE session_id = $session)
    AND NOT EXISTS (SELECT 1 FROM metric_series WHERE session_id = $session)
    AND NOT EXISTS (SELECT 1 FROM sessions c WHERE c.parent_session_id = $session)`;

/** What ids of sessions begin with that stand in for the session of a trace (sources/otlp). */
const STAND_IN = "trace-";
/** A process writes its first lines before its session says that it has begun. Milliseconds. */
const STARTING_MS = 5000;

interface Target {
  readonly sessionId: string;
  readonly joinedBy: JoinedBy | null;
}
interface LineRow extends Target {
  readonly id: number;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly pid: number | null;
  readonly host: string | null;
  readonly isOutside: number;
  readonly ts: number;
}
interface SpanRow extends Target {
  readonly spanId: string;
  readonly parent: string | null;
  readonly named: string | null;
  readonly eventId: string;
}
interface ProcessSession {
  readonly sessionId: string;
  readonly parent: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** What is known of one trace: the session of each of its spans, and of whatever else belongs to it. */
interface TraceSessions {
  readonly ofSpan: (spanId: string | null) => string | null;
  readonly spans: readonly SpanRow[];
}

/** What counts as a line. */
const LINE_FACT: Parameters<Counted["add"]>[1]["facts"] = [{ kind: "log_line" }];
const NOWHERE: Target = { sessionId: UNCORRELATED_SESSION, joinedBy: null };

export interface Correlation {
  /** A line that names no session has been stored. */
  lineCame(id: number): void;
  /** Something of this trace has become known. */
  traceChanged(traceId: string): void;
  processChanged(pid: number, since: number): void;
  /** A session ended, went on, or got a parent: its processes' lines may be another's. */
  sessionChanged(sessionId: string): void;
  /** Joins what can be joined. At the end of a transaction, before the calls of models are written. */
  settle(): void;
  /** Drops sessions that stood in for one that has become known. When everything else is written. */
  finish(): void;
  reset(): void;
}

export function correlation(
  { db, sessions: known }: WriteContext,
  calls: Pick<ModelCallProjection, "join">,
  sessions: {
    readonly touch: (sessionId: string) => void;
    readonly ensure: (sessionId: string, agent: string) => void;
    /** One line or span more. */
    readonly grow: Counted["add"];
  },
): Correlation {
  const firstOfTrace = db.prepare<[{ readonly trace: string }], { sessionId: string }>(FIRST_OF_TRACE);
  const fallbackOfTrace = db.prepare<[string], { sessionId: string }>(FALLBACK_OF_TRACE);
  const spansOfTrace = db.prepare<[string], SpanRow>(SPANS_OF_TRACE);
  const ownSpans = db.prepare<[string], { spanId: string; sessionId: string }>(OWN_SPANS);
  const putSpan = db.prepare(PUT_SPAN);
  const callsOfTrace = db.prepare<[string], Target & { key: string; spanId: string | null }>(CALLS_OF_TRACE);
  const linesOfTrace = db.prepare<[string], LineRow>(LINES_OF_TRACE);
  const linesOfProcess = db.prepare<[number, number], LineRow>(LINES_OF_PROCESS);
  const oneLine = db.prepare<[number], LineRow>(LINE);
  const putLine = db.prepare(PUT_LINE);
  const moveEvent = db.prepare(MOVE_EVENT);
  const eventRow = db.prepare<[string], { id: number; ts: number | null }>(EVENT_ROW);
  const processesOf = db.prepare<[string], { pid: number; ts: number }>(PROCESSES_OF_SESSION);
  const isHere = hereOf(db);
  const sessionsOf = db.prepare<[number], ProcessSession>(SESSIONS_OF_PROCESS);
  const dropStandIn = db.prepare(DROP_STAND_IN);

  const newLines = new Set<number>();
  const changedTraces = new Set<string>();
  /** Process, and the time from which its lines may be another's. */
  const changedProcesses = new Map<number, number>();
  /** Sessions that something has left. */
  const left = new Set<string>();

  function sessionsOfTrace(traceId: string): TraceSessions {
    const spans = spansOfTrace.all(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const own = new Map(ownSpans.all(traceId).map(({ spanId, sessionId }) => [spanId, sessionId]));
    const first = firstOfTrace.get({ trace: traceId })?.sessionId ?? fallbackOfTrace.get(traceId)?.sessionId ?? null;
    const found = new Map<string, string | null>();
    /** Of the nearest span upwards that has one; null: nothing above names any. */
    function above(spanId: string): string | null {
      const path: string[] = [];
      let session: string | null = null;
      for (let at: string | null = spanId; at !== null && !path.includes(at); at = byId.get(at)?.parent ?? null) {
        const here = own.get(at) ?? byId.get(at)?.named ?? found.get(at) ?? null;
        if (here !== null) {
          session = here;
          break;
        }
        path.push(at);
        if (path.length > 64) break;
      }
      for (const passed of path) found.set(passed, session);
      return session;
    }
    return { spans, ofSpan: (spanId) => (spanId === null ? null : above(spanId)) ?? first };
  }

  function byProcess(pid: number, ts: number, processes: Map<number, readonly ProcessSession[]>): string | null {
    const all = processes.get(pid) ?? sessionsOf.all(pid);
    processes.set(pid, all);
    let open = all.filter(({ startedAt, endedAt }) => startedAt <= ts && (endedAt === null || endedAt >= ts));
    const earliest = all.at(-1);
    // Before its first session nothing else was running in it.
    if (open.length === 0 && earliest && ts < earliest.startedAt && earliest.startedAt <= ts + STARTING_MS) {
      open = all.filter(({ startedAt }) => startedAt === earliest.startedAt);
    }
    const ids = new Set(open.map(({ sessionId }) => sessionId));
    const outer = open.filter(({ parent }) => parent === null || !ids.has(parent));
    return outer.length === 1 ? outer[0]!.sessionId : null;
  }

  function processChanged(pid: number, since: number): void {
    const from = since - STARTING_MS;
    changedProcesses.set(pid, Math.min(changedProcesses.get(pid) ?? from, from));
  }

  /** A line of a process of this machine that does not say that it is outside any session. */
  const isOurs = ({ pid, host, isOutside }: LineRow): boolean => pid !== null && isOutside === 0 && isHere(host);

  /** `moved`: what goes; its event's row, where it has one. */
  function moveTo(before: Target, after: Target, row: number | undefined, moved: Parameters<Counted["add"]>[1]): void {
    if (before.sessionId === after.sessionId) return;
    if (row !== undefined) {
      moveEvent.run(after.sessionId, row);
      left.add(before.sessionId);
    }
    // Where it comes from has figures to be computed anew; where it goes has one more.
    if (before.sessionId !== UNCORRELATED_SESSION) sessions.touch(before.sessionId);
    sessions.grow(after.sessionId, moved);
  }

  function settleLine(line: LineRow, target: Target): void {
    if (line.sessionId === target.sessionId && line.joinedBy === target.joinedBy) return;
    if (target.joinedBy !== null) sessions.ensure(target.sessionId, "script");
    putLine.run({ id: line.id, session: target.sessionId, by: target.joinedBy });
    moveTo(line, target, line.id, { ts: line.ts, facts: LINE_FACT });
  }

  function settleTrace(traceId: string, { spans, ofSpan }: TraceSessions): void {
    for (const span of spans) {
      if (span.named !== null) continue;
      const session = ofSpan(span.spanId);
      const target: Target = session === null ? NOWHERE : { sessionId: session, joinedBy: "trace" };
      if (span.sessionId === target.sessionId && span.joinedBy === target.joinedBy) continue;
      sessions.ensure(target.sessionId, "otel");
      putSpan.run(target.sessionId, target.joinedBy, traceId, span.spanId);
      const event = eventRow.get(span.eventId);
      moveTo(span, target, event?.id, { ts: event?.ts ?? null, facts: [] });
    }
    for (const call of callsOfTrace.all(traceId)) {
      const session = ofSpan(call.spanId);
      if (session === null || (session === call.sessionId && call.joinedBy === "trace")) continue;
      sessions.ensure(session, "otel");
      sessions.touch(call.sessionId);
      left.add(call.sessionId);
      calls.join(call.key, session, "trace", traceId);
    }
  }

  return {
    lineCame: (id) => void newLines.add(id),
    traceChanged: (traceId) => void changedTraces.add(traceId),
    processChanged,
    sessionChanged(sessionId) {
      for (const { pid, ts } of processesOf.all(sessionId)) processChanged(pid, ts);
    },
    settle() {
      const lines = new Map<number, LineRow>();
      for (const id of newLines) {
        const line = oneLine.get(id);
        if (line) lines.set(id, line);
      }
      for (const [pid, since] of changedProcesses) {
        for (const line of linesOfProcess.all(pid, since)) lines.set(line.id, line);
      }
      const traces = new Map<string, TraceSessions>();
      const traceOf = (traceId: string): TraceSessions => {
        const trace = traces.get(traceId) ?? sessionsOfTrace(traceId);
        traces.set(traceId, trace);
        return trace;
      };
      for (const traceId of changedTraces) {
        settleTrace(traceId, traceOf(traceId));
        for (const line of linesOfTrace.all(traceId)) lines.set(line.id, line);
      }
      const processes = new Map<number, readonly ProcessSession[]>();
      for (const line of lines.values()) {
        const traced = line.traceId === null ? null : traceOf(line.traceId).ofSpan(line.spanId);
        const running = traced === null && isOurs(line) ? byProcess(line.pid!, line.ts, processes) : null;
        const session = traced ?? running;
        settleLine(
          line,
          session === null ? NOWHERE : { sessionId: session, joinedBy: traced === null ? "process" : "trace" },
        );
      }
      newLines.clear();
      changedTraces.clear();
      changedProcesses.clear();
    },
    finish() {
      for (const sessionId of left) {
        if (!sessionId.startsWith(STAND_IN)) continue;
        if (dropStandIn.run({ session: sessionId }).changes > 0) known.delete(sessionId);
      }
      left.clear();
    },
    reset() {
      newLines.clear();
      changedTraces.clear();
      changedProcesses.clear();
      left.clear();
    },
  };
}
