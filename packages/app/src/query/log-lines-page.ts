/** @module A page of log lines and the cursor to its next. */
import type { LogFacets } from "./log-lines-facets.ts";

/** Counting stops here. */
export const COUNT_LIMIT = 10_000;

/** Place of a line in the order of time. */
export interface LineCursor {
  /** Milliseconds UTC. */
  readonly ts: number;
  readonly id: number;
}

export interface FoundLines {
  readonly page: readonly LineCursor[];
  /** Null: not counted to the end. */
  readonly total: number | null;
  readonly next: string | null;
  readonly facets: LogFacets;
  readonly stoppedEarly: boolean;
}

/** `rows`: one more than the page holds, where there are more. */
export function cutPage(rows: readonly LineCursor[], limit: number): Pick<FoundLines, "page" | "next"> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { page: rows.slice(0, limit), next: last ? `${last.ts}.${last.id}` : null };
}

/** Null: there is none, or it is none of ours. */
export function parseLineCursor(text: string | undefined): LineCursor | null {
  const found = /^(-?\d{1,16})\.(\d{1,16})$/u.exec(text ?? "");
  return found ? { ts: Number(found[1]), id: Number(found[2]) } : null;
}
