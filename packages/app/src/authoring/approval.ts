/** @module A person's word that something may be relied on as it stands, and taking it back. */
import { ClewError } from "../base/error.ts";
import {
  type Approvable,
  approvalMark,
  approvalsOfContent,
  hasApproved,
  revocationMark,
  standingHash,
} from "../query/approval.ts";
import type { Author } from "./author.ts";
import type { Authoring, Written } from "./open-authoring.ts";

/**
 * What stands there, to the byte, may be relied on; null: they said so before. Throws `usage` for an agent: it would vouch for what
 * it was told.
 */
export async function approve(
  authoring: Authoring,
  target: Approvable,
  subject: string,
  contentHash: string,
  author: Author,
): Promise<Written | null> {
  requirePerson(author);
  const before = authoring.read((db) => approvalsOfContent(db, target, subject, contentHash)) ?? [];
  if (before.some(({ by }) => by === author.identity)) return null;
  return authoring.write(target, subject, { mark: approvalMark(contentHash) }, author);
}

/** From then on none of their approvals of it holds, whatever it says or comes to say; null: none did. Throws `usage` for an agent. */
export async function revokeApproval(
  authoring: Authoring,
  target: Approvable,
  subject: string,
  author: Author,
): Promise<Written | null> {
  requirePerson(author);
  const has = authoring.read((db) => hasApproved(db, target, subject, author.identity)) ?? false;
  const hash = authoring.read((db) => standingHash(db, target, subject)) ?? "";
  return has ? authoring.write(target, subject, { mark: revocationMark(hash) }, author) : null;
}

function requirePerson({ origin }: Author): void {
  if (origin !== "human")
    throw new ClewError("usage", "only a person approves what others wrote: run this in a terminal of your own");
}
