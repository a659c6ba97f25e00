/** @module Where the rows of an interleaved timeline come from: one query for each kind of row, by session and time. */

import { type Direction, pastSql, type Start, type StreamName } from "./correlated-cursor.ts";
import type { CorrelatedSource } from "./correlated-row.ts";
import { allOf, type SqlPart } from "./filter/sql.ts";
import { UNTOLD } from "./model-calls.ts";
import { type MembersQuestion, membersSql, type SessionFamily, type TimeRange } from "./session-family.ts";
import { TOLD_BY_TRANSCRIPT } from "./timeline-live.ts";

export interface Stream {
  readonly name: StreamName;
  readonly source: CorrelatedSource | "live";
  /** Sessions that may have such rows. */
  readonly members: MembersQuestion;
  readonly ts: string;
  readonly key: string;
  /** Joined to the members `m` by their session. */
  readonly table: (range: TimeRange) => SqlPart;
  /**
   * Straight from an index in the order of time, where one session or one tree is all there is; called selective, else
   * the planner, with statistics of few sessions, skips through every session's rows and sorts.
   */
  readonly direct?: { readonly alone: string; readonly top: string };
}

/** Programs' sessions have no transcript. */
export const WITH_TRANSCRIPT = "s.agent NOT IN ('script', 'otel', 'command')";
/** Events lie between the first and the last one of their session; the two are written a moment later. */
const EVENT_SLACK_MS = 60_000;
const part = (sql: string, ...parameters: readonly unknown[]): SqlPart => ({ sql, parameters });
const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

/** What a transcript says beside prompts and tool calls. */
const RECORD_TYPES = ["assistant.text", "assistant.error", "compaction", "api.error", "user.meta.interruption"];
export const RECORD = `e.type IN (${quoted(RECORD_TYPES)})`;
/**
 * Records are in no order of time. Their responses are: the records of a time lie between that of the last response but
 * one before it (whose later records may fall into it) and that of the first response after it.
 */
const RECORD_BEFORE = `(SELECT b.id FROM responses r CROSS JOIN events b ON b.event_id = r.event_id
  WHERE r.session_id = m.session_id AND r.ts < ? ORDER BY r.ts DESC LIMIT 1 OFFSET 1)`;
const RECORD_AFTER = `(SELECT a.id FROM responses r CROSS JOIN events a ON a.event_id = r.event_id
  WHERE r.session_id = m.session_id AND r.ts > ? ORDER BY r.ts LIMIT 1)`;

/** Hooks of these types tell of rows that stand in the list by themselves. */
const TOLD_ALWAYS = TOLD_BY_TRANSCRIPT.filter((type) => /tool|prompt|activity/u.test(type));
/** A program's word on calls of models; the client's telemetry on prompts, answers and calls, which are rows of their own; and its noise. */
const TOLD_BY_TELEMETRY = [
  "interaction",
  "otel.api_request",
  "otel.user_prompt",
  "otel.assistant_response",
  "otel.tool_result",
  "otel.tool_decision",
  "otel.hook_registered",
  "otel.metric",
];
/** What came live and is no row of another kind, of `events e`. */
export const LIVE = `e.type NOT IN (${quoted([...TOLD_ALWAYS, ...TOLD_BY_TELEMETRY])})
  AND NOT EXISTS (SELECT 1 FROM log_lines l WHERE l.id = e.id)
  AND NOT EXISTS (SELECT 1 FROM spans p WHERE p.event_id = e.event_id)
  AND (e.type NOT IN (${quoted(TOLD_BY_TRANSCRIPT)}) OR NOT EXISTS (SELECT 1 FROM sources f WHERE f.session_id = e.session_id))`;
/** A span that is a call of a model or of a tool stands in the list as that. */
export const SPAN = `NOT EXISTS (SELECT 1 FROM model_calls c WHERE c.trace_id = p.trace_id AND c.span_id = p.span_id)
  AND NOT EXISTS (SELECT 1 FROM tool_calls t WHERE t.tool_use_id = p.tool_use_id)`;

const STREAMS: readonly Stream[] = [
  {
    name: "prompt",
    source: "transcript",
    members: { more: "s.prompts > 0", slackMs: EVENT_SLACK_MS },
    ts: "t.ts",
    key: "t.event_id",
    table: () => part("turns t INDEXED BY turns_by_session ON t.session_id = m.session_id"),
  },
  {
    name: "record",
    source: "transcript",
    members: { more: WITH_TRANSCRIPT, slackMs: EVENT_SLACK_MS },
    ts: "e.ts",
    key: "e.id",
    table: ({ from, to }) =>
      part(
        `events e INDEXED BY events_by_session ON e.session_id = m.session_id AND e.source_id IS NOT NULL
         AND e.id >= COALESCE(${RECORD_BEFORE}, 0) AND e.id <= COALESCE(${RECORD_AFTER}, ${Number.MAX_SAFE_INTEGER})
         AND ${RECORD}`,
        from,
        to,
      ),
  },
  {
    name: "tool_call",
    source: "transcript",
    members: { more: "s.tool_calls > 0" },
    ts: "t.started_at",
    key: "t.tool_use_id",
    table: () => part("tool_calls t INDEXED BY tool_calls_by_session ON t.session_id = m.session_id"),
  },
  {
    name: "response",
    source: "llm",
    members: { more: WITH_TRANSCRIPT, slackMs: EVENT_SLACK_MS },
    ts: "r.ts",
    key: "r.response_id",
    table: () => part(`responses r INDEXED BY responses_by_session ON r.session_id = m.session_id AND ${UNTOLD}`),
  },
  {
    name: "model_call",
    source: "llm",
    members: { more: "s.model_calls > 0" },
    ts: "c.ts",
    key: "c.call_key",
    table: () => part("model_calls c INDEXED BY model_calls_by_session ON c.session_id = m.session_id"),
    direct: {
      alone: "model_calls c INDEXED BY model_calls_by_session WHERE likelihood(c.session_id = ?, 0.0001)",
      top: "model_calls c INDEXED BY model_calls_by_root WHERE likelihood(c.root_session_id = ?, 0.0001)",
    },
  },
  {
    name: "live",
    source: "live",
    members: { slackMs: EVENT_SLACK_MS },
    ts: "e.ts",
    key: "e.id",
    table: () =>
      part(`events e INDEXED BY events_live ON e.session_id = m.session_id AND e.source_id IS NULL AND ${LIVE}`),
  },
  {
    name: "log",
    source: "log",
    members: {},
    ts: "l.ts",
    key: "l.id",
    table: () => part("log_lines l INDEXED BY log_lines_by_session ON l.session_id = m.session_id"),
    direct: {
      alone: "log_lines l INDEXED BY log_lines_by_session WHERE likelihood(l.session_id = ?, 0.0001)",
      top: "log_lines l INDEXED BY log_lines_by_root WHERE likelihood(l.root_session_id = ?, 0.0001)",
    },
  },
  {
    name: "span",
    source: "span",
    members: {},
    ts: "p.started_at / 1000",
    key: "p.trace_id || ':' || p.span_id",
    table: ({ from, to }) =>
      part(
        `spans p INDEXED BY spans_by_session ON p.session_id = m.session_id AND p.started_at >= ? AND p.started_at <= ? AND ${SPAN}`,
        from * 1000,
        to * 1000 + 999,
      ),
  },
];

export interface StreamChoice {
  readonly sources?: readonly CorrelatedSource[] | undefined;
  readonly levels?: readonly string[] | undefined;
  readonly services?: readonly string[] | undefined;
}

export interface ChosenStream extends Stream {
  readonly chosen: SqlPart;
}

/** The streams that can hold what is chosen. Only log lines have a level; only they and spans say a service. */
export function chosenStreams({ sources, levels, services }: StreamChoice): readonly ChosenStream[] {
  return STREAMS.flatMap((stream) => {
    const wanted = (source: CorrelatedSource): boolean => sources === undefined || sources.includes(source);
    const isLive = stream.source === "live";
    if (isLive ? !wanted("hook") && !wanted("other") : !wanted(stream.source as CorrelatedSource)) return [];
    if (levels !== undefined && stream.name !== "log") return [];
    if (services !== undefined && stream.name !== "log" && stream.name !== "span") return [];
    const chosen: SqlPart[] = [];
    if (isLive && !wanted("other")) chosen.push(part("e.source = 'hook'"));
    if (isLive && !wanted("hook")) chosen.push(part("e.source <> 'hook'"));
    if (levels !== undefined) chosen.push(oneOf("l.level", levels));
    if (services !== undefined) chosen.push(oneOf(`${stream.name === "log" ? "l" : "p"}.service`, services));
    return [{ ...stream, chosen: allOf(chosen) }];
  });
}

const oneOf = (column: string, values: readonly string[]): SqlPart =>
  part(`${column} IN (${values.map(() => "?").join(", ")})`, ...values);

export interface StreamQuestion {
  readonly family: SessionFamily;
  readonly range: TimeRange;
  readonly direction: Direction;
  readonly start: Start | null;
}

/** Rows of a stream within a time, nearest to the start first; the last parameter, to be added, is how many. */
export function streamSql(stream: ChosenStream, question: StreamQuestion): SqlPart {
  const { family, range, direction, start } = question;
  const { ts, key } = stream;
  const conditions = allOf([
    part(`${ts} >= ? AND ${ts} <= ?`, range.from, range.to),
    pastSql(stream.name, direction, start, { ts, key }),
    stream.chosen,
  ]);
  const order = direction === "after" ? "ASC" : "DESC";
  const tail = `${conditions.sql} ORDER BY ${ts} ${order}, ${key} ${order} LIMIT ?`;
  if (isDirect(stream, family)) {
    const from = stream.direct![family.kind as "alone" | "top"];
    return part(
      `SELECT ${ts} AS ts, ${key} AS key FROM ${from} AND ${tail}`,
      family.sessionId,
      ...conditions.parameters,
    );
  }
  const members = membersSql(family, range, stream.members);
  const table = stream.table(range);
  return part(
    `SELECT ${ts} AS ts, ${key} AS key FROM (${members.sql}) m CROSS JOIN ${table.sql} WHERE ${tail}`,
    ...members.parameters,
    ...table.parameters,
    ...conditions.parameters,
  );
}

/** Whether a stream is read straight from an index: then it needs no window of time. */
export function isDirect(stream: Stream, family: SessionFamily): boolean {
  return stream.direct !== undefined && family.kind !== "some";
}

/** How many rows a stream has, counted up to a limit. */
export function streamCountSql(stream: ChosenStream, family: SessionFamily, limit: number): SqlPart {
  const range = { from: -8e15, to: 8e15 };
  const { sql, parameters } = streamSql(stream, { family, range, direction: "after", start: null });
  return part(
    `SELECT count(*) AS count FROM (${sql.slice(0, sql.lastIndexOf("ORDER BY"))} LIMIT ?)`,
    ...parameters,
    limit,
  );
}
