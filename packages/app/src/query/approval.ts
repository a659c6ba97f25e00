/** @module Whether a person has approved what somebody else wrote, as it stands now: one other byte, and nobody has. */
import type { Approval } from "../model/entry.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

/** Approvals that their authors have not taken back. Only a person approves: what an agent marks with the same words is none. */
const STANDING = `
  FROM changes a WHERE a.target = ? AND a.subject = ? AND a.origin = 'human' AND NOT EXISTS (
    SELECT 1 FROM changes r WHERE r.target = a.target AND r.subject = a.subject AND r.author = a.author
      AND r.data ->> 'mark' GLOB 'unapproved:*' AND (r.hlc, r.device, r.change_id) > (a.hlc, a.device, a.change_id))`;
export const APPROVALS = `
  SELECT a.author AS by, min(a.ts) AS ts ${STANDING} AND a.data ->> 'mark' = ? GROUP BY a.author ORDER BY 2, 1`;
/** Of whatever it said then, the newest first. */
export const APPROVALS_EVER = `
  SELECT a.author AS by, a.ts, a.data ->> 'mark' AS mark ${STANDING} AND a.data ->> 'mark' GLOB 'approved:*'
  ORDER BY a.hlc DESC, a.device DESC, a.change_id DESC`;
const HASHES = {
  entry: "SELECT content_hash AS hash FROM entries WHERE entry_id = ?",
  message: "SELECT content_hash AS hash FROM messages WHERE message_id = ?",
  memory: "SELECT sha256 AS hash FROM memory_files WHERE file_id = ?",
} as const;

export type Approvable = keyof typeof HASHES;

/** The newest approval, before all those that hold. */
export interface NewestApproval {
  /** Null: nobody has approved it, or everybody took it back. */
  readonly approved_by: string | null;
  readonly approved_at: string | null;
  /** It is of what stands now. */
  readonly approval_holds: boolean;
}

/** What an approval of this content is called. */
export function approvalMark(contentHash: string): string {
  return `approved:${contentHash}`;
}

/** What taking it back is called. It takes back all that its author has approved of the same thing, whatever that said. */
export function revocationMark(contentHash: string): string {
  return `unapproved:${contentHash}`;
}

/** Approvals of what stands now, the first one first. */
export function approvalsOf(db: Reader, target: Approvable, subject: string): readonly Approval[] {
  const hash = standingHash(db, target, subject);
  return hash === null ? [] : approvalsOfContent(db, target, subject, hash);
}

/** Approvals of what it says, or said, with this hash. */
export function approvalsOfContent(
  db: Reader,
  target: Approvable,
  subject: string,
  contentHash: string,
): readonly Approval[] {
  const rows = rowsOf<{ by: string; ts: number }>(db, APPROVALS, [target, subject, approvalMark(contentHash)]);
  return rows.map(({ by, ts }) => ({ by, at: isoTime(ts) }));
}

/** Whether one of these identities has approved it. */
export function isApproved(db: Reader, target: Approvable, subject: string, people: readonly string[]): boolean {
  return approvalsOf(db, target, subject).some(({ by }) => people.includes(by));
}

/** Whether an identity has approved anything that it ever said, and has not taken that back. */
export function hasApproved(db: Reader, target: Approvable, subject: string, identity: string): boolean {
  return approvalsEver(db, target, subject).some(({ by }) => by === identity);
}

/** Hash of what stands; null: there is none of this id. */
export function standingHash(db: Reader, target: Approvable, subject: string): string | null {
  return rowOf<{ hash: string }>(db, HASHES[target], [subject])?.hash ?? null;
}

export function newestApproval(db: Reader, target: Approvable, subject: string): NewestApproval {
  const hash = standingHash(db, target, subject) ?? "";
  const given = approvalsEver(db, target, subject);
  const holding = given.find(({ mark }) => mark === approvalMark(hash));
  const newest = holding ?? given[0];
  return {
    approved_by: newest?.by ?? null,
    approved_at: isoTime(newest?.ts ?? null),
    approval_holds: holding !== undefined,
  };
}

function approvalsEver(db: Reader, target: Approvable, subject: string) {
  return rowsOf<{ by: string; ts: number; mark: string }>(db, APPROVALS_EVER, [target, subject]);
}
