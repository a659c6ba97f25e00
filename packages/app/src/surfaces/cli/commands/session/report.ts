/** @module What a session's end may report, from flags and from JSON: checked as a whole before anything is written. */
import { createReadStream } from "node:fs";
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../../base/error.ts";
import { listFlag } from "../../arguments.ts";
import { textFlag } from "../../command.ts";
import { cleanText, jsonObject, MOST_BYTES, shortTexts } from "./given-text.ts";

const LONGEST_SUMMARY = 4000;
const LONGEST_FOCUS = 500;
const TODO_STATUSES = ["pending", "in_progress", "completed"] as const;

interface ReportTodo {
  readonly text: string;
  readonly status: (typeof TODO_STATUSES)[number];
}

/** Data of session.outcome and of session.state; null: nothing of it was said. */
export interface Report {
  readonly outcome: Readonly<Record<string, unknown>> | null;
  readonly state: Readonly<Record<string, unknown>> | null;
}

const OUTCOME_LISTS = ["tasks_completed", "learnings", "decisions", "files", "commits"] as const;
const FIELDS: ReadonlySet<string> = new Set(["summary", ...OUTCOME_LISTS, "focus", "next_steps", "todos"]);
/** Flags that add one item to a list, or say a text. */
const FLAGS: Readonly<Record<string, string>> = {
  task: "tasks_completed",
  learning: "learnings",
  decision: "decisions",
  next: "next_steps",
};

/** The report of `clew session end`: `--report`, and over it the single flags. Throws `usage`. */
export async function reportFrom(flags: ParsedArgs): Promise<Report> {
  const path = textFlag(flags, "report");
  const given: Record<string, unknown> = path === undefined ? {} : { ...jsonObject("the report", await textOf(path)) };
  for (const [flag, field] of Object.entries(FLAGS)) {
    const items = listFlag(flags, flag);
    const before = given[field];
    if (items.length > 0) given[field] = Array.isArray(before) ? [...before, ...items] : items;
  }
  for (const name of ["summary", "focus"]) {
    const text = textFlag(flags, name);
    if (text !== undefined) given[name] = text;
  }
  return checked(given);
}

async function textOf(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === "-" ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > MOST_BYTES) break;
    }
  } catch (error) {
    throw new ClewError("usage", `the report cannot be read: ${(error as Error).message}`);
  }
  if (length > MOST_BYTES) throw new ClewError("usage", "the report is larger than 64 KB");
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

function checked(given: Readonly<Record<string, unknown>>): Report {
  const unknown = Object.keys(given).find((field) => !FIELDS.has(field));
  if (unknown !== undefined)
    throw new ClewError("usage", `the report has an unknown field ${unknown}: it may have ${[...FIELDS].join(", ")}`);
  const lists = Object.fromEntries(
    OUTCOME_LISTS.filter((field) => given[field] !== undefined).map((field) => [field, textsIn(given, field)]),
  );
  const outcome = {
    ...(given.summary !== undefined && { summary: textIn(given, "summary", LONGEST_SUMMARY) }),
    ...lists,
  };
  const state = {
    // Null says that there is no focus any more.
    ...(given.focus !== undefined && { focus: given.focus === null ? null : textIn(given, "focus", LONGEST_FOCUS) }),
    ...(given.next_steps !== undefined && { next_steps: textsIn(given, "next_steps") }),
    ...(given.todos !== undefined && { todos: todosIn(given) }),
  };
  return {
    outcome: Object.keys(outcome).length > 0 ? outcome : null,
    state: Object.keys(state).length > 0 ? state : null,
  };
}

function textIn(given: Readonly<Record<string, unknown>>, field: string, most: number): string {
  const value = given[field];
  if (typeof value !== "string") throw new ClewError("usage", `${field} of the report is no text`);
  const clean = cleanText(value, "several");
  if (clean === "") throw new ClewError("usage", `${field} of the report is empty`);
  if ([...clean].length > most)
    throw new ClewError("usage", `${field} of the report is longer than ${most} characters`);
  return clean;
}

function textsIn(given: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const value = given[field];
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string"))
    throw new ClewError("usage", `${field} of the report is no list of texts`);
  return shortTexts(`${field} of the report`, value as readonly string[]);
}

function todosIn(given: Readonly<Record<string, unknown>>): readonly ReportTodo[] {
  const value: unknown = given.todos;
  if (!Array.isArray(value)) throw new ClewError("usage", "todos of the report is no list");
  const items = value.map((item: unknown, index) => {
    const { text, status = "pending" } = (typeof item === "string" ? { text: item } : (item ?? {})) as {
      readonly text?: unknown;
      readonly status?: unknown;
    };
    const known = TODO_STATUSES.find((one) => one === status);
    if (typeof text !== "string" || !known)
      throw new ClewError(
        "usage",
        `todos of the report, item ${index + 1}: it needs a text, and a status of ${TODO_STATUSES.join(", ")}`,
      );
    return { text, status: known };
  });
  const texts = shortTexts(
    "todos of the report",
    items.map(({ text }) => text),
  );
  return items.map(({ status }, index) => ({ text: texts[index]!, status }));
}
