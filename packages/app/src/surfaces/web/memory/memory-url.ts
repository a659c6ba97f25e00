/** @module What the page of memory files shows, as its address holds it: words, project, marks, the opened file and version. */

export const MEMORY_MARKS = ["conflict", "waits", "tainted", "other", "agent", "deleted"] as const;
export type MemoryMark = (typeof MEMORY_MARKS)[number];
export const FILE_VIEWS = ["text", "raw", "changes"] as const;
export type FileView = (typeof FILE_VIEWS)[number];
/** Stands for the files of no project. */
export const GLOBAL = "global";

export interface MemoryView {
  readonly q: string;
  /** Id of a project, `global`, or "": every one. */
  readonly project: string;
  readonly mark: MemoryMark | null;
  /** Id of the opened file. */
  readonly file: string | null;
  readonly view: FileView;
  /** Of the opened file; null: what stands. */
  readonly version: string | null;
  /** The version that it is compared with; null: the one before. */
  readonly against: string | null;
  /** Line that a hit leads to, counted from 1. */
  readonly line: number | null;
}

export function memoryView(search: string): MemoryView {
  const parameters = new URLSearchParams(search);
  const oneOf = <Word extends string>(name: string, words: readonly Word[]): Word | null =>
    words.find((word) => word === parameters.get(name)) ?? null;
  const line = Number(parameters.get("line"));
  return {
    q: parameters.get("q") ?? "",
    project: parameters.get("project") ?? "",
    mark: oneOf("mark", MEMORY_MARKS),
    file: parameters.get("file"),
    view: oneOf("view", FILE_VIEWS) ?? "text",
    version: parameters.get("version"),
    against: parameters.get("against"),
    line: Number.isSafeInteger(line) && line > 0 ? line : null,
  };
}

type Changes = Readonly<Partial<Record<"file" | "view" | "version" | "against" | "line" | "project" | "mark", string>>>;

/** Address with the same words and choices, and this file opened. */
export function memoryHref(search: string, changes: Changes): string {
  const parameters = new URLSearchParams(search);
  if (changes.file !== undefined) for (const name of ["view", "version", "against", "line"]) parameters.delete(name);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.toString();
  return `/memory${text ? `?${text}` : ""}`;
}
