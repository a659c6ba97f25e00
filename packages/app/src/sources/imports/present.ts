/** @module What an import brought in as blocks: sums, files, todo lists, entries and messages, as a reader wants them. */
import type { Block } from "../../model/present.ts";
import { clipText } from "../claude/clean-text.ts";
import { cleanValue } from "../claude/clean-value.ts";
import { countOf, type JsonObject } from "../claude/json.ts";
import { type Fields, fieldsOf } from "../clew/fields.ts";

const NAME_LIMIT = 300;
const FILE_LIMIT = 64_000;
const MOST_DEPTH = 8;

type Show = (data: Fields, message: string, given: JsonObject) => readonly Block[];

const notice = (label: string, text: string): Block => ({ kind: "notice", label, text });

const attachment = (label: string, text: string | undefined): readonly Block[] =>
  text ? [{ kind: "attachment", label, text }] : [];

/** What is said of several things, with commas. */
const joined = (parts: readonly (string | null | undefined)[]): string => parts.filter(Boolean).join(", ");

const showUsage: Show = (data, _, given) => {
  const { cost_usd: cost } = given;
  const tokens = (name: string, word: string): string | null => {
    const count = countOf(given[name]);
    return count === 0 ? null : `${count} ${word}`;
  };
  return [
    notice(
      "imported usage",
      joined([
        data.line("model", NAME_LIMIT) ?? data.texts("models", NAME_LIMIT)?.join(" + "),
        tokens("input_tokens", "tokens in"),
        tokens("output_tokens", "out"),
        tokens("cache_read_input_tokens", "cache reads"),
        tokens("cache_creation_input_tokens", "cache writes"),
        typeof cost === "number" && cost >= 0 ? `$${cost.toPrecision(3)}` : null,
      ]),
    ),
  ];
};

const showFile: Show = (data, _, given) => {
  const { part, parts, bytes, encoding, content } = given;
  const isText = encoding === "text" && typeof content === "string";
  return [
    notice(
      "imported file",
      joined([
        data.line("name", NAME_LIMIT) ?? "without a name",
        `${countOf(bytes)} bytes`,
        countOf(parts) > 1 ? `part ${countOf(part) + 1} of ${countOf(parts)}` : null,
        data.line("problem", NAME_LIMIT),
      ]),
    ),
    ...attachment("the file as it was", isText ? clipText(content, FILE_LIMIT) : undefined),
  ];
};

const showTodos: Show = (data) => {
  const todos = (data.objects("todos") ?? []).map((todo) => fieldsOf(todo, []));
  const lines = todos.map((todo) => `${todo.line("status", 32) ?? "pending"}: ${todo.line("text", 1000) ?? ""}`);
  const done = todos.filter((todo) => todo.line("status", 32) === "completed").length;
  return [
    notice("imported todos", `${todos.length}, ${done} of them completed`),
    ...attachment("todos", lines.join("\n")),
  ];
};

const showEntry: Show = (data, message) => {
  const about = joined([data.line("category", 64), data.line("status", 64)]);
  return [
    notice("imported entry", joined([data.line("title", NAME_LIMIT), about && `(${about})`])),
    ...attachment("entry", data.text("body", 200_000) ?? message),
  ];
};

/** Those that keep a row of another program's table: their message is what it says. */
const showRow =
  (label: string): Show =>
  (_, message, given) => [
    notice(label, message),
    ...attachment("as it was imported", clipText(JSON.stringify(cleanValue(given, MOST_DEPTH), null, 2), FILE_LIMIT)),
  ];

const SHOWS: ReadonlyMap<string, Show> = new Map([
  ["usage.imported", showUsage],
  ["import.file", showFile],
  ["todos.imported", showTodos],
  ["entry.imported", showEntry],
  ["message.imported", showRow("imported message")],
  ["mcp.usage.imported", showRow("imported call of an MCP tool")],
  ["import.session_state", showRow("imported state")],
]);

/** Null: the event is of another type. */
export function presentImported(type: string, data: JsonObject, message: string): readonly Block[] | null {
  return SHOWS.get(type)?.(fieldsOf(data, []), message, data) ?? null;
}
