/** @module What is written down of a memory file: a version of its text, that it is gone, that it is back. */
import { frontMatterOf } from "../base/front-matter.ts";
import { changeData } from "../merge/change-data.ts";
import type { ChangeData, SubjectState } from "../model/change.ts";
import type { MadeChange } from "./open-authoring.ts";

export interface MemoryText {
  readonly subject: string;
  readonly projectId: string | null;
  readonly path: string;
  readonly content: string;
}

/** `replaces`: the versions that its author saw. What else stands stays beside it. */
export function textChange(state: SubjectState | null, file: MemoryText, replaces: readonly string[]): MadeChange {
  const { subject, projectId, path, content } = file;
  const rest = changeData(state, {
    set: {
      path,
      ...(projectId !== null && { project: projectId }),
      title: frontMatterOf(content).title,
      ...(state?.fields.deleted?.value === true && { deleted: false }),
    },
  });
  const seen = [...new Set(replaces)].sort();
  const data: ChangeData = {
    set: { ...rest?.set, content },
    ...((seen.length > 0 || rest?.replaces) && {
      replaces: { ...rest?.replaces, ...(seen.length > 0 && { content: seen }) },
    }),
  };
  return { target: "memory", subject, data };
}

/** What lies on the disk becomes a version before it is replaced. It deletes what is deleted again, lest it stand for news. */
export function keptChange(
  state: SubjectState | null,
  subject: string,
  content: string,
  replaces: readonly string[],
): MadeChange {
  const isDeleted = state?.fields.deleted?.value === true;
  const standing = state?.standing.deleted ?? [];
  const data: ChangeData = {
    set: { content, ...(isDeleted && { deleted: true }) },
    replaces: { ...(replaces.length > 0 && { content: replaces }), ...(isDeleted && { deleted: standing }) },
  };
  return { target: "memory", subject, data };
}

/** Null: it is so already. */
export function deletedChange(state: SubjectState | null, subject: string, deleted: boolean): MadeChange | null {
  const data = changeData(state, { set: { deleted } });
  return data && { target: "memory", subject, data };
}
