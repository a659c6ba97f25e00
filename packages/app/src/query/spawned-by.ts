/**
 * @module The tool call under which something ran. By id: the call names the session that it started. By trace: a span
 * above names the call. By time: the one call that was running then. Where several were, nobody can tell.
 */
import { prepared, type Reader } from "./reader.ts";

export interface Spawn {
  readonly tool_use_id: string;
  readonly by: "id" | "trace" | "time";
}

/** What is known of something that ran in a session. */
export interface Happening {
  readonly sessionId: string;
  /** Milliseconds UTC. */
  readonly ts: number | null;
  readonly traceId?: string | null;
  readonly spanId?: string | null;
}

/** Answers for many rows of one page: what it has looked up it keeps, so it lives no longer than a question. */
export interface SpawnFinder {
  /** The call that started a session, or a session above it. */
  readonly ofSession: (sessionId: string) => Spawn | null;
  /** The call that a span, or one above it, names. */
  readonly ofSpan: (traceId: string | null, spanId: string | null) => Spawn | null;
  /** The call under which a program said something: of the session that it said it in, or of one above. */
  readonly ofHappening: (happening: Happening) => Spawn | null;
}

/** Tools that start processes; an MCP server answers its calls itself. What else an agent calls runs inside it. */
const SHELL_TOOLS = [
  "Bash",
  "PowerShell",
  "Shell",
  "shell",
  "bash",
  "exec_command",
  "local_shell",
  "run_shell_command",
  "run_terminal_cmd",
];
export const RUNNING_CALLS = `SELECT tool_use_id AS id, started_at AS startedAt,
    COALESCE(ended_at, started_at + duration_ms, CASE WHEN status IN ('ok', 'failed') THEN started_at END) AS endedAt FROM tool_calls
  WHERE session_id = ? AND (tool IN (${SHELL_TOOLS.map((tool) => `'${tool}'`).join(", ")}) OR mcp_server IS NOT NULL)
    AND started_at IS NOT NULL AND status <> 'denied' ORDER BY started_at`;
const HAS_CALLS = "SELECT 1 FROM tool_calls WHERE session_id = ? LIMIT 1";
export const CALL_OF_CHILD =
  "SELECT tool_use_id AS id FROM tool_calls WHERE child_session_id = ? ORDER BY started_at LIMIT 1";
const CALL = "SELECT session_id AS sessionId FROM tool_calls WHERE tool_use_id = ?";
const SESSION = "SELECT parent_session_id AS parent, started_at AS startedAt FROM sessions WHERE session_id = ?";
const TRACES = `SELECT trace_id AS traceId, span_id AS spanId, caller_span_id AS caller FROM session_traces
  WHERE session_id = ? ORDER BY ts LIMIT 8`;
const SPAN = "SELECT parent_span_id AS parent, tool_use_id AS call FROM spans WHERE trace_id = ? AND span_id = ?";

/** Broken data may go in circles. */
const HIGHEST = 64;

interface Running {
  readonly id: string;
  readonly startedAt: number;
  /** Infinity: it has not ended. */
  readonly endedAt: number;
  /** Latest end of it and all before it: nothing before can still run after that. */
  readonly lastEnd: number;
}

export function spawnFinder(db: Reader): SpawnFinder {
  const running = new Map<string, readonly Running[]>();
  const sessions = new Map<string, Spawn | null>();

  function callsOf(sessionId: string): readonly Running[] {
    const known = running.get(sessionId);
    if (known) return known;
    let lastEnd = Number.NEGATIVE_INFINITY;
    const calls = prepared<{ id: string; startedAt: number; endedAt: number | null }>(db, RUNNING_CALLS)
      .all(sessionId)
      .map(({ id, startedAt, endedAt }) => {
        const end = endedAt ?? Number.POSITIVE_INFINITY;
        lastEnd = Math.max(lastEnd, end);
        return { id, startedAt, endedAt: end, lastEnd };
      });
    running.set(sessionId, calls);
    return calls;
  }

  /** The one call of a session that ran at a moment; null: none or several. */
  function runningAt(sessionId: string, ts: number): Spawn | null {
    const calls = callsOf(sessionId);
    let [low, high] = [0, calls.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (calls[middle]!.startedAt <= ts) low = middle + 1;
      else high = middle;
    }
    let found: Running | null = null;
    for (let index = low - 1; index >= 0 && calls[index]!.lastEnd >= ts; index--) {
      if (calls[index]!.endedAt < ts) continue;
      if (found) return null;
      found = calls[index]!;
    }
    return found && { tool_use_id: found.id, by: "time" };
  }

  const isKnownCall = (id: string, notOf: string | null): boolean => {
    const call = prepared<{ sessionId: string }>(db, CALL).get(id);
    return call !== undefined && call.sessionId !== notOf;
  };

  /** The call that a span, or the nearest one above it, names. `notOf`: a session's own calls did not start it. */
  function aboveSpan(traceId: string, spanId: string | null, notOf: string | null): Spawn | null {
    const span = prepared<{ parent: string | null; call: string | null }>(db, SPAN);
    for (let at = spanId, height = 0; at !== null && height < HIGHEST; height++) {
      const found = span.get(traceId, at);
      if (!found) return null;
      if (found.call !== null && isKnownCall(found.call, notOf)) return { tool_use_id: found.call, by: "trace" };
      at = found.parent;
    }
    return null;
  }

  function byTrace(sessionId: string): Spawn | null {
    const traces = prepared<{ traceId: string; spanId: string | null; caller: string | null }>(db, TRACES);
    for (const { traceId, spanId, caller } of traces.all(sessionId)) {
      const found = aboveSpan(traceId, caller, sessionId) ?? aboveSpan(traceId, spanId, sessionId);
      if (found) return found;
    }
    return null;
  }

  const hasCalls = (sessionId: string): boolean => prepared(db, HAS_CALLS).get(sessionId) !== undefined;

  function search(sessionId: string): Spawn | null {
    let at = sessionId;
    for (let height = 0; height < HIGHEST; height++) {
      const traced = byTrace(at);
      if (traced) return traced;
      const call = prepared<{ id: string }>(db, CALL_OF_CHILD).get(at);
      if (call) return { tool_use_id: call.id, by: "id" };
      const session = prepared<{ parent: string | null; startedAt: number | null }>(db, SESSION).get(at);
      if (!session || session.parent === null) return null;
      // A session that calls tools is the one whose calls count; one that calls none was itself started by something.
      if (hasCalls(session.parent)) {
        return session.startedAt === null ? null : runningAt(session.parent, session.startedAt);
      }
      at = session.parent;
    }
    return null;
  }

  function ofSession(sessionId: string): Spawn | null {
    const known = sessions.get(sessionId);
    if (known !== undefined) return known;
    const found = search(sessionId);
    sessions.set(sessionId, found);
    return found;
  }

  const ofSpan = (traceId: string | null | undefined, spanId: string | null | undefined): Spawn | null =>
    traceId && spanId ? aboveSpan(traceId, spanId, null) : null;

  return {
    ofSession,
    ofSpan,
    ofHappening({ sessionId, ts, traceId, spanId }) {
      const traced = ofSpan(traceId, spanId);
      if (traced) return traced;
      if (ts !== null && hasCalls(sessionId)) return runningAt(sessionId, ts);
      return ofSession(sessionId);
    },
  };
}

/** The tool call that started a session; null: none did, or it cannot be told which. */
export function spawnedBy(db: Reader, sessionId: string): Spawn | null {
  return spawnFinder(db).ofSession(sessionId);
}
