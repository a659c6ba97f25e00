/** @module The export as a whole: sessions of the store, one at a time, to spans, to batches, to whoever takes them. */

import { exportedRoots, sessionsBelow } from "../../query/export-sessions.ts";
import type { Filter } from "../../query/filter/filter.ts";
import type { Reader } from "../../query/reader.ts";
import { countSessions } from "../../query/sessions.ts";
import { batchesOf, type SpanBatch } from "./batches.ts";
import { sessionSpans } from "./session-spans.ts";
import type { SessionSpans } from "./span.ts";

export interface ExportQuestion {
  /** These and what they started; else all that pass the filter, and what they started. */
  readonly sessionIds: readonly string[];
  readonly filter: Filter;
  readonly timeZone: string;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly content: boolean;
}

export interface ExportCounts {
  sessions: number;
  spans: number;
  batches: number;
  /** Nothing of them has a time. */
  undated_sessions: number;
  /** Not accepted, as the receiver says. */
  rejected_spans: number;
  retries: number;
  /** Of the messages, before compression. */
  bytes: number;
}

/** What became of a batch. */
export interface Delivered {
  readonly bytes: number;
  readonly retries: number;
  readonly rejectedSpans: number;
}

/** Ids of roots that are asked for at once: a few pages of the primary key. */
const PAGE = 500;

/** How many sessions an export begins with; what they started comes on top. */
export function countRoots(db: Reader, question: ExportQuestion): number {
  // Asked for nobody's sake: a database of an older Clew says so here, and not in the middle.
  sessionSpans(db, { ...question, sessionId: question.sessionIds[0] ?? "", content: false });
  return question.sessionIds.length > 0 ? question.sessionIds.length : countSessions(db, question);
}

/**
 * Delivers everything, a batch after the other; holds one session and one batch in memory. `counts` is kept up to date, so
 * that it says how far an export came that was stopped or has failed.
 */
export async function exportSessions(
  db: Reader,
  question: ExportQuestion,
  deliver: (batch: SpanBatch) => Promise<Delivered>,
  counts: ExportCounts,
  isStopped: () => boolean,
): Promise<void> {
  for (const batch of batchesOf(spansOf(db, question, counts))) {
    if (isStopped()) return;
    const { bytes, retries, rejectedSpans } = await deliver(batch);
    counts.spans += batch.spans;
    counts.batches++;
    counts.bytes += bytes;
    counts.retries += retries;
    counts.rejected_spans += rejectedSpans;
  }
}

function* spansOf(db: Reader, question: ExportQuestion, counts: ExportCounts): Generator<SessionSpans> {
  const { now, content } = question;
  for (const sessionId of idsOf(db, question)) {
    const spans = sessionSpans(db, { sessionId, now, content });
    if (spans) {
      counts.sessions++;
      yield spans;
    } else counts.undated_sessions++;
  }
}

function* idsOf(db: Reader, question: ExportQuestion): Generator<string> {
  // A session that is named along with one above it is exported once.
  const seen = new Set<string>();
  for (const named of question.sessionIds) {
    for (const id of sessionsBelow(db, named)) {
      if (seen.has(id)) continue;
      seen.add(id);
      yield id;
    }
  }
  if (question.sessionIds.length > 0) return;
  for (let after = ""; ; ) {
    const roots = exportedRoots(db, question, { after, limit: PAGE });
    for (const root of roots) yield* sessionsBelow(db, root);
    if (roots.length < PAGE) return;
    after = roots.at(-1)!;
  }
}

export function noCounts(): ExportCounts {
  return { sessions: 0, spans: 0, batches: 0, undated_sessions: 0, rejected_spans: 0, retries: 0, bytes: 0 };
}
