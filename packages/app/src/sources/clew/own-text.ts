/** @module The searchable text of an own record: its message, and what an outcome or a state says. */
import { cleanText } from "../claude/clean-text.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { pushStrings } from "../claude/text.ts";
import { messageOf } from "./fields.ts";

/** Fields of the data that a person would search, by type. */
const SEARCHED: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["session.start", ["name", "command"]],
  ["session.end", ["result"]],
  ["session.outcome", ["summary", "tasks_completed", "learnings", "decisions", "files", "commits"]],
  ["session.state", ["focus", "next_steps"]],
]);

/** The one function for the index, the snippets and the reader. What Clew gave to a session is its own words: "". */
export function ownText(record: JsonObject): string {
  if (record.type === "context.injected") return "";
  const message = messageOf(record);
  const parts = message ? [message] : [];
  const { data } = record;
  if (isObject(data)) {
    for (const name of SEARCHED.get(record.type) ?? []) if (Object.hasOwn(data, name)) pushStrings(data[name], parts);
    if (record.type === "change") {
      const set = isObject(data.set) ? data.set : {};
      for (const name of ["title", "body", "text"]) if (Object.hasOwn(set, name)) pushStrings(set[name], parts);
      pushStrings(data.note, parts);
    }
    if (record.type === "session.state" && Array.isArray(data.todos))
      for (const todo of data.todos) if (isObject(todo)) pushStrings(todo.text, parts);
  }
  return cleanText(parts.join("\n"));
}
