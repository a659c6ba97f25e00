/** @module A session's row of another program's database as records: its start, its end, what it came to. */
import { type ImportRecord, importRecord } from "./import-record.ts";

/** What a row says. Undefined or null: it does not. */
export interface ImportedSession {
  readonly sessionId: string;
  /** Path of its workspace, or what stands for one. */
  readonly workspace: string | null;
  readonly agent: "claude-code" | "script";
  /** Milliseconds UTC; null: no time is known, then `endedAt` stands for it. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Undefined: the row does not say how it stands. */
  readonly status?: "active" | "completed" | "failed";
  readonly parent?: string | null;
  readonly title?: string | null;
  readonly identity?: string | null;
  readonly agentType?: string | null;
  readonly result?: string | null;
  readonly outcome?: Readonly<Record<string, unknown>>;
  /** The row itself. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** Times of day 0 would put a session half a century back: one without any time stands at `fallbackMs`. */
export function sessionRecords(session: ImportedSession, fallbackMs: number): readonly ImportRecord[] {
  const { sessionId, workspace, startedAt, endedAt, status, row } = session;
  const about = { sessionId, workspace };
  const ts = startedAt ?? endedAt ?? fallbackMs;
  const last = Math.max(ts, endedAt ?? ts);
  const start = {
    agent: session.agent,
    ...(workspace && { cwd: workspace }),
    ...(session.parent && session.parent !== sessionId && { parent_session_id: session.parent }),
    ...(session.title && { name: session.title }),
    ...(session.identity && { identity: session.identity }),
    ...(session.agentType && { agent_type: session.agentType }),
  };
  const records = [
    importRecord({
      key: ["session", sessionId, "start", row],
      ...about,
      ts,
      type: "session.start",
      ...(session.title && { message: session.title }),
      data: { ...start, active: status === "active", original: row },
    }),
  ];
  if (status === "completed" || status === "failed") {
    const data = { status, ...(session.result && { result: session.result }) };
    records.push(
      importRecord({
        key: ["session", sessionId, "end", data, endedAt],
        ...about,
        ts: last,
        type: "session.end",
        data,
      }),
    );
  }
  const { outcome } = session;
  if (outcome && Object.keys(outcome).length > 0)
    records.push(
      importRecord({
        key: ["session", sessionId, "outcome", outcome],
        ...about,
        ts: last,
        type: "session.outcome",
        data: outcome,
      }),
    );
  return records;
}

/** The entries of an object that say something. */
export function saidOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
