/** @module The changes projection: the history of what is shared, and what each thing's changes come to. */

import { foldChanges } from "../../merge/fold.ts";
import type { ChangeFact, ChangeTarget, SubjectState } from "../../model/change.ts";
import type { WriteContext } from "../context.ts";
import { HLC_COUNTERS_PER_MS } from "../device.ts";
import { sharedRows, textOfSubject } from "./shared-rows.ts";
import { type ChangeRow, historyOf } from "./subject-history.ts";

const INSERT = `
  INSERT INTO changes (change_id, target, subject, hlc, device, author, origin, tainted, session_id, event_id, seq, ts, data)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (change_id) DO NOTHING`;
const CHANGES_OF = `
  SELECT change_id AS changeId, target, subject, hlc, device, author, origin, tainted, session_id AS sessionId, ts, data
  FROM changes WHERE target = ? AND subject = ? ORDER BY hlc DESC, device DESC, change_id DESC`;
const NEWEST_SEQ = "SELECT max(seq) AS seq FROM changes WHERE target = ? AND subject = ?";
const PUT = `
  INSERT INTO subjects (target, subject, state, tainted, deleted, created_at, created_by, changed_at, changed_by, changed_hlc,
    changed_seq)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (target, subject) DO UPDATE SET state = excluded.state, tainted = excluded.tainted, deleted = excluded.deleted,
    created_at = excluded.created_at, created_by = excluded.created_by, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by, changed_hlc = excluded.changed_hlc, changed_seq = excluded.changed_seq
  RETURNING id`;
const DROP_TEXT = "DELETE FROM shared_index WHERE rowid = ?";
const PUT_TEXT = "INSERT INTO shared_index (rowid, text) VALUES (?, ?)";
const SEEN = `
  INSERT INTO inbox_marks (identity, seq, ts) VALUES (?, ?, ?)
  ON CONFLICT (identity) DO UPDATE SET seq = excluded.seq, ts = excluded.ts WHERE excluded.seq > seq`;

/** Where and when a change's event stands in this device's log. */
/** By changes_by_hlc. */
const NEWEST_HLC = "SELECT max(hlc) AS hlc FROM changes WHERE hlc <= ?";
/** A foreign clock that is ahead by no more is followed: ten years. */
const FARTHEST_HLC = 10 * 366 * 24 * 3600 * 1000 * HLC_COUNTERS_PER_MS;

export interface EventStamp {
  readonly seq: number;
  readonly hlc: number;
  readonly deviceId: string;
}

export interface ChangeProjection {
  change(fact: ChangeFact, eventId: string, stamp: EventStamp): void;
  /** An identity has looked at everything up to a number of this device's log. */
  seen(identity: string, seq: number, ts: number): void;
  /** Folds what has changed. Before the transaction ends. */
  settle(): void;
  reset(): void;
}

export function changeProjection({ db, clock }: WriteContext): ChangeProjection {
  const insert = db.prepare(INSERT);
  const changesOf = db.prepare<[string, string], ChangeRow>(CHANGES_OF);
  const newestSeq = db.prepare<[string, string], { seq: number }>(NEWEST_SEQ);
  const put = db.prepare(PUT);
  const dropText = db.prepare(DROP_TEXT);
  const putText = db.prepare(PUT_TEXT);
  const markSeen = db.prepare(SEEN);
  const rows = sharedRows(db);
  const changed = new Map<string, { readonly target: ChangeTarget; readonly subject: string }>();
  const findNewestHlc = db.prepare<[number], { hlc: number | null }>(NEWEST_HLC);
  let newestHlc: number | null = null;
  /** Greatest stamp of all changes so far. */
  const lastHlc = (): number => {
    newestHlc ??= findNewestHlc.get(clock() * HLC_COUNTERS_PER_MS + FARTHEST_HLC)?.hlc ?? 0;
    return newestHlc;
  };

  function write(target: ChangeTarget, subject: string, state: SubjectState): void {
    const { created, changed: last } = state;
    const deleted = state.fields.deleted?.value === true;
    const { id } = put.get(
      target,
      subject,
      JSON.stringify(state),
      Number(state.tainted),
      Number(deleted),
      created.ts,
      created.author,
      last.ts,
      last.author,
      last.hlc,
      newestSeq.get(target, subject)!.seq,
    ) as { id: number };
    rows.put(id, state);
    dropText.run(id);
    const text = deleted ? "" : textOfSubject(state);
    if (text) putText.run(id, text);
  }

  return {
    change(fact, eventId, stamp) {
      // What is written here comes after everything that has come here, whichever clocks were wrong.
      const hlc = fact.stamp?.hlc ?? Math.max(stamp.hlc, lastHlc() + 1);
      const { changes } = insert.run(
        fact.changeId,
        fact.target,
        fact.subject,
        hlc,
        fact.stamp?.device ?? stamp.deviceId,
        fact.author ?? "unknown",
        fact.origin,
        Number(fact.tainted),
        fact.sessionId,
        eventId,
        stamp.seq,
        fact.ts,
        JSON.stringify(fact.data),
      );
      if (changes === 0) return;
      changed.set(`${fact.target} ${fact.subject}`, { target: fact.target, subject: fact.subject });
      // A clock that is wrong by more than that is not followed: it would take every device with it for ever.
      if (hlc <= stamp.hlc + FARTHEST_HLC) newestHlc = Math.max(lastHlc(), hlc);
    },
    seen: (identity, seq, ts) => void markSeen.run(identity, seq, ts),
    settle() {
      for (const { target, subject } of changed.values()) {
        const state = foldChanges(historyOf(changesOf.iterate(target, subject)));
        if (state) write(target, subject, state);
      }
      changed.clear();
    },
    reset() {
      changed.clear();
      newestHlc = null;
    },
  };
}
