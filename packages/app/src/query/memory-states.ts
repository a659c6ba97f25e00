/** @module What a comparison of memory files with the disk needs to know of them, without their texts. */
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface MemoryState {
  readonly subject: string;
  readonly projectId: string | null;
  readonly path: string;
  readonly deleted: boolean;
  /** It was deleted, and written after that by somebody who did not know: it is to stand again. */
  readonly revived: boolean;
  readonly version: string;
  readonly sha256: string;
  readonly conflicts: number;
  readonly author: string;
  readonly tainted: boolean;
}

const STATES = `
  SELECT m.file_id AS subject, m.project_id AS projectId, m.path, m.version, m.sha256, m.conflicts,
    COALESCE(s.state ->> '$.fields.content.author', s.changed_by) AS author, s.tainted,
    s.deleted AS isDeleted, COALESCE((SELECT c.hlc FROM changes c WHERE c.change_id = m.version)
      > (SELECT d.hlc FROM changes d WHERE d.change_id = s.state ->> '$.fields.deleted.change'), 0) AS isWrittenAfter
  FROM memory_files m CROSS JOIN subjects s ON s.id = m.id`;
const HAS_TEXT = `
  SELECT 1 FROM changes WHERE target = 'memory' AND subject = ? AND data ->> '$.set.content' = ? LIMIT 1`;

type StoredState = Omit<MemoryState, "deleted" | "revived" | "tainted"> &
  Readonly<Record<"isDeleted" | "isWrittenAfter" | "tainted", number>>;

/** By subject. */
export function memoryStates(db: Reader, subject?: string): ReadonlyMap<string, MemoryState> {
  const where = subject === undefined ? "" : " WHERE m.file_id = ?";
  const rows = rowsOf<StoredState>(db, STATES + where, subject === undefined ? [] : [subject]);
  return new Map(
    rows.map(({ isDeleted, isWrittenAfter, tainted, ...row }) => {
      const [revived, deleted] = [isDeleted === 1 && isWrittenAfter === 1, isDeleted === 1 && isWrittenAfter === 0];
      return [row.subject, { ...row, deleted, revived, tainted: tainted === 1 }] as const;
    }),
  );
}

/** Whether a file once had exactly this text. */
export function hadContent(db: Reader, subject: string, content: string): boolean {
  return rowOf(db, HAS_TEXT, [subject, content]) !== undefined;
}
