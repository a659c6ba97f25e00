/** @module The transcript's window of records: pages are added at one end and dropped at the other, so its size is bounded. */
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { TimelinePage, TimelineRow, TimelineToolCall } from "../../http/answers.ts";
import type { TimelineView } from "../../http/questions.ts";
import { ApiError, ask } from "../state/api.ts";
import { useRevision } from "../state/live.ts";
import { isLiveType } from "./live-type.ts";

const PAGE_ROWS = 60;
/** Records in the document at once. */
const MOST_ROWS = 240;

/** superseded: another jump took its place. */
type Outcome = "done" | "failed" | "superseded";

interface Window {
  rows: readonly TimelineRow[];
  hasBefore: boolean;
  hasAfter: boolean;
  loading: boolean;
  error: ApiError | null;
  /** Grows when the window has jumped elsewhere instead of growing. */
  jumps: number;
  /** Rows that have come at its end since it was opened, because they happened. */
  arrived: number;
}

export interface Timeline extends Readonly<Window> {
  older(): Promise<void>;
  newer(): Promise<void>;
  /** Null: the beginning; "end": the last records. */
  jump(to: { readonly eventId: string } | "end" | null): Promise<Outcome>;
  retry(): void;
}

/** What came live after the last record comes again with the next page. */
function withoutRepeats(rows: readonly TimelineRow[]): TimelineRow[] {
  return [...new Map(rows.map((row) => [row.event_id, row])).values()];
}

/** A call in the window learns from its result, or its hook, what has become of it. */
function withNews(rows: readonly TimelineRow[], page: readonly TimelineRow[]): readonly TimelineRow[] {
  const news = new Map(page.flatMap((row) => row.tool_calls.map((call) => [call.tool_use_id, call])));
  if (news.size === 0) return rows;
  const renewed = (call: TimelineToolCall): TimelineToolCall => {
    const known = news.get(call.tool_use_id);
    return known ? { ...known, part: call.part } : call;
  };
  return rows.map((row) => {
    if (!row.tool_calls.some((call) => news.has(call.tool_use_id))) return row;
    const calls = row.tool_calls.map(renewed);
    return { ...row, tool_calls: calls, tool_call: calls[0] ?? null };
  });
}

/** No record stands in the window: only hooks and our own events have told of the session so far. */
function isLiveAlone(rows: readonly TimelineRow[]): boolean {
  return rows.length > 0 && rows.every((row) => !row.is_live && isLiveType(row.type));
}

/** The window's beginning, up to what came live after its last record. */
function firstOf(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  let end = Math.min(MOST_ROWS, rows.length);
  while (rows[end]?.is_live) end++;
  return rows.slice(0, end);
}

/** The window's end, from its last record at the latest: the next page goes on from there. */
function lastOf(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  const last = rows.findLastIndex((row) => !row.is_live);
  return rows.slice(Math.max(0, Math.min(rows.length - MOST_ROWS, last)));
}

export function useTimeline(sessionId: string, firstEventId: string | null, view: TimelineView): Timeline {
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const revision = useRevision(sessionId);
  const state = useMemo<Window & { request: AbortController | null; isBehind: boolean }>(
    () => ({
      rows: [],
      hasBefore: false,
      hasAfter: false,
      loading: true,
      error: null,
      jumps: 0,
      arrived: 0,
      request: null,
      isBehind: false,
    }),
    [sessionId, view],
  );
  const path = `sessions/${encodeURIComponent(sessionId)}/timeline`;

  /** One request at a time; a jump takes the place of whatever is under way. */
  const run = async (
    parameters: Record<string, string | number>,
    isJump: boolean,
    merge: (page: TimelinePage) => void,
  ): Promise<Outcome> => {
    if (state.request && !isJump) return "superseded";
    state.request?.abort();
    const request = new AbortController();
    state.request = request;
    state.loading = true;
    redraw(0);
    try {
      const page = await ask<TimelinePage>(path, { limit: PAGE_ROWS, view, ...parameters }, request.signal);
      if (request.signal.aborted) return "superseded";
      merge(page);
      state.error = null;
    } catch (error) {
      if (request.signal.aborted) return "superseded";
      state.error = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
    }
    state.request = null;
    state.loading = false;
    redraw(0);
    if (state.isBehind && !state.hasAfter) void news();
    return state.error ? "failed" : "done";
  };
  const older = async () => {
    const first = state.rows.find((row) => !row.is_live);
    if (!first || !state.hasBefore) return;
    await run({ before: first.id }, false, (page) => {
      const rows = withoutRepeats([...page.rows, ...state.rows]);
      state.hasBefore = page.has_before;
      state.hasAfter ||= rows.length > MOST_ROWS;
      state.rows = firstOf(rows);
    });
  };
  /** Puts rows into the window; those that were not there have just happened. */
  const arrive = (rows: readonly TimelineRow[]) => {
    const before = new Set(state.rows.map((row) => row.event_id));
    state.arrived += rows.filter((row) => !before.has(row.event_id)).length;
    state.rows = rows;
  };
  const grow = async (isNews: boolean): Promise<Outcome> => {
    const last = state.rows.findLast((row) => !row.is_live);
    if (!last) return jump(null);
    return run(isNews ? { after: last.id, limit: MOST_ROWS } : { after: last.id }, false, (page) => {
      const rows = withoutRepeats([...withNews(state.rows, page.rows), ...page.rows]);
      state.hasAfter = page.has_after;
      state.hasBefore ||= rows.length > MOST_ROWS;
      const kept = lastOf(rows);
      if (isNews) arrive(kept);
      else state.rows = kept;
    });
  };
  const newer = async () => void (await grow(false));
  /** What has happened since. A transcript may have begun meanwhile: its records then stand before and between. */
  const news = async () => {
    // One request at a time: the one under way may have been answered before this happened.
    state.isBehind = state.request !== null;
    if (state.isBehind) return;
    if (!isLiveAlone(state.rows)) {
      while ((await grow(true)) === "done" && state.hasAfter);
      return;
    }
    // What came live stands by time: what comes now may belong between the rows that are shown.
    const isWhole = !state.hasBefore && state.rows.length < MOST_ROWS;
    await run({ limit: MOST_ROWS, ...(isWhole ? {} : { before: Number.MAX_SAFE_INTEGER }) }, false, (page) => {
      arrive(page.rows);
      state.hasBefore = page.has_before;
      state.hasAfter = page.has_after;
    });
  };
  const jump: Timeline["jump"] = (to) =>
    run(
      to === null ? {} : to === "end" ? { before: Number.MAX_SAFE_INTEGER } : { around: to.eventId },
      true,
      (page) => {
        if (page.rows.length === 0 && to !== null) return;
        state.rows = page.rows;
        state.hasBefore = page.has_before;
        state.hasAfter = page.has_after;
        state.jumps++;
      },
    );

  useEffect(() => {
    void jump(firstEventId ? { eventId: firstEventId } : null).then((outcome) => {
      // An address may name an event that this session does not have.
      if (firstEventId && outcome === "done" && state.rows.length === 0) return jump(null);
    });
    return () => state.request?.abort();
  }, [state]);
  useEffect(() => {
    if (revision > 0 && !state.hasAfter) void news();
  }, [revision]);
  return { ...state, older, newer, jump, retry: () => void jump(firstEventId ? { eventId: firstEventId } : null) };
}
