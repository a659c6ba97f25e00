/** @module The transcript's window of records: pages are added at one end and dropped at the other, so its size is bounded. */
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { TimelinePage, TimelineRow } from "../../http/answers.ts";
import type { TimelineView } from "../../http/questions.ts";
import { ApiError, ask } from "../state/api.ts";
import { useRevision } from "../state/live.ts";

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
}

export interface Timeline extends Readonly<Window> {
  older(): Promise<void>;
  newer(): Promise<void>;
  /** Null: the beginning; "end": the last records. */
  jump(to: { readonly eventId: string } | "end" | null): Promise<Outcome>;
  retry(): void;
}

export function useTimeline(sessionId: string, firstEventId: string | null, view: TimelineView): Timeline {
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const revision = useRevision(sessionId);
  const state = useMemo<Window & { request: AbortController | null }>(
    () => ({ rows: [], hasBefore: false, hasAfter: false, loading: true, error: null, jumps: 0, request: null }),
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
    return state.error ? "failed" : "done";
  };
  const older = async () => {
    const first = state.rows[0];
    if (!first || !state.hasBefore) return;
    await run({ before: first.id }, false, (page) => {
      const rows = [...page.rows, ...state.rows];
      state.hasBefore = page.has_before;
      state.hasAfter ||= rows.length > MOST_ROWS;
      state.rows = rows.slice(0, MOST_ROWS);
    });
  };
  const newer = async () => {
    const last = state.rows.at(-1);
    if (!last) return void jump(null);
    await run({ after: last.id }, false, (page) => {
      const rows = [...state.rows, ...page.rows];
      state.hasAfter = page.has_after;
      state.hasBefore ||= rows.length > MOST_ROWS;
      state.rows = rows.slice(-MOST_ROWS);
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
    if (revision > 0 && !state.hasAfter) void newer();
  }, [revision]);
  return { ...state, older, newer, jump, retry: () => void jump(firstEventId ? { eventId: firstEventId } : null) };
}
