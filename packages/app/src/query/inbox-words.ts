/** @module What a person reads of the inbox's items beside what changed: a message's first line, and whose project it is. */
import type { SubjectState } from "../model/change.ts";
import type { InboxItem, RecipientKind } from "../model/entry.ts";
import { textIn } from "./entry-detail.ts";
import { type Reader, rowOf } from "./reader.ts";

export interface InboxWords {
  /** First line of a message that says something; null: it is none. */
  readonly line: string | null;
  /** Name of the project that it belongs to, or that it was sent to. */
  readonly project: string | null;
}

export const ENTRY_PROJECT = "SELECT project_id AS id FROM entries WHERE entry_id = ?";
export const MESSAGE_WORDS = `SELECT s.state, m.to_kind AS toKind, m.to_id AS toId
  FROM messages m CROSS JOIN subjects s ON s.id = m.id WHERE m.message_id = ?`;
export const PROJECT_NAME = "SELECT name FROM projects WHERE project_id = ?";

export function inboxWords(db: Reader, items: readonly InboxItem[]): ReadonlyMap<string, InboxWords> {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = rowOf<{ name: string }>(db, PROJECT_NAME, [id])?.name ?? id.split(/[/:]/u).at(-1)!;
    names.set(id, name);
    return name;
  };
  return new Map(
    items.map(({ target, id }): [string, InboxWords] => {
      if (target === "entry") {
        const project = rowOf<{ id: string | null }>(db, ENTRY_PROJECT, [id])?.id ?? null;
        return [id, { line: null, project: project === null ? null : nameOf(project) }];
      }
      const row = rowOf<{ state: string; toKind: RecipientKind; toId: string | null }>(db, MESSAGE_WORDS, [id]);
      if (!row) return [id, { line: null, project: null }];
      const text = textIn(JSON.parse(row.state) as SubjectState, "text");
      const line = text.split("\n").find((one) => one.trim() !== "");
      return [
        id,
        {
          line: line?.trim().replace(/\s+/gu, " ") ?? null,
          project: row.toKind === "project" && row.toId !== null ? nameOf(row.toId) : null,
        },
      ];
    }),
  );
}
