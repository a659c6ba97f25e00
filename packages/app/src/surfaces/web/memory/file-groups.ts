/** @module Memory files as the list shows them: those that are chosen, by project. */
import type { MemoryListRow } from "../../http/answers.ts";
import { GLOBAL, type MemoryMark, type MemoryView } from "./memory-url.ts";

export interface FileGroup {
  /** Id of the project, `global` for the files of none. */
  readonly id: string;
  readonly name: string;
  readonly rows: readonly MemoryListRow[];
}

export const MARK_LABELS: Readonly<Record<MemoryMark, string>> = {
  conflict: "in conflict",
  waits: "wait for approval",
  tainted: "tainted",
  other: "by others",
  agent: "by agents",
  deleted: "deleted",
};

export function hasMark(row: MemoryListRow, mark: MemoryMark): boolean {
  if (mark === "deleted") return row.deleted;
  if (row.deleted) return false;
  if (mark === "conflict") return row.conflicts > 0;
  if (mark === "waits") return row.waits;
  if (mark === "tainted") return row.tainted;
  return mark === "other" ? row.whose === "other" : row.origin === "agent";
}

/** Id of its project as the address has it. */
export function projectKey({ project_id }: Pick<MemoryListRow, "project_id">): string {
  return project_id ?? GLOBAL;
}

export function projectName({ project, project_id }: Pick<MemoryListRow, "project" | "project_id">): string {
  return project ?? project_id ?? "Global";
}

/** Deleted files only where they are asked for. */
export function chosenRows(
  rows: readonly MemoryListRow[],
  { project, mark }: Pick<MemoryView, "project" | "mark">,
): readonly MemoryListRow[] {
  return rows.filter(
    (row) => (project === "" || projectKey(row) === project) && (mark === null ? !row.deleted : hasMark(row, mark)),
  );
}

/** In the order of the rows. */
export function groupsOf(rows: readonly MemoryListRow[]): readonly FileGroup[] {
  const groups = new Map<string, { id: string; name: string; rows: MemoryListRow[] }>();
  for (const row of rows) {
    const id = projectKey(row);
    const group = groups.get(id) ?? { id, name: projectName(row), rows: [] };
    group.rows.push(row);
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** Its last part, and what stands before it. */
export function pathParts(path: string): { readonly directory: string; readonly name: string } {
  const end = path.lastIndexOf("/") + 1;
  return { directory: path.slice(0, end), name: path.slice(end) };
}
