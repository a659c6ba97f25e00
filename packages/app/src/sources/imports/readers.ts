/**
 * @module What follows from the records of an import that no program of ours writes: todo lists, and files that could not be
 * read. Entries, messages and calls of MCP tools are kept as events that are searched.
 */

import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { StateTodo } from "../../model/record.ts";
import { clipText } from "../claude/clean-text.ts";
import type { OwnReader } from "../clew/readers.ts";
import { pushProblem } from "../spooled-event.ts";
import { FILE_TYPE } from "./original-file.ts";

const STATUSES: readonly StateTodo["status"][] = ["pending", "in_progress", "completed"];
const TODO_LIMIT = 1000;

/** The session's own list, and of a session that is nobody's subagent what its project's next one starts with. */
const readTodos: OwnReader = (data, { sessionId, ts }, facts) => {
  const todos = (data.objects("todos") ?? []).flatMap(({ text, status }): StateTodo[] => {
    const known = STATUSES.find((word) => word === status);
    return typeof text === "string" && text.trim() !== "" && known
      ? [{ text: clipText(text, TODO_LIMIT), status: known }]
      : [];
  });
  const items = todos.map(({ text, status }) => ({ content: text, status }));
  facts.push({ kind: "detail", detailKind: "todo", key: "list", detail: { items } });
  const isSubagent = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\./.test(sessionId);
  if (!isSubagent && sessionId !== UNCORRELATED_SESSION) facts.push({ kind: "state", sessionId, ts, todos });
};

/** A file that says nothing is a problem where problems are shown; its bytes are the record's. */
const readFile: OwnReader = (data, _, facts) => {
  const problem = data.line("problem", 300);
  if (problem !== undefined) pushProblem(facts, `${data.line("name", 200) ?? "a file"}: ${problem}`, "not_an_object");
};

const keep: OwnReader = () => {};

/** To be added to those of sources/clew. */
export const IMPORT_READERS: ReadonlyMap<string, OwnReader> = new Map([
  ["todos.imported", readTodos],
  [FILE_TYPE, readFile],
  ["import.session_state", keep],
  ["entry.imported", keep],
  ["message.imported", keep],
  ["mcp.usage.imported", keep],
]);
