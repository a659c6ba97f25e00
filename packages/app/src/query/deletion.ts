/** @module Who took something that is shared away, and when. */
import type { SubjectState } from "../model/change.ts";
import { isoTime } from "./session-row.ts";

/** Both null where it is there. */
export interface Deletion {
  readonly deleted_by: string | null;
  readonly deleted_at: string | null;
}

export function deletionOf({ fields: { deleted } }: SubjectState): Deletion {
  const isDeleted = deleted?.value === true;
  return { deleted_by: isDeleted ? deleted.author : null, deleted_at: isoTime(isDeleted ? deleted.ts : null) };
}
