/**
 * @module The changes of one subject as they are folded. A subject may have more text than one value of the database can hold: then
 * its oldest notes and values are cut in what is folded, and stand whole in `changes` alone.
 */
import { createHash } from "node:crypto";
import type { Change, ChangeData } from "../../model/change.ts";

/** Characters of changes, as JSON, that are folded whole: twice what authoring lets anybody write in notes. */
export const FOLDED_WHOLE: number = 32 * 1024 * 1024;
/** Characters that are left of a text that is cut. */
const LEFT = 200;

export type ChangeRow = Omit<Change, "tainted" | "data"> & { readonly tainted: number; readonly data: string };

/** `rows`: newest first. The answer depends on the set of them alone, so a rebuild comes to the same. */
export function historyOf(rows: Iterable<ChangeRow>, whole: number = FOLDED_WHOLE): Change[] {
  const replaced = new Set<string>();
  const changes: Change[] = [];
  let characters = 0;
  let hasContent = false;
  for (const row of rows) {
    const data = withoutReplaced(row.changeId, JSON.parse(row.data) as ChangeData, replaced);
    // Of what is replaced nothing is shown: it does not count.
    const length = lengthOf(data);
    const isWhole = characters + length <= whole;
    if (isWhole) characters += length;
    for (const [field, ids] of Object.entries(data.replaces ?? {})) for (const id of ids) replaced.add(key(field, id));
    // A memory file is compared with the disk by the text that stands: the newest.
    const isTop = row.target === "memory" && !hasContent;
    hasContent ||= typeof data.set?.content === "string";
    changes.push({ ...row, tainted: row.tainted === 1, data: isWhole ? data : cut(data, isTop) });
  }
  return changes;
}

const key = (field: string, changeId: string): string => JSON.stringify([field, changeId]);

/** Values that a newer change has replaced are never looked at. */
function withoutReplaced(changeId: string, data: ChangeData, replaced: ReadonlySet<string>): ChangeData {
  const values = Object.entries(data.set ?? {});
  if (!values.some(([field]) => replaced.has(key(field, changeId)))) return data;
  const set = values.map(([field, value]) => [field, replaced.has(key(field, changeId)) ? null : value] as const);
  return { ...data, set: Object.fromEntries(set) };
}

function lengthOf({ set, note, add }: ChangeData): number {
  const values = [note, ...Object.values(set ?? {}), ...Object.values(add ?? {}).flat()];
  const texts = values.filter((value) => typeof value === "string");
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function cut(data: ChangeData, isTop: boolean): ChangeData {
  const values = Object.entries(data.set ?? {}).map(([field, value]) => {
    const isKept = typeof value !== "string" || (isTop && field === "content");
    return [field, isKept ? value : cutText(value)] as const;
  });
  // A removal names an element by its value, so one is left out rather than cut.
  const added = Object.entries(data.add ?? {}).map(([name, list]) => [name, list.filter(isShort)] as const);
  return {
    ...data,
    ...(data.set && { set: Object.fromEntries(values) }),
    ...(data.add && { add: Object.fromEntries(added) }),
    ...(data.note !== undefined && { note: cutText(data.note) }),
  };
}

const isShort = (text: string): boolean => text.length <= 2 * LEFT;

/** Two that differ differ afterwards. */
function cutText(text: string): string {
  if (isShort(text)) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `${text.slice(0, LEFT)}… (cut: ${text.length} characters, ${hash}; the table changes has them all)`;
}
