/**
 * @module The lines that pass the choices, newest first, by pages: each is asked for when one scrolls to it, those far away
 * are let go and asked for again, and what is new is put on top, or counted while one reads further down.
 */
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { LogRow, LogsAnswer } from "../../http/answers.ts";
import { ApiError, ask, type Parameters } from "../state/api.ts";
import { useRevision } from "../state/live.ts";

export const PAGE_ROWS = 100;
/** Pages whose rows are kept on either side of the one that is looked at. */
const KEPT_PAGES = 15;
/** Lines put on top of the first page one by one; with more, the list begins anew. */
const MOST_ON_TOP = 1_000;
/** Milliseconds between two looks for what is new. */
const EVERY_MS = 1_000;

interface LogPage {
  /** Null: the newest lines. */
  readonly cursor: string | null;
  /** Null: let go. */
  rows: readonly LogRow[] | null;
  count: number;
}

interface State {
  pages: LogPage[];
  next: string | null;
  /** The newest answer about all of it: total and facets. */
  answer: LogsAnswer | null;
  error: ApiError | null;
  loading: boolean;
  /** Lines that came while one reads further down; with `arrivedMore` more than a page of them. */
  arrived: number;
  arrivedMore: boolean;
  isAtTop: boolean;
}

export interface LogLines {
  readonly answer: LogsAnswer | null;
  readonly error: ApiError | null;
  readonly loading: boolean;
  /** Lines that have a place in the list. */
  readonly known: number;
  readonly hasMore: boolean;
  readonly arrived: number;
  readonly arrivedMore: boolean;
  /** Undefined: not loaded. */
  row(index: number): LogRow | undefined;
  indexOf(eventId: string): number;
  /** Says which lines are looked at, and whether one is at the top, where new ones appear by themselves. */
  need(first: number, last: number, isAtTop: boolean): void;
  /** Begins anew with the newest lines. */
  renew(): void;
  retry(): void;
}

export function useLogLines(parameters: Parameters): LogLines {
  const key = JSON.stringify(parameters);
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const revision = useRevision("all", EVERY_MS);
  const abort = useMemo(() => new AbortController(), [key]);
  const state = useMemo<State>(
    () => ({
      pages: [],
      next: null,
      answer: null,
      error: null,
      loading: false,
      arrived: 0,
      arrivedMore: false,
      isAtTop: true,
    }),
    [key],
  );
  useEffect(() => () => abort.abort(), [abort]);

  const askPage = (cursor: string | null) =>
    ask<LogsAnswer>("logs", { ...parameters, limit: PAGE_ROWS, ...(cursor === null ? {} : { cursor }) }, abort.signal);
  const run = async (work: () => Promise<void>) => {
    state.loading = true;
    redraw(0);
    try {
      await work();
      state.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      state.error = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
    }
    state.loading = false;
    redraw(0);
  };
  const begin = (answer: LogsAnswer) => {
    state.pages = [{ cursor: null, rows: answer.rows, count: answer.rows.length }];
    state.next = answer.next;
    state.answer = answer;
    state.arrived = 0;
    state.arrivedMore = false;
  };
  const renew = () => void run(async () => begin(await askPage(null)));
  const older = () =>
    void run(async () => {
      const cursor = state.next;
      if (cursor === null) return;
      const answer = await askPage(cursor);
      // Lines may have moved to another place in time meanwhile: none is shown twice.
      const known = new Set(state.pages.flatMap((page) => page.rows?.map((row) => row.event_id) ?? []));
      const rows = answer.rows.filter((row) => !known.has(row.event_id));
      state.pages.push({ cursor, rows, count: rows.length });
      state.next = answer.next;
    });
  const reload = (page: LogPage) =>
    void run(async () => {
      const { rows } = await askPage(page.cursor);
      page.rows = rows.slice(0, page.count);
    });

  /** What has come since: on top while one is there, else only counted. */
  const look = async () => {
    if (state.loading || state.pages.length === 0) return;
    const answer = await askPage(null).catch(() => null);
    const first = state.pages[0];
    if (!answer || !first || abort.signal.aborted) return;
    state.answer = answer;
    const known = new Set(first.rows?.map((row) => row.event_id) ?? []);
    const last = answer.rows.at(-1);
    const end = last ? (first.rows?.findIndex((row) => row.event_id === last.event_id) ?? -1) : -1;
    const isWhole = answer.next === null && state.next === null && state.pages.length === 1;
    const fresh = answer.rows.filter((row) => !known.has(row.event_id)).length;
    if (state.isAtTop) {
      if (isWhole || end < 0 || first.count > MOST_ON_TOP) begin(answer);
      else {
        first.rows = [...answer.rows, ...(first.rows ?? []).slice(end + 1)];
        first.count = first.rows.length;
        state.arrived = 0;
      }
    } else {
      state.arrived = fresh;
      state.arrivedMore = answer.rows.length > 0 && fresh === answer.rows.length && answer.next !== null;
    }
    redraw(0);
  };

  useEffect(renew, [state]);
  useEffect(() => {
    if (revision > 0) void look();
  }, [revision]);

  const known = state.pages.reduce((sum, page) => sum + page.count, 0);
  return {
    answer: state.answer,
    error: state.error,
    loading: state.loading || (state.answer === null && state.error === null),
    known,
    hasMore: state.next !== null,
    arrived: state.arrived,
    arrivedMore: state.arrivedMore,
    row(index) {
      let rest = index;
      for (const page of state.pages) {
        if (rest < page.count) return page.rows?.[rest];
        rest -= page.count;
      }
      return undefined;
    },
    indexOf(eventId) {
      let before = 0;
      for (const page of state.pages) {
        const found = page.rows?.findIndex((row) => row.event_id === eventId) ?? -1;
        if (found >= 0) return before + found;
        before += page.count;
      }
      return -1;
    },
    need(first, last, isAtTop) {
      const hasReturned = isAtTop && !state.isAtTop && state.arrived > 0;
      state.isAtTop = isAtTop;
      if (hasReturned) return void look();
      if (state.loading || state.error || state.pages.length === 0) return;
      let start = 0;
      const [from, to] = [first - KEPT_PAGES * PAGE_ROWS, last + KEPT_PAGES * PAGE_ROWS];
      for (const page of state.pages) {
        const end = start + page.count;
        if (end < from || start > to) {
          // The first one holds what was put on top: asked anew it would be another one.
          if (page.cursor !== null) page.rows = null;
        } else if (page.rows === null && end > first && start <= last) return reload(page);
        start = end;
      }
      if (state.next !== null && last >= known - PAGE_ROWS / 2) older();
    },
    renew,
    retry() {
      state.error = null;
      renew();
    },
  };
}
