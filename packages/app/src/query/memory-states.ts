/** @module What a comparison of memory files with the disk needs to know of them, without their texts. */
import type { ChangeOrigin } from "./memory-trust.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

/** A file as the store shows it. */
export interface MemoryState extends ChangeOrigin {
  readonly subject: string;
  readonly projectId: string | null;
  readonly path: string;
  readonly deleted: boolean;
  /** It was deleted, and written after that by somebody who did not know: it is to stand again. */
  readonly revived: boolean;
  /** The change that wrote the text; author, device and taint are its. */
  readonly version: string;
  readonly sha256: string;
  /** Something was changed after the text was written. */
  readonly followed: boolean;
  /** Other versions that stand beside it. */
  readonly conflicts: number;
}

export const STATES = `
  SELECT m.file_id AS subject, m.project_id AS projectId, m.path, m.version, m.sha256, m.conflicts,
    COALESCE(c.author, s.changed_by) AS author, COALESCE(c.origin, 'tool') AS origin, COALESCE(c.tainted, s.tainted) AS tainted,
    COALESCE(c.device, '') AS device, c.session_id AS sessionId, s.deleted AS isDeleted, c.hlc IS NOT s.changed_hlc AS isFollowed,
    CASE WHEN s.deleted THEN COALESCE(c.hlc > (
      SELECT d.hlc FROM changes d WHERE d.change_id = s.state ->> '$.fields.deleted.change'), 0) ELSE 0 END AS isWrittenAfter
  FROM memory_files m CROSS JOIN subjects s ON s.id = m.id LEFT JOIN changes c ON c.change_id = m.version`;
export const HAS_TEXT = `
  SELECT 1 FROM changes WHERE target = 'memory' AND subject = ? AND data ->> '$.set.content' = ? LIMIT 1`;

type StoredState = Omit<MemoryState, "deleted" | "revived" | "followed" | "tainted"> &
  Readonly<Record<"isDeleted" | "isFollowed" | "isWrittenAfter" | "tainted", number>>;

/** By subject. */
export function memoryStates(db: Reader, subject?: string): ReadonlyMap<string, MemoryState> {
  const where = subject === undefined ? "" : " WHERE m.file_id = ?";
  const rows = rowsOf<StoredState>(db, STATES + where, subject === undefined ? [] : [subject]);
  return new Map(
    rows.map(({ isDeleted, isFollowed, isWrittenAfter, tainted, ...row }) => {
      const [revived, deleted] = [isDeleted === 1 && isWrittenAfter === 1, isDeleted === 1 && isWrittenAfter === 0];
      return [row.subject, { ...row, deleted, revived, followed: isFollowed === 1, tainted: tainted === 1 }] as const;
    }),
  );
}

/** Whether a file once had exactly this text. */
export function hadContent(db: Reader, subject: string, content: string): boolean {
  return rowOf(db, HAS_TEXT, [subject, content]) !== undefined;
}
