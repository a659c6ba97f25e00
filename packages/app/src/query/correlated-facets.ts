/** @module How many rows of an interleaved timeline each source, level and service has. */
import type { CorrelatedSource } from "./correlated-row.ts";
import { chosenStreams, LIVE, RECORD, streamCountSql, WITH_TRANSCRIPT } from "./correlated-streams.ts";
import type { SqlPart } from "./filter/sql.ts";
import { logGroupsSql } from "./log-lines.ts";
import { type LogGroup, logFacets } from "./log-lines-facets.ts";
import { logScope } from "./log-lines-scope.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { membersSql, type SessionFamily } from "./session-family.ts";

export interface CorrelatedFacet {
  readonly value: string;
  readonly count: number;
}

export interface CorrelatedFacets {
  readonly source: readonly CorrelatedFacet[];
  /** Of log lines. */
  readonly level: readonly CorrelatedFacet[];
  /** Of log lines and spans that name one. */
  readonly service: readonly CorrelatedFacet[];
  /** Counting stopped at some limit: there may be more of each. */
  readonly partial: boolean;
}

/** Rows of one stream that are counted, and events that are told apart one by one. */
const MOST = 10_000;
const MOST_EVENTS = 4_000;
const EVER = { from: -8e15, to: 8e15 };

/** What the streams of events leave out is left out after the limit: a session's log lines are not all walked past. */
export function eventCountsSql(stream: "record" | "live", family: SessionFamily): SqlPart {
  const isLive = stream === "live";
  const members = membersSql(family, EVER, isLive ? {} : { more: WITH_TRANSCRIPT });
  const index = isLive ? "events_live" : "events_by_session";
  const source = isLive ? "CASE e.source WHEN 'hook' THEN 'hook' ELSE 'other' END" : "'transcript'";
  return {
    sql: `SELECT CASE WHEN ${isLive ? LIVE : RECORD} THEN ${source} END AS value, count(*) AS count FROM (
        SELECT e.id, e.event_id, e.session_id, e.type, e.source
        FROM (${members.sql}) m CROSS JOIN events e INDEXED BY ${index} ON e.session_id = m.session_id
          AND e.source_id IS ${isLive ? "" : "NOT"} NULL
        LIMIT ${MOST_EVENTS}) e
      GROUP BY 1`,
    parameters: members.parameters,
  };
}

export function spanServicesSql(family: SessionFamily): SqlPart {
  const members = membersSql(family, EVER);
  return {
    sql: `SELECT service AS value, count(*) AS count FROM (
        SELECT p.service FROM (${members.sql}) m CROSS JOIN spans p INDEXED BY spans_by_session ON p.session_id = m.session_id
        WHERE p.service IS NOT NULL LIMIT ${MOST})
      GROUP BY 1`,
    parameters: members.parameters,
  };
}

export function correlatedFacets(db: Reader, family: SessionFamily): CorrelatedFacets {
  const sources = new Map<string, number>();
  let partial = false;
  for (const stream of chosenStreams({})) {
    const isOfEvents = stream.name === "live" || stream.name === "record";
    const { sql, parameters } = isOfEvents
      ? eventCountsSql(stream.name as "live" | "record", family)
      : streamCountSql(stream, family, MOST);
    const counts = rowsOf<{ value?: CorrelatedSource | null; count: number }>(db, sql, parameters);
    partial ||= counts.reduce((sum, { count }) => sum + count, 0) >= (isOfEvents ? MOST_EVENTS : MOST);
    for (const { value = stream.source, count } of counts) if (value !== null) add(sources, value, count);
  }
  const scope = logScope(db, { sessionId: family.sessionId, alone: family.kind === "alone" });
  const groupsSql = logGroupsSql(scope);
  const lines = logFacets(rowsOf<LogGroup>(db, groupsSql.sql, groupsSql.parameters), {});
  const services = new Map(lines.service.filter(({ value }) => value !== "").map(({ value, count }) => [value, count]));
  const spans = spanServicesSql(family);
  for (const { value, count } of rowsOf<CorrelatedFacet>(db, spans.sql, spans.parameters)) add(services, value, count);
  return { source: mostFirst(sources), level: lines.level, service: mostFirst(services), partial };
}

function add(counts: Map<string, number>, value: string, count: number): void {
  if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
}

function mostFirst(counts: ReadonlyMap<string, number>): CorrelatedFacet[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
