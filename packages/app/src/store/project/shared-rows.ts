/** @module What questions are asked of, by kind: entries, messages, memory files, entities and relations as rows. */
import { createHash } from "node:crypto";
import type { SubjectState, WrittenValue } from "../../model/change.ts";
import type { Database } from "../db.ts";

const CATEGORIES = ["finding", "task", "decision", "issue", "note"];
const STATUSES = ["open", "in_progress", "blocked", "resolved", "info"];

const ENTRY = `
  INSERT OR REPLACE INTO entries (id, entry_id, category, status, title, assignee, project_id, session_id, changed_hlc, content_hash)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const MESSAGE = `
  INSERT OR REPLACE INTO messages (id, message_id, sender, to_kind, to_id, thread_id, sent_at, expires_at, content_hash)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const MARK = `
  INSERT OR REPLACE INTO message_marks (message_id, mark, identity, ts) VALUES (?, ?, ?, ?)`;
const MEMORY = `
  INSERT OR REPLACE INTO memory_files (id, file_id, project_id, path, title, sha256, size, version, conflicts)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ENTITY = "INSERT OR REPLACE INTO entities (id, entity_id, name, type, merged_into) VALUES (?, ?, ?, ?, ?)";
const RELATION = "INSERT OR REPLACE INTO relations (id, relation_id, from_id, to_id, type) VALUES (?, ?, ?, ?, ?)";

const textIn = (fields: SubjectState["fields"], name: string): string | null => {
  const value = fields[name]?.value;
  return typeof value === "string" ? value : null;
};
const oneOf = (value: WrittenValue["value"] | undefined, words: readonly string[], otherwise: string): string =>
  words.find((word) => word === value) ?? otherwise;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Texts of which a reader is shown every value that nobody has replaced. */
const TEXTS = ["title", "body", "text"];

/** Hash of everything that a reader of an entry or a message is told: an approval is bound to it. */
export function contentHash({ fields, conflicts, sets, notes }: SubjectState): string {
  const beside = TEXTS.flatMap((name) => {
    const values = (conflicts[name] ?? []).map(({ value }) => JSON.stringify(value));
    return values.length === 0 ? [] : [["beside", name, ...[...new Set(values)].sort()]];
  });
  const told = [
    textIn(fields, "title"),
    textIn(fields, "body") ?? textIn(fields, "text"),
    ...notes.map(({ text }) => text),
    ...Object.entries(sets).flatMap(([name, list]) => list.map(({ value }) => [name, value])),
    // At least two values of each: longer than a set's element, which is a name and a value.
    ...beside,
  ];
  return sha256(JSON.stringify(told));
}

/** What a person would search for in it. */
export function textOfSubject({ fields, sets, notes }: SubjectState): string {
  const values = ["title", "body", "text", "content", "name", "type", "path"].flatMap(
    (name) => textIn(fields, name) ?? [],
  );
  const elements = Object.values(sets).flatMap((list) => list.map(({ value }) => value));
  return [...values, ...elements, ...notes.map(({ text }) => text)].join("\n");
}

export function sharedRows(db: Database): { readonly put: (id: number, state: SubjectState) => void } {
  const entry = db.prepare(ENTRY);
  const message = db.prepare(MESSAGE);
  const mark = db.prepare(MARK);
  const memory = db.prepare(MEMORY);
  const entity = db.prepare(ENTITY);
  const relation = db.prepare(RELATION);

  function putEntry(id: number, state: SubjectState): void {
    const { subject, fields, created, changed } = state;
    const category = oneOf(fields.category?.value, CATEGORIES, "note");
    const initial = ["decision", "note"].includes(category) ? "info" : "open";
    entry.run(
      id,
      subject,
      category,
      oneOf(fields.status?.value, STATUSES, initial),
      textIn(fields, "title") ?? "",
      textIn(fields, "assignee"),
      textIn(fields, "project"),
      created.sessionId,
      changed.hlc,
      contentHash(state),
    );
  }

  function putMessage(id: number, state: SubjectState): void {
    const { subject, fields, created, marks } = state;
    const expires = fields.expires_at?.value;
    const kind = oneOf(fields.to_kind?.value, ["identity", "project", "all"], "all");
    message.run(
      id,
      subject,
      created.author,
      kind,
      kind === "all" ? null : textIn(fields, "to_id"),
      textIn(fields, "thread") ?? subject,
      created.ts,
      typeof expires === "number" ? Math.trunc(expires) : null,
      contentHash(state),
    );
    for (const [name, by] of Object.entries(marks)) {
      for (const [identity, ts] of Object.entries(by)) mark.run(subject, name, identity, ts);
    }
  }

  function putMemory(id: number, state: SubjectState): void {
    const { subject, fields, conflicts } = state;
    const content = textIn(fields, "content") ?? "";
    memory.run(
      id,
      subject,
      textIn(fields, "project"),
      textIn(fields, "path") ?? subject,
      textIn(fields, "title"),
      sha256(content),
      Buffer.byteLength(content),
      fields.content?.change ?? state.changed.changeId,
      Math.max(0, (conflicts.content?.length ?? 1) - 1),
    );
  }

  return {
    put(id, state) {
      const { subject, target, fields } = state;
      if (target === "entry") putEntry(id, state);
      else if (target === "message") putMessage(id, state);
      else if (target === "memory") putMemory(id, state);
      else if (target === "entity") {
        const mergedInto = textIn(fields, "merged_into");
        entity.run(id, subject, textIn(fields, "name") ?? subject, textIn(fields, "type") ?? "", mergedInto);
      } else {
        const [from, to] = [textIn(fields, "from") ?? "", textIn(fields, "to") ?? ""];
        relation.run(id, subject, from, to, textIn(fields, "type") ?? "");
      }
    },
  };
}
