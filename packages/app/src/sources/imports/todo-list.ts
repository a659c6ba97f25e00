/**
 * @module Claude Code's todo lists: `<session>-agent-<agent>.json`, each a list of {content, status, activeForm or id}. The
 * main agent's id is the session's own.
 */
import { isUtf8 } from "node:buffer";
import { subagentSessionId, UNCORRELATED_SESSION } from "../../base/ids.ts";
import { isSessionId } from "../../base/session-id.ts";
import { clipText } from "../claude/clean-text.ts";
import { decodeValue } from "../claude/decode.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { lineOf, textOf } from "./foreign-row.ts";
import { type ImportItem, importRecord } from "./import-record.ts";
import { fileRecords, type OriginalFile } from "./original-file.ts";

export const TODO_FILE: RegExp = /^(.+?)-agent-(.+)\.json$/;
const LARGEST = 16 * 1024 * 1024;
const WHAT = "todo lists";
const MOST_TODOS = 500;

const STATUSES: ReadonlyMap<string, "pending" | "in_progress" | "completed"> = new Map([
  ["pending", "pending"],
  ["open", "pending"],
  ["todo", "pending"],
  ["in_progress", "in_progress"],
  ["in-progress", "in_progress"],
  ["active", "in_progress"],
  ["completed", "completed"],
  ["complete", "completed"],
  ["done", "completed"],
] as const);

export interface ImportedTodo {
  readonly text: string;
  readonly status: "pending" | "in_progress" | "completed";
}

/** Todos of a list in anybody's spelling; what has no text is left out. */
export function todosIn(items: readonly unknown[]): readonly ImportedTodo[] {
  return items
    .map((item): ImportedTodo | null => {
      const todo: JsonObject = isObject(item) ? item : { text: item };
      const text = lineOf(todo, ["content", "text", "title", "task", "subject", "activeForm"], 1000);
      const status = STATUSES.get((textOf(todo, ["status", "state"], 40) ?? "pending").toLowerCase());
      return text ? { text, status: status ?? "pending" } : null;
    })
    .filter((todo) => todo !== null)
    .slice(0, MOST_TODOS);
}

/** Never throws. A file that is no todo list is kept with its bytes. */
export function readTodoFile(file: OriginalFile): ImportItem {
  const match = TODO_FILE.exec(file.name);
  const [session = "", agent = ""] = match?.slice(1) ?? [];
  const named = isSessionId(session) && isSessionId(agent);
  const sessionId = !named ? UNCORRELATED_SESSION : agent === session ? session : subagentSessionId(session, agent);
  const owner = { sessionId, workspace: null, ts: file.mtimeMs };
  const refused = (problem: string): ImportItem => ({
    what: WHAT,
    records: fileRecords(file, { ...owner, problem }),
    problems: [`${file.name}: ${problem}`],
  });
  if (!named || !isSessionId(sessionId)) return refused("its name is not <session>-agent-<agent>.json");
  const decoded = decodeValue(file.bytes, LARGEST);
  if ("problem" in decoded) return refused(decoded.problem.message);
  if (!Array.isArray(decoded.value)) return refused("it holds no list");
  const items: readonly unknown[] = decoded.value;
  if (items.length === 0) return { what: WHAT, records: [], problems: [] };
  const todos = todosIn(items);
  const problems =
    todos.length < items.length ? [`${file.name}: ${items.length - todos.length} entries without a text`] : [];
  const record = importRecord({
    key: ["todos", session, agent, items],
    ...owner,
    type: "todos.imported",
    message: clipText(todos.map(({ text }) => text).join("\n"), 20_000),
    data: { todos, items, agent_id: agent, name: file.name },
  });
  if (isUtf8(file.bytes)) return { what: WHAT, records: [record], problems };
  const problem = "bytes that are not UTF-8";
  return {
    what: WHAT,
    records: [record, ...fileRecords(file, { ...owner, problem })],
    problems: [...problems, `${file.name}: ${problem}`],
  };
}
