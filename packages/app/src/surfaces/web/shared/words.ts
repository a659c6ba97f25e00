/** @module What entries and their parts are called on the pages. */
import type { EntryCategory, EntryStatus } from "../../../model/entry.ts";
import type { SharedTrust } from "../../http/answers.ts";

export const STATUS_WORDS: Readonly<Record<EntryStatus, string>> = {
  open: "Open",
  in_progress: "In progress",
  blocked: "Blocked",
  resolved: "Resolved",
  info: "Info",
};

export const CATEGORY_WORDS: Readonly<Record<EntryCategory, string>> = {
  finding: "Finding",
  task: "Task",
  decision: "Decision",
  issue: "Issue",
  note: "Note",
};

/** Of a field of an entry, in the middle of a sentence. */
export function fieldWord(field: string): string {
  return { body: "text", to_id: "recipient", deleted: "deletion" }[field] ?? field;
}

/** A value of a field as people read it. */
export function valueWord(field: string, value: string | number | boolean | null): string {
  if (field === "status") return STATUS_WORDS[value as EntryStatus] ?? String(value);
  if (field === "category") return CATEGORY_WORDS[value as EntryCategory] ?? String(value);
  if (field === "deleted") return value === true ? "deleted" : "not deleted";
  if (value === null || value === "") return field === "assignee" ? "nobody" : "nothing";
  return String(value).replace(/^person:/u, "");
}

export const WHOSE_WORDS: Readonly<Record<SharedTrust["whose"], string>> = {
  own: "own",
  agent: "your agent's",
  other: "another's",
};
export const WRITTEN_WORDS: Readonly<Record<SharedTrust["written"], string>> = {
  human: "typed",
  agent: "agent-written",
  tool: "written by a program",
  import: "brought in",
};
export const AGENTS_WORDS: Readonly<Record<SharedTrust["agents"], string>> = {
  title: "title given to agents",
  approved: "approved",
  never: "never given to agents",
};
/** What that means, in a sentence. */
export const AGENTS_SENTENCES: Readonly<Record<SharedTrust["agents"], string>> = {
  title: "You typed its title, and it is open: a session that starts where it was written is given the title.",
  approved: "You vouched for exactly this content. Any change takes that back.",
  never: "No session is given it by itself. An agent that asks for it gets it in a fence.",
};
