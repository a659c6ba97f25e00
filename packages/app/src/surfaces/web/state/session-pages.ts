/** @module The session list by pages: rows come when they are looked at, stay while the list lives, and are renewed by changes. */
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { SessionRow, SessionsAnswer } from "../../../model/answers.ts";
import { ApiError, ask, timeZone } from "./api.ts";
import { useRevision } from "./live.ts";

export const PAGE_ROWS = 100;
const KEPT_LISTS = 6;

interface List {
  total: number | null;
  error: ApiError | null;
  readonly pages: Map<number, readonly SessionRow[]>;
  readonly asked: Set<number>;
}

/** Lists of earlier filters, so that Back shows at once what was there. */
const lists = new Map<string, List>();

function listOf(key: string): List {
  const list = lists.get(key) ?? { total: null, error: null, pages: new Map(), asked: new Set() };
  lists.delete(key);
  lists.set(key, list);
  if (lists.size > KEPT_LISTS) lists.delete(lists.keys().next().value!);
  return list;
}

export interface SessionPages {
  /** Null until the first page has come. */
  readonly total: number | null;
  readonly error: ApiError | null;
  /** Undefined: not loaded yet. */
  row(index: number): SessionRow | undefined;
  /** Asks for the pages that hold these rows. */
  need(first: number, last: number): void;
  retry(): void;
}

export function useSessionPages(q: string, sort: string): SessionPages {
  const key = `${sort}\n${q}`;
  const list = useMemo(() => listOf(key), [key]);
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const revision = useRevision("all");
  const abort = useMemo(() => new AbortController(), [key]);
  useEffect(() => () => abort.abort(), [abort]);

  const load = (page: number) => {
    list.asked.add(page);
    ask<SessionsAnswer>(
      "sessions",
      { q, sort, tz: timeZone, limit: PAGE_ROWS, offset: page * PAGE_ROWS },
      abort.signal,
    ).then(
      (answer) => {
        list.total = answer.total;
        list.error = null;
        list.pages.set(page, answer.rows);
        redraw(0);
      },
      (error: unknown) => {
        list.asked.delete(page);
        if (abort.signal.aborted) return;
        list.error = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
        redraw(0);
      },
    );
  };
  // After a change every page may have moved: those that are looked at are asked again, the others when they are next needed.
  useEffect(() => {
    list.asked.clear();
    redraw(0);
  }, [list, revision]);

  return {
    total: list.total,
    error: list.error,
    row: (index) => list.pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS],
    need(first, last) {
      if (list.error) return;
      for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(Math.max(first, last) / PAGE_ROWS); page++) {
        if (!list.asked.has(page)) load(page);
      }
    },
    retry() {
      list.error = null;
      list.asked.clear();
      redraw(0);
    },
  };
}
