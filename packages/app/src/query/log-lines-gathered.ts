/** @module Log lines that no index has in the order of time: those with some words, and those under a tool call. */
import { PRESENT_COLUMNS, type PresentableEvent, presentedEvent } from "./event-body.ts";
import type { LogsQuestion } from "./log-lines.ts";
import { type LogChoices, type LogGroup, logFacets, passes } from "./log-lines-facets.ts";
import { COUNT_LIMIT, cutPage, type FoundLines, type LineCursor, parseLineCursor } from "./log-lines-page.ts";
import type { LogScope } from "./log-lines-scope.ts";
import { prepared, type Reader, rowOf, rowsOf } from "./reader.ts";
import type { SearchWords } from "./search-words.ts";
import { BELOW } from "./session-family.ts";
import { spawnFinder } from "./spawned-by.ts";
import { toolCallChildren } from "./spawned-by-children.ts";

/** A line as far as choosing it takes. */
export interface LineHead extends LogChoices {
  readonly id: number;
  /** Milliseconds UTC. */
  readonly ts: number;
}

export interface Gathering {
  readonly question: LogsQuestion;
  readonly scope: LogScope;
  readonly words: SearchWords | null;
  /** Milliseconds since it was asked. */
  readonly elapsed: () => number;
}

/** Counting on, once the page is full, is not worth more time than this. Milliseconds. */
const COUNT_BUDGET_MS = 50;
const BATCH = 2048;
const LAST = Number.MAX_SAFE_INTEGER;

/** First and last line of a scope, off its index. */
export const rangeSql = ({ from, where }: LogScope): string =>
  `SELECT min(l.id) AS first, max(l.id) AS last FROM ${from.sql} WHERE ${where.sql}`;
export const wordMatches = (direction: "ASC" | "DESC"): string =>
  `SELECT rowid AS id FROM search_index WHERE search_index MATCH ? AND rowid >= ? AND rowid <= ? ORDER BY rowid ${direction} LIMIT ?`;
export const headsSql = ({ test }: Pick<LogScope, "test">): string =>
  `SELECT l.id, l.ts, l.level, l.service, l.logger, l.joined_by FROM json_each(?) m CROSS JOIN log_lines l ON l.id = m.value WHERE ${test.sql}`;
export const LINES_OF_SESSIONS =
  "SELECT l.id FROM json_each(?) f CROSS JOIN log_lines l INDEXED BY log_lines_by_session ON l.session_id = f.value LIMIT 20000";
/** Lines that the caller's session itself has: while the call ran, or of its traces. */
export const LINES_MEANWHILE = `SELECT l.id, l.ts, l.trace_id AS traceId, l.span_id AS spanId FROM tool_calls c
  CROSS JOIN log_lines l INDEXED BY log_lines_by_session ON l.session_id = c.session_id AND l.ts >= c.started_at
    AND l.ts <= COALESCE(c.ended_at, ${LAST})
  WHERE c.tool_use_id = ? ORDER BY l.ts LIMIT 20000`;
export const LINES_OF_TRACES = `SELECT l.id, l.ts, l.trace_id AS traceId, l.span_id AS spanId
  FROM (SELECT DISTINCT trace_id FROM spans WHERE tool_use_id = ?) t
  CROSS JOIN log_lines l INDEXED BY log_lines_by_trace ON l.trace_id = t.trace_id WHERE l.session_id = ? LIMIT 20000`;
const TEXT = `SELECT ${PRESENT_COLUMNS} FROM events e WHERE e.id = ?`;

/** A page, and the counts of as many lines as there is time for. */
export function gatheredPage(db: Reader, gathering: Gathering): FoundLines {
  const { question, elapsed } = gathering;
  const limit = question.limit ?? 100;
  const cursor = parseLineCursor(question.cursor);
  const timeIsUp = (): boolean => elapsed() > (question.budgetMs ?? 1000);
  if (question.toolUseId !== undefined) return sortedPage(db, gathering, cursor, limit);
  const first = collected(linesInOrder(db, gathering, null), question, (chosen) =>
    chosen > limit || cursor !== null ? elapsed() > COUNT_BUDGET_MS : timeIsUp(),
  );
  const paged =
    cursor === null
      ? first
      : collected(linesInOrder(db, gathering, cursor), question, (chosen) => chosen > limit || timeIsUp());
  return {
    ...cutPage(paged.chosen, limit),
    total: first.isWhole ? first.chosen.length : null,
    facets: logFacets(first.groups, question),
    stoppedEarly: !paged.isWhole && paged.chosen.length <= limit,
  };
}

/** What ran under a call is in no order: all of it is collected and sorted. */
function sortedPage(db: Reader, gathering: Gathering, cursor: LineCursor | null, limit: number): FoundLines {
  const { question } = gathering;
  const { chosen, groups, isWhole } = collected(linesInOrder(db, gathering, null), question, () => false);
  const sign = question.order === "oldest" ? 1 : -1;
  const compare = (a: LineCursor, b: LineCursor): number => sign * (a.ts - b.ts || a.id - b.id);
  const rest = chosen.sort(compare).filter((line) => cursor === null || compare(line, cursor) > 0);
  return {
    ...cutPage(rest, limit),
    total: isWhole ? chosen.length : null,
    facets: logFacets(groups, question),
    stoppedEarly: false,
  };
}

interface Collected {
  readonly chosen: LineHead[];
  readonly groups: readonly LogGroup[];
  /** It ran to the end. */
  readonly isWhole: boolean;
}

/** `isEnough` is asked before each batch, with the number of lines chosen so far. */
function collected(
  batches: Iterable<readonly LineHead[]>,
  question: LogsQuestion,
  isEnough: (chosen: number) => boolean,
): Collected {
  const chosen: LineHead[] = [];
  const groups: LogGroup[] = [];
  for (const batch of batches) {
    for (const line of batch) {
      if (groups.length < COUNT_LIMIT) groups.push({ ...line, count: 1 });
      if (passes(line, question)) chosen.push(line);
    }
    if (chosen.length > COUNT_LIMIT || isEnough(chosen.length)) return { chosen, groups, isWhole: false };
  }
  return { chosen, groups, isWhole: true };
}

/**
 * Batches of the lines in question, choices aside, past a line: with words that the index has in the order in which they
 * came, else by time; under a call in any order.
 */
function* linesInOrder(
  db: Reader,
  { question, scope, words }: Gathering,
  past: LineCursor | null,
): Generator<readonly LineHead[]> {
  const direction = question.order === "oldest" ? "ASC" : "DESC";
  const under = question.toolUseId === undefined ? null : linesUnderCall(db, question.toolUseId);
  const ids =
    words === null || words.match === null
      ? under === null
        ? scopeIds(db, scope, direction, past)
        : batchesOf(under)
      : matchingIds(db, words.match, under === null ? rangeOf(db, scope) : rangeAround(under), direction, past);
  const wanted = under === null ? null : new Set(under);
  for (const batch of ids) {
    const lines = headsOf(db, scope, wanted === null ? batch : batch.filter((id) => wanted.has(id)));
    if (words?.mustRead) {
      // One at a time: reading texts is what takes the time, and whoever asks may stop at any of them.
      for (const line of lines) yield words.standIn(textOf(db, line.id)) ? [line] : [];
    } else yield lines;
  }
}

interface IdRange {
  readonly first: number;
  readonly last: number;
}

function rangeOf(db: Reader, scope: LogScope): IdRange | null {
  if (scope.where.sql === "1") return { first: 0, last: LAST };
  const range = rowOf<{ first: number | null; last: number | null }>(db, rangeSql(scope), [
    ...scope.from.parameters,
    ...scope.where.parameters,
  ]);
  return range && range.first !== null && range.last !== null ? { first: range.first, last: range.last } : null;
}

const rangeAround = (ids: readonly number[]): IdRange | null =>
  ids.length === 0
    ? null
    : ids.reduce((range, id) => ({ first: Math.min(range.first, id), last: Math.max(range.last, id) }), {
        first: LAST,
        last: 0,
      });

/** Batches grow, so that few hits cost little and many of them few queries. */
function* matchingIds(
  db: Reader,
  match: string,
  range: IdRange | null,
  direction: "ASC" | "DESC",
  past: LineCursor | null,
): Generator<readonly number[]> {
  if (range === null) return;
  let { first, last } = range;
  if (past && direction === "DESC") last = Math.min(last, past.id - 1);
  if (past && direction === "ASC") first = Math.max(first, past.id + 1);
  for (let size = 128; first <= last; size = Math.min(size * 4, BATCH)) {
    const ids = rowsOf<{ id: number }>(db, wordMatches(direction), [match, first, last, size]).map(({ id }) => id);
    if (ids.length > 0) yield ids;
    if (ids.length < size) return;
    if (direction === "DESC") last = ids.at(-1)! - 1;
    else first = ids.at(-1)! + 1;
  }
}

/** Every line of the scope, by its index. */
function* scopeIds(
  db: Reader,
  scope: LogScope,
  direction: "ASC" | "DESC",
  start: LineCursor | null,
): Generator<readonly number[]> {
  const past = direction === "DESC" ? "<" : ">";
  const sql = `SELECT l.id, l.ts FROM ${scope.from.sql} WHERE (${scope.where.sql}) AND (l.ts, l.id) ${past} (?, ?)
    ORDER BY l.ts ${direction}, l.id ${direction} LIMIT ${BATCH}`;
  const end = direction === "DESC" ? LAST : Number.MIN_SAFE_INTEGER;
  for (let { ts, id } = start ?? { ts: end, id: end }; ; ) {
    const rows = rowsOf<{ id: number; ts: number }>(db, sql, [
      ...scope.from.parameters,
      ...scope.where.parameters,
      ts,
      id,
    ]);
    if (rows.length > 0) yield rows.map((row) => row.id);
    if (rows.length < BATCH) return;
    ({ ts, id } = rows.at(-1)!);
  }
}

function* batchesOf(ids: readonly number[]): Generator<readonly number[]> {
  for (let at = 0; at < ids.length; at += BATCH) yield ids.slice(at, at + BATCH);
}

/** Those of the lines that are in the scope. */
function headsOf(db: Reader, scope: LogScope, ids: readonly number[]): LineHead[] {
  return rowsOf<LineHead>(db, headsSql(scope), [JSON.stringify(ids), ...scope.test.parameters]);
}

function textOf(db: Reader, id: number): string {
  const event = prepared<PresentableEvent>(db, TEXT).get(id);
  return event ? presentedEvent(db, event).text : "";
}

/** Numbers of the lines of all that a call started, and of what the caller's session itself got told meanwhile. */
function linesUnderCall(db: Reader, toolUseId: string): number[] {
  const answer = toolCallChildren(db, toolUseId);
  if (!answer) return [];
  const ids = new Set<number>();
  for (const child of answer.rows) {
    const below = rowsOf<{ id: string }>(db, BELOW, [child.session_id]).map(({ id }) => id);
    for (const { id } of rowsOf<{ id: number }>(db, LINES_OF_SESSIONS, [JSON.stringify(below)])) ids.add(id);
  }
  const { session_id: sessionId } = answer;
  const spawns = spawnFinder(db);
  for (const line of [
    ...rowsOf<DirectLine>(db, LINES_MEANWHILE, [toolUseId]),
    ...rowsOf<DirectLine>(db, LINES_OF_TRACES, [toolUseId, sessionId]),
  ]) {
    if (spawns.ofHappening({ ...line, sessionId })?.tool_use_id === toolUseId) ids.add(line.id);
  }
  return [...ids];
}

interface DirectLine {
  readonly id: number;
  readonly ts: number;
  readonly traceId: string | null;
  readonly spanId: string | null;
}
