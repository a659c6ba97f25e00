/**
 * @module The window on a session's interleaved timeline: pages are added at one end and dropped at the other, and what
 * happens is added at its end while that is loaded.
 */
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { CorrelatedPage, CorrelatedRow } from "../../../http/answers.ts";
import { ApiError, ask, type Parameters } from "../../state/api.ts";
import { useRevision } from "../../state/live.ts";

const PAGE_ROWS = 100;
/** Rows in the document at once. */
const MOST_ROWS = 300;
/** Milliseconds between two looks for what has happened. */
const EVERY_MS = 500;

/** superseded: another jump took its place. */
type Outcome = "done" | "failed" | "superseded";

interface Window {
  rows: readonly CorrelatedRow[];
  first: string | null;
  last: string | null;
  hasBefore: boolean;
  hasAfter: boolean;
  facets: CorrelatedPage["facets"];
  loading: boolean;
  error: ApiError | null;
  /** Grows when the window has jumped elsewhere instead of growing. */
  jumps: number;
  /** Rows that have come at its end since it was opened, because they happened. */
  arrived: number;
}

export interface Correlated extends Readonly<Window> {
  older(): Promise<void>;
  newer(): Promise<void>;
  /** Null: the beginning; "end": the last rows. */
  jump(to: { readonly eventId: string } | "end" | null): Promise<Outcome>;
  retry(): void;
}

interface Options {
  readonly sessionId: string;
  /** What the choices of sources, levels and services ask for. */
  readonly choices: Parameters;
  /** It goes on: what it started may tell something without a word of its own. */
  readonly isLive: boolean;
  /** Where to open it; null: at the beginning. */
  readonly firstEventId: string | null;
}

/** The cursors of a window that was cut: each row's own is not known, so that only whole pages are dropped. */
interface KeptPage {
  readonly rows: readonly CorrelatedRow[];
  readonly first: string | null;
  readonly last: string | null;
}

export function useCorrelated({ sessionId, choices, isLive, firstEventId }: Options): Correlated {
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const key = JSON.stringify(choices);
  const revision = useRevision(isLive ? "all" : sessionId, EVERY_MS);
  const state = useMemo<Window & { pages: KeptPage[]; request: AbortController | null; isBehind: boolean }>(
    () => ({
      rows: [],
      first: null,
      last: null,
      hasBefore: false,
      hasAfter: false,
      facets: null,
      loading: true,
      error: null,
      jumps: 0,
      arrived: 0,
      pages: [],
      request: null,
      isBehind: false,
    }),
    [sessionId, key],
  );
  const path = `sessions/${encodeURIComponent(sessionId)}/correlated`;

  const settle = () => {
    const seen = new Set<string>();
    state.rows = state.pages.flatMap((page) => page.rows).filter((row) => !seen.has(row.key) && seen.add(row.key));
    state.first = state.pages[0]?.first ?? null;
    state.last = state.pages.at(-1)?.last ?? null;
  };
  const size = () => state.pages.reduce((sum, page) => sum + page.rows.length, 0);
  const pageOf = (page: CorrelatedPage): KeptPage => ({
    rows: page.rows,
    first: page.first_cursor,
    last: page.last_cursor,
  });
  /** One request at a time; a jump takes the place of whatever is under way. */
  const run = async (
    parameters: Parameters,
    isJump: boolean,
    merge: (page: CorrelatedPage) => void,
  ): Promise<Outcome> => {
    if (state.request && !isJump) return "superseded";
    state.request?.abort();
    const request = new AbortController();
    state.request = request;
    state.loading = true;
    redraw(0);
    try {
      const page = await ask<CorrelatedPage>(path, { limit: PAGE_ROWS, ...choices, ...parameters }, request.signal);
      if (request.signal.aborted) return "superseded";
      state.facets = page.facets ?? state.facets;
      merge(page);
      settle();
      state.error = null;
    } catch (error) {
      if (request.signal.aborted) return "superseded";
      state.error = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
    }
    state.request = null;
    state.loading = false;
    redraw(0);
    if (state.isBehind && !state.hasAfter && !state.error) void news();
    return state.error ? "failed" : "done";
  };
  const older = async () => {
    if (state.first === null || !state.hasBefore) return;
    await run({ before: state.first }, false, (page) => {
      state.hasBefore = page.has_before;
      if (page.rows.length > 0) state.pages.unshift(pageOf(page));
      while (state.pages.length > 1 && size() > MOST_ROWS) {
        state.pages.pop();
        state.hasAfter = true;
      }
    });
  };
  const grow = (isNews: boolean): Promise<Outcome> => {
    if (state.last === null) return jump(null);
    return run({ after: state.last }, false, (page) => {
      state.hasAfter = page.has_after;
      if (page.rows.length === 0) return;
      if (isNews) state.arrived += page.rows.length;
      state.pages.push(pageOf(page));
      while (state.pages.length > 1 && size() > MOST_ROWS) {
        state.pages.shift();
        state.hasBefore = true;
      }
    });
  };
  const newer = async () => void (await grow(false));
  const news = async () => {
    // One request at a time: the one under way may have been answered before this happened.
    state.isBehind = state.request !== null;
    if (state.isBehind) return;
    while ((await grow(true)) === "done" && state.hasAfter);
  };
  const jump: Correlated["jump"] = (to) =>
    run(to === null ? {} : to === "end" ? { before: "end" } : { around: to.eventId }, true, (page) => {
      if (page.rows.length === 0 && to !== null) return;
      state.pages = [pageOf(page)];
      state.hasBefore = page.has_before;
      state.hasAfter = page.has_after;
      state.jumps++;
    });
  const open = async () => {
    const outcome = await jump(firstEventId ? { eventId: firstEventId } : null);
    // An address may name an event that is not of this session, or that the choices leave out.
    if (firstEventId && outcome === "done" && state.rows.length === 0) await jump(null);
  };
  useEffect(() => {
    void open();
    return () => state.request?.abort();
  }, [state]);
  useEffect(() => {
    if (revision > 0 && !state.hasAfter) void news();
  }, [revision]);
  return { ...state, older, newer, jump, retry: () => void open() };
}
