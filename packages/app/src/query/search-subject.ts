/** @module What a change that a search found belongs to: the entry, message, memory file, entity or relation, as it stands now. */
import type { SearchSubject } from "../model/answers.ts";
import type { ChangeTarget } from "../model/change.ts";
import { prepared, type Reader, rowOf } from "./reader.ts";
import { knowsShared } from "./shared-subject.ts";

/** Where an event stands in the log of its device. */
export interface ChangePlace {
  readonly event_id: string;
  readonly seq: number;
}

/** By the number of the event: one step into changes_by_seq. */
export const CHANGE_OF_EVENT = "SELECT c.target, c.subject FROM changes c WHERE c.seq = ? AND c.event_id = ?";
/** Events of a thing's changes that are shown before one of them. */
export const CHANGES_SHOWN_BEFORE = `SELECT e.id FROM changes c CROSS JOIN events e ON e.event_id = c.event_id
  WHERE c.target = ? AND c.subject = ? AND e.id > ? AND e.type = 'change' ORDER BY e.id DESC LIMIT 200`;
export const SUBJECT = `
  SELECT e.category, e.status, m.thread_id, p.name AS project, c.author, max(c.tainted, coalesce(s.tainted, 0)) AS tainted,
    (SELECT json_group_array(DISTINCT o.author) FROM changes o WHERE o.target = c.target AND o.subject = c.subject) AS authors,
    coalesce(e.title, f.path, n.name, (SELECT a.name || ' ' || r.type || ' ' || b.name FROM relations r
      CROSS JOIN entities a ON a.entity_id = r.from_id CROSS JOIN entities b ON b.entity_id = r.to_id WHERE r.id = s.id)) AS title
  FROM changes c LEFT JOIN subjects s ON s.target = c.target AND s.subject = c.subject
    LEFT JOIN entries e ON e.id = s.id LEFT JOIN messages m ON m.id = s.id LEFT JOIN memory_files f ON f.id = s.id LEFT JOIN entities n ON n.id = s.id
    LEFT JOIN projects p ON p.project_id = coalesce(e.project_id, f.project_id)
  WHERE c.seq = ? AND c.event_id = ?`;

interface StoredSubject {
  readonly category: string | null;
  readonly status: string | null;
  readonly thread_id: string | null;
  readonly project: string | null;
  readonly author: string;
  readonly tainted: number;
  /** JSON. */
  readonly authors: string;
  readonly title: string | null;
}

export interface ChangedThing {
  readonly target: ChangeTarget;
  readonly subject: string;
}

/** Null: the event is none of a change that counts. */
export function changedThing(db: Reader, { event_id, seq }: ChangePlace): ChangedThing | null {
  return knowsShared(db) ? (rowOf<ChangedThing>(db, CHANGE_OF_EVENT, [seq, event_id]) ?? null) : null;
}

/** Ids of the events of its changes that come before one in a list, newest first; at most 200. */
export function changesShownBefore(db: Reader, { target, subject }: ChangedThing, eventId: number): readonly number[] {
  return prepared<{ id: number }>(db, CHANGES_SHOWN_BEFORE)
    .all(target, subject, eventId)
    .map(({ id }) => id);
}

export function searchSubject(
  db: Reader,
  { target, subject }: ChangedThing,
  { event_id, seq }: ChangePlace,
): { readonly fields: SearchSubject; readonly project: string | null } {
  const { tainted, authors, title, project, ...row } = rowOf<StoredSubject>(db, SUBJECT, [seq, event_id])!;
  return {
    fields: {
      target,
      subject,
      ...row,
      subject_title: title,
      authors: (JSON.parse(authors) as string[]).sort(),
      tainted: tainted === 1,
    },
    project,
  };
}
