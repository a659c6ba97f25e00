/** @module Entries by pages: rows come when they are looked at, and are asked again after each change. */
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { WebEntriesAnswer, WebEntryRow } from "../../http/answers.ts";
import { ApiError, ask, type Parameters } from "../state/api.ts";
import { useRevision } from "../state/live.ts";

const PAGE_ROWS = 100;
const EVERY_MS = 300;

export interface EntryPages {
  /** The newest answer: totals and facets. Null until one has come. */
  readonly answer: WebEntriesAnswer | null;
  readonly error: ApiError | null;
  /** Undefined: not loaded yet. */
  row(index: number): WebEntryRow | undefined;
  /** Asks for the pages that hold these rows. */
  need(first: number, last: number): void;
  retry(): void;
}

interface List {
  answer: WebEntriesAnswer | null;
  error: ApiError | null;
  readonly pages: Map<number, readonly WebEntryRow[]>;
  readonly asked: Set<number>;
  /** The revision that was asked for. */
  revision: number;
}

/** Of the list that was left last: Back shows at once what was there. */
let kept: { readonly key: string; readonly list: List } | null = null;

export function useEntryPages(parameters: Parameters): EntryPages {
  const key = JSON.stringify(parameters);
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const revision = useRevision("all", EVERY_MS);
  const list = useMemo((): List => {
    const pages = kept?.key === key ? kept.list.pages : new Map();
    // Facets and totals of the list before stand until the new ones come: nothing jumps.
    return { answer: kept?.list.answer ?? null, error: null, pages, asked: new Set(), revision };
  }, [key]);
  kept = { key, list };
  if (list.revision !== revision) {
    list.revision = revision;
    list.asked.clear();
  }
  const abort = useMemo(() => new AbortController(), [key]);
  useEffect(() => () => abort.abort(), [abort]);
  const load = (page: number) => {
    list.asked.add(page);
    ask<WebEntriesAnswer>("entries", { ...parameters, limit: PAGE_ROWS, offset: page * PAGE_ROWS }, abort.signal).then(
      (answer) => {
        list.answer = answer;
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
  return {
    answer: list.answer,
    error: list.error,
    row: (index) => list.pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS],
    need(first, last) {
      if (list.error) return;
      for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(Math.max(first, last) / PAGE_ROWS); page++)
        if (!list.asked.has(page)) load(page);
    },
    retry() {
      list.error = null;
      list.asked.clear();
      redraw(0);
    },
  };
}
