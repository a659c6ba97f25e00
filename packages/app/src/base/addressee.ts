/** @module Whom a message is for. */
import type { MessageRow } from "../model/entry.ts";

/** Who looks. */
export interface Looker {
  readonly identity: string;
  /** Everything that means the identity (query/names.ts). */
  readonly names: readonly string[];
  /** An agent belongs to one project; null: a person, to whom all of this machine's belong. */
  readonly projectId: string | null;
}

/** Whether it is for whoever looks, and from somebody else. */
export function isTo(
  { from, to_kind, to }: Pick<MessageRow, "from" | "to_kind" | "to">,
  { identity, names, projectId }: Looker,
): boolean {
  if (from === identity) return false;
  if (to_kind === "identity") return to !== null && names.includes(to);
  return to_kind === "all" || projectId === null || to === projectId;
}
