/** @module Names of the fields of what is shared. A change may name any other: such a name is its author's words. */

export const SHARED_FIELDS: ReadonlySet<string> = new Set(
  "acknowledged assignee body category content deleted expires_at from links merged_into name note observations path project read reply_to status tags text thread title to to_id to_kind type workspace".split(
    " ",
  ),
);

/** "other" for a name that is none of ours. */
export function sharedField(name: string): string {
  return SHARED_FIELDS.has(name) ? name : "other";
}
