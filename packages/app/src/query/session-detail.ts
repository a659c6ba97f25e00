/** @module Everything about one session except its events. */
import type { IsoTime, SessionRow } from "../model/answers.ts";
import { type SessionOutcome, sessionOutcome } from "./outcome.ts";
import { listProblems, type ProblemRow } from "./problems.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { sessionsById } from "./sessions.ts";

export interface SessionFactRow {
  readonly key: string;
  readonly ts: string | null;
  readonly event_id: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export interface SessionToolRow {
  readonly tool: string;
  readonly mcp_server: string | null;
  readonly calls: number;
  readonly failures: number;
  readonly total_ms: number;
}

/** How one MCP server's tool did in a session. */
export interface McpUsageRow {
  readonly mcp_server: string;
  readonly tool: string;
  readonly calls: number;
  readonly failures: number;
  readonly mean_ms: number | null;
  readonly max_ms: number | null;
}

/** Text that Clew gave a session at its start, and why each part stood in it. */
export interface InjectedContextRow {
  readonly event_id: string;
  readonly ts: IsoTime | null;
  readonly text: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

export interface SessionCopyRow {
  readonly session_id: string;
  readonly title: string | null;
  /** Events that both files hold. */
  readonly events: number;
}

export interface SessionDetail {
  readonly session: SessionRow;
  readonly parent: SessionRow | null;
  readonly children: readonly SessionRow[];
  /** By kind: file, commit, pull_request, skill, version, branch, mode, todo, compaction, mcp_server, instruction. */
  readonly facts: Readonly<Record<string, readonly SessionFactRow[]>>;
  readonly tools: readonly SessionToolRow[];
  readonly mcp: readonly McpUsageRow[];
  /** What it came to, as reported and as the record shows. */
  readonly outcome: SessionOutcome | null;
  readonly injected: readonly InjectedContextRow[];
  /** Its newest process, as hooks tell. */
  readonly process: { readonly pid: number; readonly started_at: string | null } | null;
  /** Sessions whose events this one's file repeats. */
  readonly copies: readonly SessionCopyRow[];
  /** Sessions whose files repeat this one's events. */
  readonly copied_by: readonly SessionCopyRow[];
  /** Sessions that start with this one's history. */
  readonly forks: readonly SessionRow[];
  readonly problems: readonly ProblemRow[];
  readonly counts: Readonly<
    Record<
      "events" | "denials" | "interruptions" | "api_errors" | "compactions" | "turns" | "turn_ms" | "web_searches",
      number
    >
  >;
  /** The client's own total beside ours, over the session and its subagents. It may hold calls that no transcript has. */
  readonly client_cost: {
    readonly client_usd: number;
    readonly clew_usd: number;
    readonly difference_usd: number;
  } | null;
  readonly sources: readonly {
    readonly path: string;
    readonly kind: string;
    readonly status: string;
    readonly size: number;
    readonly lines: number;
  }[];
}

export const SESSION_FACTS =
  "SELECT kind, key, ts, event_id, detail FROM session_facts WHERE session_id = ? AND kind NOT IN ('prompt', 'label') ORDER BY kind, ts, key";
/** Served by tool_calls_by_session. */
export const SESSION_TOOLS = `SELECT coalesce(tool, '?') AS tool, mcp_server, count(*) AS calls, sum(status = 'failed') AS failures, coalesce(sum(duration_ms), 0) AS total_ms
  FROM tool_calls WHERE session_id = ? GROUP BY tool, mcp_server ORDER BY calls DESC, tool`;
/** What the session's file repeats, by event_copies_by_session; each event by its unique id. */
export const COPIES_FROM = `SELECT e.session_id, s.title, count(*) AS events FROM event_copies c
  CROSS JOIN events e ON e.event_id = c.event_id CROSS JOIN sessions s ON s.session_id = e.session_id
  WHERE c.session_id = ? GROUP BY e.session_id ORDER BY events DESC, e.session_id`;
/** Which files repeat the session's events: a step into event_copies for each. */
export const COPIED_BY = `SELECT c.session_id, s.title, count(*) AS events FROM events e
  CROSS JOIN event_copies c ON c.event_id = e.event_id CROSS JOIN sessions s ON s.session_id = c.session_id
  WHERE e.session_id = ? GROUP BY c.session_id ORDER BY events DESC, c.session_id`;
/** Served by tool_calls_by_session. */
export const MCP_USAGE = `SELECT mcp_server, coalesce(tool, '?') AS tool, count(*) AS calls, sum(status IN ('failed', 'denied', 'interrupted')) AS failures,
  CAST(round(avg(duration_ms)) AS INTEGER) AS mean_ms, max(duration_ms) AS max_ms
  FROM tool_calls WHERE session_id = ? AND mcp_server IS NOT NULL GROUP BY tool, mcp_server ORDER BY calls DESC, mcp_server, tool`;
export const INJECTED =
  "SELECT event_id, ts, text, items FROM injected_contexts WHERE session_id = ? ORDER BY ts, event_id";
const PROCESS =
  "SELECT process_pid AS pid, process_started_at AS started_at FROM sessions WHERE session_id = ? AND process_pid IS NOT NULL";
const CHILDREN =
  "SELECT session_id FROM sessions WHERE parent_session_id = ? ORDER BY started_at, session_id LIMIT 1000";
const COUNTS = `SELECT events, denials, interruptions, api_errors, compactions, turns, turn_ms, web_searches FROM sessions WHERE session_id = ?`;
const SOURCES = "SELECT path, kind, status, size, lines FROM sources WHERE session_id = ? ORDER BY kind DESC, path";

/** Null: there is no such session. */
export function getSession(
  db: Reader,
  question: { readonly sessionId: string; readonly now: number },
): SessionDetail | null {
  const { sessionId, now } = question;
  const session = sessionsById(db, [sessionId], now)[0];
  if (!session) return null;
  const parent =
    session.parent_session_id === null ? null : (sessionsById(db, [session.parent_session_id], now)[0] ?? null);
  const copiedBy = rowsOf<SessionCopyRow>(db, COPIED_BY, [sessionId]);
  return {
    session,
    parent,
    children: sessionsById(db, idsOf(db, CHILDREN, sessionId), now),
    facts: factsOf(db, sessionId),
    tools: rowsOf<SessionToolRow>(db, SESSION_TOOLS, [sessionId]),
    mcp: rowsOf<McpUsageRow>(db, MCP_USAGE, [sessionId]),
    outcome: sessionOutcome(db, sessionId),
    injected: injectedInto(db, sessionId),
    process: rowOf<NonNullable<SessionDetail["process"]>>(db, PROCESS, [sessionId]) ?? null,
    copies: rowsOf<SessionCopyRow>(db, COPIES_FROM, [sessionId]),
    copied_by: copiedBy,
    forks: sessionsById(
      db,
      copiedBy.map((copy) => copy.session_id),
      now,
    ).filter((copy) => copy.forked_from === sessionId),
    problems: listProblems(db, { sessionId }).rows,
    counts: rowsOf<SessionDetail["counts"]>(db, COUNTS, [sessionId])[0]!,
    client_cost: clientCost(session),
    sources: rowsOf<SessionDetail["sources"][number]>(db, SOURCES, [sessionId]),
  };
}

function idsOf(db: Reader, sql: string, sessionId: string): string[] {
  return rowsOf<{ session_id: string }>(db, sql, [sessionId]).map((row) => row.session_id);
}

function injectedInto(db: Reader, sessionId: string): InjectedContextRow[] {
  const rows = rowsOf<{ event_id: string; ts: number; text: string; items: string }>(db, INJECTED, [sessionId]);
  return rows.map((row) => ({
    ...row,
    ts: isoTime(row.ts),
    items: JSON.parse(row.items) as InjectedContextRow["items"],
  }));
}

function factsOf(db: Reader, sessionId: string): SessionDetail["facts"] {
  const facts = new Map<string, SessionFactRow[]>();
  const stored = rowsOf<{ kind: string; key: string; ts: number | null; event_id: string; detail: string | null }>(
    db,
    SESSION_FACTS,
    [sessionId],
  );
  for (const { kind, key, ts, event_id, detail } of stored) {
    const fact = {
      key,
      ts: isoTime(ts),
      event_id,
      detail: detail === null ? null : (JSON.parse(detail) as Readonly<Record<string, unknown>>),
    };
    const list = facts.get(kind);
    if (list) list.push(fact);
    else facts.set(kind, [fact]);
  }
  return Object.fromEntries(facts);
}

function clientCost(session: SessionRow): SessionDetail["client_cost"] {
  const client = session.client_cost_usd;
  const ours = session.cost_usd_inclusive;
  if (client === null || ours === null) return null;
  return { client_usd: client, clew_usd: ours, difference_usd: Math.round((client - ours) * 1e6) / 1e6 };
}
