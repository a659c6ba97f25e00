/** @module Full-text search over every event: any input is safe, and what is found literally stands there. */
import type { SearchAnswer, SearchRow } from "../model/answers.ts";
import { eventBody, PRESENT_COLUMNS, type PresentableEvent, presentedEvent } from "./event-body.ts";
import type { Filter } from "./filter/filter.ts";
import { type FilterContext, filterSql } from "./filter/sql.ts";
import { prepared, type Reader, rowOf, rowsOf } from "./reader.ts";
import { type ChangedThing, changedThing, changesShownBefore, searchSubject } from "./search-subject.ts";
import { type SearchWords, searchWords } from "./search-words.ts";
import { isoTime } from "./session-row.ts";
import { knowsShared } from "./shared-subject.ts";
import { snippetOf } from "./snippet.ts";

export type SearchSort = "newest" | "relevance";

export interface SearchQuestion extends FilterContext {
  /** Words to find; its terms choose the sessions. Read in mode "search". */
  readonly filter: Filter;
  /** Default 20. */
  readonly limit?: number;
  /** Only events shown before this one: `next_before` of the page before. */
  readonly before?: number;
  readonly sort?: SearchSort;
  /** Event types, `*` at the end stands for any rest; default all. */
  readonly types?: readonly string[];
  /** Milliseconds; measures the time budget. Default: the system's. */
  readonly clock?: () => number;
  /** Default 2,000 milliseconds; spent only where texts must be read or sessions are filtered. */
  readonly budgetMs?: number;
}

export interface SearchResult extends SearchAnswer {
  /** The time was up before all of the archive was looked at. */
  readonly stopped_early: boolean;
  /** Pass as `before` for the next page; null: there is none. */
  readonly next_before: number | null;
}

/** Counting stops here. */
export const COUNT_LIMIT = 1000;
/** Relevance is judged among this many of the newest matches: ranking a common word's matches takes a second. */
const RANKED = 2000;
/** Where texts must be read, an exact total is not worth more time than this. */
const COUNT_BUDGET_MS = 10;
const PAGE = 512;
const LAST = Number.MAX_SAFE_INTEGER;

/** Newest first by rowid: no sorting, the walk ends with the page. */
export const MATCHES =
  "SELECT rowid AS id FROM search_index WHERE search_index MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?";
export const MATCH_COUNT = `SELECT count(*) AS total FROM (SELECT 1 FROM search_index WHERE search_index MATCH ? LIMIT ${COUNT_LIMIT})`;
/** The rank of each, sorted by us: sorting by rank in FTS5 ranks all matches, whatever the range (24 ms against 1,100 at a million). */
export const RANKED_MATCHES =
  "SELECT rowid AS id, bm25(search_index) AS rank FROM search_index WHERE search_index MATCH ? AND rowid >= ?";
/** Of several changes of one thing one is shown: how many of the newest matches are not. */
export const OLDER_CHANGES = `SELECT count(*) - count(DISTINCT c.target || ' ' || c.subject) AS older
  FROM (SELECT rowid AS id FROM search_index WHERE search_index MATCH ? ORDER BY rowid DESC LIMIT ?) m
  CROSS JOIN events e ON e.id = m.id CROSS JOIN changes c ON c.seq = e.seq AND c.event_id = e.event_id WHERE e.type = 'change'`;
const MATCHES_ONE = "SELECT 1 FROM search_index WHERE search_index MATCH ? AND rowid = ?";
const ANY_CHANGE = "SELECT 1 FROM changes LIMIT 1";
/** One event for each hit, by the primary key. */
export const HIT = `SELECT e.id, e.event_id, e.session_id, e.ts, e.seq, ${PRESENT_COLUMNS} FROM events e WHERE e.id = ?`;
/** Where no word has a token: everything, newest first. */
export const ALL_EVENTS = `SELECT e.id, e.event_id, e.session_id, e.ts, e.seq, ${PRESENT_COLUMNS} FROM events e WHERE e.id < ? ORDER BY e.id DESC LIMIT ${PAGE}`;

interface Hit extends PresentableEvent {
  readonly id: number;
  readonly event_id: string;
  readonly session_id: string;
  readonly ts: number | null;
  readonly seq: number;
}

interface Search {
  readonly db: Reader;
  readonly words: SearchWords;
  readonly accepts: (hit: Hit) => boolean;
  /** False for a change of something that a newer one has shown already. Asked once of each, newest first. */
  readonly isFirst: (hit: Hit) => boolean;
  /** False: every match of the index is a hit. */
  readonly checked: boolean;
  /** The time for finding rows is up. */
  readonly timeIsUp: () => boolean;
  /** The time for counting on, once the rows are found, is up. */
  readonly countTimeIsUp: () => boolean;
}

interface Found {
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly isLowerBound: boolean;
  readonly stoppedEarly: boolean;
}

/** Finds events. Without any word the answer is empty. */
export function searchEvents(db: Reader, question: SearchQuestion): SearchResult {
  const clock = question.clock ?? (() => performance.now());
  const started = clock();
  const deadline = started + (question.budgetMs ?? 2000);
  const words = searchWords(question.filter.words);
  const limit = question.limit ?? 20;
  const sessions = matchingSessions(db, question);
  const accepts = acceptor(sessions, question.types);
  const before = question.sort === "relevance" ? LAST : (question.before ?? LAST);
  const isHit = (hit: Hit): boolean =>
    accepts(hit) &&
    (!words.mustRead || (words.mayStandIn(eventBody(db, hit)) && words.standIn(presentedEvent(db, hit).text)));
  const search: Search = {
    db,
    words,
    accepts: isHit,
    isFirst: firstOfEach(db, words, before, isHit),
    checked: words.mustRead || sessions !== null || question.types !== undefined,
    timeIsUp: () => clock() > deadline,
    countTimeIsUp: () => clock() > started + COUNT_BUDGET_MS,
  };
  const found = findHits(search, question, sessions, before, limit);
  return {
    rows: searchRows(search, found.hits),
    total: found.total,
    total_is_lower_bound: found.isLowerBound,
    took_ms: Math.round((clock() - started) * 1000) / 1000,
    stopped_early: found.stoppedEarly,
    next_before: question.sort !== "relevance" && found.hits.length === limit ? found.hits.at(-1)!.id : null,
  };
}

function findHits(
  search: Search,
  question: SearchQuestion,
  sessions: ReadonlySet<string> | null,
  before: number,
  limit: number,
): Found {
  const { db, words } = search;
  if (words.isEmpty || sessions?.size === 0) {
    return { hits: [], total: 0, isLowerBound: false, stoppedEarly: false };
  }
  if (words.match === null) return walk(search, eventPages(db, before), limit);
  if (question.sort === "relevance") return rankedHits(search, words.match, limit);
  if (!search.checked) {
    const pages = matchPages(db, words.match, before, [[0, LAST]], limit);
    const hits = [...firstHits(search, pages, limit)];
    const total = rowsOf<{ total: number }>(db, MATCH_COUNT, [words.match])[0]!.total;
    return {
      hits,
      total: total - olderChanges(db, words.match, COUNT_LIMIT),
      isLowerBound: total >= COUNT_LIMIT,
      stoppedEarly: false,
    };
  }
  const ranges = sessions && sessions.size <= FEW_SESSIONS ? eventRanges(db, sessions) : [[0, LAST] as const];
  return walk(search, matchPages(db, words.match, before, ranges), limit);
}

/** Looks at candidates page by page: the first `limit` are the page's rows, the others are counted while there is time. */
function walk(search: Search, pages: Iterable<readonly Hit[]>, limit: number): Found {
  const hits: Hit[] = [];
  let total = 0;
  for (const page of pages) {
    for (const hit of page) {
      if (search.accepts(hit) && search.isFirst(hit)) {
        total++;
        if (hits.length < limit) hits.push(hit);
        if (total >= COUNT_LIMIT && hits.length === limit)
          return { hits, total, isLowerBound: true, stoppedEarly: false };
      }
      if (search.words.mustRead) {
        if (hits.length === limit && search.countTimeIsUp())
          return { hits, total, isLowerBound: true, stoppedEarly: false };
        if (search.timeIsUp()) return { hits, total, isLowerBound: true, stoppedEarly: true };
      }
    }
    if (hits.length === limit && search.countTimeIsUp())
      return { hits, total, isLowerBound: true, stoppedEarly: false };
    if (search.timeIsUp()) return { hits, total, isLowerBound: true, stoppedEarly: true };
  }
  return { hits, total, isLowerBound: false, stoppedEarly: false };
}

function rankedHits(search: Search, match: string, limit: number): Found {
  const { db } = search;
  const newest = idsOf(db, match, LAST, RANKED);
  const oldest = newest.at(-1);
  if (oldest === undefined) return { hits: [], total: 0, isLowerBound: false, stoppedEarly: false };
  const ranked = rowsOf<{ id: number; rank: number }>(db, RANKED_MATCHES, [match, oldest])
    .sort((a, b) => a.rank - b.rank || b.id - a.id)
    .map((row) => row.id);
  const found = search.checked
    ? walk(search, [hitsOf(db, ranked)], limit)
    : {
        hits: [...firstHits(search, pagesOf(db, ranked, limit), limit)],
        stoppedEarly: false,
        total: newest.length - olderChanges(db, match, RANKED),
      };
  return {
    hits: found.hits,
    total: found.total,
    isLowerBound: newest.length >= RANKED || found.stoppedEarly,
    stoppedEarly: found.stoppedEarly,
  };
}

function* firstHits(search: Search, pages: Iterable<readonly Hit[]>, limit: number): Generator<Hit> {
  let left = limit;
  for (const page of pages) {
    for (const hit of page) {
      if (!search.isFirst(hit)) continue;
      yield hit;
      if (--left === 0) return;
    }
  }
}

function olderChanges(db: Reader, match: string, among: number): number {
  if (!knowsShared(db) || !rowOf(db, ANY_CHANGE)) return 0;
  return rowOf<{ older: number }>(db, OLDER_CHANGES, [match, among])!.older;
}

/** `before`: what a page that begins later has shown before this one counts, too. */
function firstOfEach(
  db: Reader,
  words: SearchWords,
  before: number,
  isHit: (hit: Hit) => boolean,
): (hit: Hit) => boolean {
  const seen = new Set<string>();
  const isMatch = (id: number): boolean =>
    words.match === null || rowOf(db, MATCHES_ONE, [words.match, id]) !== undefined;
  const wasShown = (thing: ChangedThing): boolean =>
    changesShownBefore(db, thing, before - 1).some((id) => isMatch(id) && hitsOf(db, [id]).some(isHit));
  return (hit) => {
    const thing = hit.type === "change" ? changedThing(db, hit) : null;
    if (!thing) return true;
    const key = `${thing.target} ${thing.subject}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return before === LAST || !wasShown(thing);
  };
}

function idsOf(db: Reader, match: string, before: number, limit: number): number[] {
  return rowsOf<{ id: number }>(db, MATCHES, [match, before, limit]).map((row) => row.id);
}

function hitsOf(db: Reader, ids: readonly number[]): Hit[] {
  const statement = prepared<Hit>(db, HIT);
  return ids.flatMap((id) => statement.get(id) ?? []);
}

function* pagesOf(db: Reader, ids: readonly number[], size: number): Generator<readonly Hit[]> {
  for (let at = 0; at < ids.length; at += size) yield hitsOf(db, ids.slice(at, at + size));
}

function* eventPages(db: Reader, before: number): Generator<readonly Hit[]> {
  for (let next = before; ; ) {
    const page = rowsOf<Hit>(db, ALL_EVENTS, [next]);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    next = page.at(-1)!.id;
  }
}

const FEW_SESSIONS = 64;
export const MATCHES_IN_RANGE =
  "SELECT rowid AS id FROM search_index WHERE search_index MATCH ? AND rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?";
/** First and last event of a session: two steps into events_by_session. */
export const EVENT_RANGE = `SELECT (SELECT min(id) FROM events WHERE session_id = ?) AS first, (SELECT max(id) FROM events WHERE session_id = ?) AS last`;

/** Ranges of event ids that hold all events of a few sessions, newest first, not overlapping. */
function eventRanges(db: Reader, sessions: ReadonlySet<string>): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const id of sessions) {
    const range = rowsOf<{ first: number | null; last: number | null }>(db, EVENT_RANGE, [id, id])[0];
    if (range && range.first !== null && range.last !== null) ranges.push([range.first, range.last + 1]);
  }
  ranges.sort((a, b) => b[0] - a[0]);
  const joined: [number, number][] = [];
  for (const range of ranges) {
    const newer = joined.at(-1);
    if (newer && range[1] >= newer[0]) {
      newer[0] = range[0];
      newer[1] = Math.max(newer[1], range[1]);
    } else joined.push(range);
  }
  return joined;
}

/** Pages grow, so that a first page costs little and a long walk few queries. */
function* matchPages(
  db: Reader,
  match: string,
  before: number,
  ranges: readonly (readonly [number, number])[],
  firstSize = 64,
): Generator<readonly Hit[]> {
  let size = firstSize;
  for (const [first, end] of ranges) {
    for (let next = Math.min(before, end); next > first; ) {
      const ids = rowsOf<{ id: number }>(db, MATCHES_IN_RANGE, [match, next, first, size]).map((row) => row.id);
      if (ids.length > 0) yield hitsOf(db, ids);
      if (ids.length < size) break;
      next = ids.at(-1)!;
      size = Math.min(size * 2, 2048);
    }
  }
}

/** Ids of the sessions that the filter's terms choose; null when it has none. */
function matchingSessions(db: Reader, question: SearchQuestion): ReadonlySet<string> | null {
  if (question.filter.terms.length === 0) return null;
  const where = filterSql({ terms: question.filter.terms, words: [] }, question);
  const rows = rowsOf<{ session_id: string }>(
    db,
    `SELECT s.session_id FROM sessions s WHERE ${where.sql}`,
    where.parameters,
  );
  return new Set(rows.map((row) => row.session_id));
}

function acceptor(sessions: ReadonlySet<string> | null, types: readonly string[] | undefined): (hit: Hit) => boolean {
  const matchesType = (type: string): boolean =>
    types === undefined || types.some((one) => (one.endsWith("*") ? type.startsWith(one.slice(0, -1)) : type === one));
  return (hit) => (sessions === null || sessions.has(hit.session_id)) && matchesType(hit.type);
}

const SESSION_OF_HIT = `SELECT s.title, p.name AS project FROM sessions s
  CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id CROSS JOIN projects p ON p.project_id = w.project_id WHERE s.session_id = ?`;

function searchRows(search: Search, hits: readonly Hit[]): SearchRow[] {
  const session = prepared<{ title: string | null; project: string }>(search.db, SESSION_OF_HIT);
  return hits.map((hit) => {
    const { title, project } = session.get(hit.session_id) ?? { title: null, project: "" };
    const { snippet, hits } = snippetOf(presentedEvent(search.db, hit).text, search.words);
    const thing = hit.type === "change" ? changedThing(search.db, hit) : null;
    const changed = thing ? searchSubject(search.db, thing, hit) : null;
    return {
      session_id: hit.session_id,
      event_id: hit.event_id,
      ts: isoTime(hit.ts),
      kind: hit.type,
      snippet,
      hits,
      session_title: title,
      project: changed?.project ?? project,
      ...changed?.fields,
    };
  });
}
