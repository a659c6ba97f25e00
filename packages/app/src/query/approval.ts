/** @module Whether a person has approved what somebody else wrote, as it stands now: one other byte, and nobody has. */
import type { Approval } from "../model/entry.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

/** Only a person approves: what an agent marks with the same words is none. */
export const APPROVALS = `
  SELECT author AS by, min(ts) AS ts FROM changes
  WHERE target = ? AND subject = ? AND origin = 'human' AND data ->> 'mark' = ? GROUP BY author ORDER BY 2, 1`;
const HASHES = {
  entry: "SELECT content_hash AS hash FROM entries WHERE entry_id = ?",
  message: "SELECT content_hash AS hash FROM messages WHERE message_id = ?",
} as const;

export type Approvable = keyof typeof HASHES;

/** What an approval of this content is called. */
export function approvalMark(contentHash: string): string {
  return `approved:${contentHash}`;
}

/** Approvals of what stands now, the first one first. */
export function approvalsOf(db: Reader, target: Approvable, subject: string): readonly Approval[] {
  const row = rowsOf<{ hash: string }>(db, HASHES[target], [subject])[0];
  if (!row) return [];
  const rows = rowsOf<{ by: string; ts: number }>(db, APPROVALS, [target, subject, approvalMark(row.hash)]);
  return rows.map(({ by, ts }) => ({ by, at: isoTime(ts) }));
}

/** Whether one of these identities has approved it. */
export function isApproved(db: Reader, target: Approvable, subject: string, people: readonly string[]): boolean {
  return approvalsOf(db, target, subject).some(({ by }) => people.includes(by));
}
