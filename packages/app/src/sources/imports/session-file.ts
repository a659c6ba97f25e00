/** @module One session's JSON file: what it says, and the records that it becomes. Pure; never throws. */
import { isUtf8 } from "node:buffer";
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import { isSessionId } from "../../base/session-id.ts";
import { decodeText, decodeValue } from "../claude/decode.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { arrayIn, textOf, textsOf } from "./foreign-row.ts";
import { type ImportItem, type ImportRecord, importedSessionId, importRecord } from "./import-record.ts";
import { fileRecords, type OriginalFile } from "./original-file.ts";
import { fieldsOfFile, identityOfFile, type SessionFields, SPELLINGS, sessionIdOfFile } from "./session-document.ts";
import { type FileEvent, fileEvents } from "./session-file-events.ts";
import { todosIn } from "./todo-list.ts";
import { usageRecords } from "./usage-record.ts";

/** Larger files are kept where they lie, and said to be too large. */
export const LARGEST_FILE: number = 64 * 1024 * 1024;
const WHAT = "sessions";

export interface SessionFile {
  readonly name: string;
  readonly sessionId: string;
  readonly fields: SessionFields;
  readonly events: readonly FileEvent[];
  /** The whole object, and the text that it was read from. */
  readonly row: JsonObject;
  readonly text: string;
  /** When it began: as it says, else its first event, else the file's time. Milliseconds UTC. */
  readonly startMs: number;
  /** When it was last heard of. */
  readonly lastMs: number;
}

export type ReadSessionFile = { readonly file: SessionFile; readonly problem?: string } | { readonly problem: string };

/** What a file says of its session, or why it says nothing. */
export function readSessionFile({ name, bytes, mtimeMs }: OriginalFile): ReadSessionFile {
  const decoded = decodeValue(bytes, LARGEST_FILE);
  if ("problem" in decoded) return { problem: bytes.length === 0 ? "it is empty" : decoded.problem.message };
  const { value: row } = decoded;
  if (!isObject(row))
    return { problem: Array.isArray(row) ? "it holds a list, not one session" : "it holds no object" };
  const sessionId = sessionIdOfFile(row, stemOf(name));
  const fields = fieldsOfFile(row, sessionId);
  const events = fileEvents(sessionId, arrayIn(row, SPELLINGS.events));
  const times = events.flatMap(({ ts }) => (ts === null ? [] : [ts]));
  const startMs = fields.started_at ?? (times.length > 0 ? times.reduce((a, b) => Math.min(a, b)) : mtimeMs);
  const lastMs = fields.ended_at ?? times.reduce((a, b) => Math.max(a, b), startMs);
  const file = { name, sessionId, fields, events, row, text: decodeText(bytes), startMs, lastMs };
  return isUtf8(bytes) ? { file } : { file, problem: "bytes that are not UTF-8" };
}

export const stemOf = (name: string): string => name.replace(/\.json$/i, "");

/** Session under which a file that says nothing is kept: the one in its name, else none that is listed. */
function sessionOfName(name: string): string {
  const id = importedSessionId(stemOf(name), "session");
  return id !== null && isSessionId(stemOf(name)) && /[0-9a-f]{8}-[0-9a-f]{4}/.test(id) ? id : UNCORRELATED_SESSION;
}

export interface SessionItem extends ImportItem {
  /** The session that the file is about, and the one that started it; null: it says nothing. */
  readonly session: { readonly sessionId: string; readonly parent: string | null } | null;
}

/** A file as records: its session, its events, and its bytes, so that it can be put back as it was. */
export function importSessionFile(original: OriginalFile): SessionItem {
  const read = readSessionFile(original);
  if (!("file" in read)) {
    const owner = { sessionId: sessionOfName(original.name), workspace: null, ts: original.mtimeMs };
    const { problem } = read;
    return {
      what: WHAT,
      session: null,
      records: fileRecords(original, { ...owner, problem }),
      problems: [`${original.name}: ${problem}`],
    };
  }
  const { file } = read;
  const problems = [...(read.problem === undefined ? [] : [read.problem]), ...fieldProblems(file)];
  const { sessionId, fields, lastMs } = file;
  return {
    what: WHAT,
    session: { sessionId, parent: fields.parent },
    records: [
      ...sessionRecords(file),
      ...fileRecords(original, { sessionId, workspace: fields.workspace, ts: lastMs }),
    ],
    problems: problems.map((problem) => `${original.name}: ${problem}`),
  };
}

function fieldProblems({ row, fields, events }: SessionFile): readonly string[] {
  const problems: string[] = [];
  const said = (names: readonly string[]): boolean =>
    names.some((name) => row[name] !== undefined && row[name] !== null && row[name] !== "");
  if (said(SPELLINGS.started_at) && fields.started_at === null) problems.push("its start is no time");
  if (said(SPELLINGS.ended_at) && fields.ended_at === null) problems.push("its end is no time");
  if (said(SPELLINGS.status) && fields.status === null) problems.push("its status is no word that is known");
  const timeless = events.filter(({ ts }) => ts === null).length;
  if (timeless > 0)
    problems.push(`${timeless} ${timeless === 1 ? "event has" : "events have"} no time: kept at the one before`);
  return problems;
}

/** Everything but the bytes. Each record's id follows from what it says: what is said again is known. */
function sessionRecords(file: SessionFile): readonly ImportRecord[] {
  const { sessionId, fields, row, startMs, lastMs, events } = file;
  const { workspace } = fields;
  const about = { sessionId, workspace };
  const identity = identityOfFile(row);
  const agent = /claude/i.test(textOf(row, ["agent", "platform", "client"], 200) ?? "") ? "claude-code" : "script";
  const phase = textOf(row, ["phase"], 200);
  const tags = textsOf(row, ["tags"], 200);
  const start = {
    agent,
    ...(workspace && { cwd: workspace }),
    ...(fields.parent && { parent_session_id: fields.parent }),
    ...(fields.trigger && { trigger: fields.trigger }),
    ...(fields.title && { name: fields.title }),
    ...(identity && { identity }),
    ...(phase && { phase }),
    ...(tags.length > 0 && { tags }),
  };
  const isActive = fields.status === "active";
  const records = [
    importRecord({
      key: ["session", sessionId, "start", start, fields.started_at, isActive],
      ...about,
      ts: startMs,
      type: "session.start",
      ...(fields.title && { message: fields.title }),
      data: { ...start, active: isActive },
    }),
  ];
  let before = startMs;
  for (const event of events) {
    before = event.ts ?? before;
    if (event.record !== null) records.push(importRecord({ ...event.record, ...about, ts: before }));
  }
  const end = endOf(file);
  if (end)
    records.push(
      importRecord({
        key: ["session", sessionId, "end", end.type, end.data, fields.ended_at],
        ...about,
        ts: lastMs,
        ...end,
      }),
    );
  return [...records, ...reportRecords(file), ...usageRecords(row, { ...about, ts: lastMs })];
}

/** The session's last word; null: it goes on, or the file does not say. */
function endOf({
  row,
  fields: { status },
}: SessionFile): { readonly type: string; readonly data: Readonly<Record<string, unknown>> } | null {
  if (status === null || status === "active") return null;
  if (status === "abandoned")
    return { type: "session.activity", data: { activity: "lost", reason: "said by its file" } };
  const result = textOf(row, ["result", "error", "error_message"], 2000);
  return { type: "session.end", data: { status, ...(result !== null && { result }) } };
}

/** What the session came to, and its todo list. */
function reportRecords({ sessionId, fields: { workspace }, row, lastMs }: SessionFile): readonly ImportRecord[] {
  const records: ImportRecord[] = [];
  const about = { sessionId, workspace, ts: lastMs };
  const summary = textOf(row, ["summary", "session_summary"], 4000);
  const lists = {
    tasks_completed: textsOf(row, ["tasks_completed", "tasksCompleted"]),
    learnings: textsOf(row, ["learnings", "learnings_gained"]),
    decisions: textsOf(row, ["decisions"]),
  };
  const said = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  if (summary !== null || Object.keys(said).length > 0) {
    const data = { ...(summary !== null && { summary }), ...said };
    records.push(
      importRecord({ key: ["session", sessionId, "outcome", data], ...about, type: "session.outcome", data }),
    );
  }
  const items = arrayIn(row, ["todos", "todo_list"]);
  const todos = todosIn(items);
  if (todos.length > 0) {
    const message = todos.map(({ text }) => text).join("\n");
    const data = { todos, items };
    records.push(
      importRecord({ key: ["session", sessionId, "todos", items], ...about, type: "todos.imported", message, data }),
    );
  }
  return records;
}
