/**
 * @module Rows of a `claude` schema: sessions, session_state (one per project), agent_sessions (subagents), mcp_usage and
 * messages; identities and workspaces give names and paths to their ids. Columns are taken in the spellings that occur.
 */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import { clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { booleanOf, lineOf, listIn, numberOf, textOf, textsOf, timeOfRow } from "./foreign-row.ts";
import { digestOf, type ImportItem, importedSessionId, importRecord, plainIdentity } from "./import-record.ts";
import { saidOf, sessionRecords } from "./imported-session.ts";
import { todosIn } from "./todo-list.ts";
import { usageRecords } from "./usage-record.ts";

/** The tables that are read, in this order: sessions first, so that what belongs to them finds them. */
export const SCHEMA_TABLES = ["sessions", "agent_sessions", "session_state", "mcp_usage", "messages"] as const;
export type SchemaTable = (typeof SCHEMA_TABLES)[number];

/** What the small tables say, and what has been seen of the large ones. */
export interface SchemaNames {
  /** identity_id to its name. */
  readonly identities: ReadonlyMap<string, string>;
  /** project_name to its directory. */
  readonly workspaces: ReadonlyMap<string, string>;
  /** project_name to its newest session; `readSchemaRow` fills it as sessions pass. */
  readonly newest: Map<string, { readonly sessionId: string; readonly ts: number }>;
  /** How often a row without an id of its own has passed. */
  readonly repeated: Map<string, number>;
}

const TITLE = 200;
const CREATED = ["created_at", "called_at", "timestamp", "sent_at", "logged_at", "used_at"];

/** `nowMs` dates only what has no time of its own. */
export function readSchemaRow(table: SchemaTable, row: JsonObject, names: SchemaNames, nowMs: number): ImportItem {
  switch (table) {
    case "sessions":
      return readSession(row, names, nowMs);
    case "agent_sessions":
      return readAgent(row, names, nowMs);
    case "session_state":
      return readState(row, names, nowMs);
    case "mcp_usage":
      return readMcp(row, names, nowMs);
    case "messages":
      return readMessage(row, nowMs);
  }
}

/** A project's directory; where none is known, its name stands for one. */
function placeOf(row: JsonObject, { workspaces }: SchemaNames): string | null {
  const path = textOf(row, ["cwd", "workspace_path", "working_directory", "path"], 4096);
  const project = lineOf(row, ["project_name", "project"], TITLE);
  return path ?? (project === null ? null : (workspaces.get(project) ?? `project:/${project}`));
}

function identityOf(row: JsonObject, { identities }: SchemaNames): string | null {
  const id = textOf(row, ["identity_id"], TITLE);
  return plainIdentity(
    (id === null ? null : (identities.get(id) ?? id)) ?? textOf(row, ["identity_name", "identity"], TITLE),
  );
}

function readSession(row: JsonObject, names: SchemaNames, nowMs: number): ImportItem {
  const sessionId = importedSessionId(row.session_id ?? row.id, "session");
  if (sessionId === null) return { what: "sessions", records: [], problems: ["a row of sessions has no session_id"] };
  const startedAt = timeOfRow(row, ["session_start", "started_at", "created_at"]);
  const endedAt = timeOfRow(row, ["session_end", "ended_at"]);
  const workspace = placeOf(row, names);
  const project = lineOf(row, ["project_name", "project"], TITLE);
  const ts = endedAt ?? startedAt ?? nowMs;
  if (project !== null && ts >= (names.newest.get(project)?.ts ?? 0)) names.newest.set(project, { sessionId, ts });
  const records = sessionRecords(
    {
      sessionId,
      workspace,
      agent: "claude-code",
      startedAt,
      endedAt,
      ...(endedAt !== null && { status: "completed" as const }),
      parent: importedSessionId(row.parent_session_id, "session"),
      title: lineOf(row, ["title", "session_name"], TITLE),
      identity: identityOf(row, names),
      outcome: saidOf({
        summary: textOf(row, ["session_summary", "summary"], 4000),
        tasks_completed: textsOf(row, ["tasks_completed"]),
        learnings: textsOf(row, ["learnings_gained", "learnings"]),
        decisions: textsOf(row, ["decisions_made", "decisions"]),
      }),
      row,
    },
    nowMs,
  );
  return {
    what: "sessions",
    records: [...records, ...usageRecords(row, { sessionId, workspace, ts })],
    problems: startedAt === null && endedAt === null ? [`session ${sessionId} has no time`] : [],
  };
}

/** A subagent's run: a session under the one that started it, where the row says which. */
function readAgent(row: JsonObject, names: SchemaNames, nowMs: number): ImportItem {
  const what = "agent sessions";
  const own = row.agent_session_id ?? row.id;
  const sessionId = importedSessionId(own ?? row.session_id, "agent");
  if (sessionId === null) return { what, records: [], problems: ["a row of agent_sessions has no id"] };
  const parentGiven =
    row.parent_session_id ?? row.created_by ?? (own === undefined || own === null ? null : row.session_id);
  const parent = importedSessionId(parentGiven, "session");
  const success = booleanOf(row, ["success", "succeeded"]);
  const startedAt = timeOfRow(row, ["spawned_at", "started_at", "session_start", "created_at"]);
  const endedAt = timeOfRow(row, ["completed_at", "ended_at", "session_end", "finished_at"]);
  const isOver = success !== null || endedAt !== null;
  const workspace = placeOf(row, names);
  const records = sessionRecords(
    {
      sessionId,
      workspace,
      agent: "claude-code",
      startedAt,
      endedAt,
      ...(isOver && { status: success === false ? ("failed" as const) : ("completed" as const) }),
      parent,
      title: lineOf(row, ["task_description", "task_desc", "task", "description"], TITLE),
      agentType: lineOf(row, ["agent_type", "type"], TITLE),
      identity: identityOf(row, names),
      result: textOf(row, ["result", "error_message"], 2000),
      row,
    },
    nowMs,
  );
  const usage = usageRecords(row, { sessionId, workspace, ts: endedAt ?? startedAt ?? nowMs });
  const problems = parent === null ? [`agent session ${sessionId} names no session that started it`] : [];
  return { what, records: [...records, ...usage], problems };
}

/** A project's state belongs to its newest session: what it left behind for the next one. */
function readState(row: JsonObject, names: SchemaNames, nowMs: number): ImportItem {
  const what = "states";
  const project = lineOf(row, ["project_name", "project"], TITLE);
  if (project === null) return { what, records: [], problems: ["a row of session_state names no project"] };
  const newest = names.newest.get(project);
  const focus = textOf(row, ["current_focus", "focus"], 4000);
  const items = listIn(row, ["todo_list", "todos"]);
  const todos = todosIn(items);
  const data = saidOf({ focus, next_steps: textsOf(row, ["next_steps"]), todos });
  const record = importRecord({
    key: ["state", project, row],
    sessionId: newest?.sessionId ?? UNCORRELATED_SESSION,
    workspace: placeOf(row, names),
    ts: timeOfRow(row, ["updated_at", "last_updated", "saved_at", "created_at"]) ?? newest?.ts ?? nowMs,
    type: newest ? "session.state" : "import.session_state",
    ...(newest
      ? {}
      : { message: clipText([focus, ...todos.map(({ text }) => text)].filter(Boolean).join("\n"), 8000) }),
    data: { ...data, project, original: row },
  });
  return { what, records: [record], problems: newest ? [] : [`project ${project} has a state and no session`] };
}

/** Of rows that say the same and have no id, the second is another one. */
function nthOf(row: JsonObject, { repeated }: SchemaNames): number {
  if (["id", "usage_id", "mcp_usage_id"].some((name) => row[name] !== undefined && row[name] !== null)) return 0;
  const digest = digestOf(row);
  const nth = repeated.get(digest) ?? 0;
  repeated.set(digest, nth + 1);
  return nth;
}

function readMcp(row: JsonObject, names: SchemaNames, nowMs: number): ImportItem {
  const tool = lineOf(row, ["tool_name", "tool"], TITLE);
  const server = lineOf(row, ["mcp_server", "server_name", "server"], TITLE);
  const success = booleanOf(row, ["success", "succeeded"]);
  const record = importRecord({
    key: ["mcp", row, nthOf(row, names)],
    sessionId: importedSessionId(row.session_id, "session") ?? UNCORRELATED_SESSION,
    workspace: null,
    ts: timeOfRow(row, CREATED) ?? nowMs,
    type: "mcp.usage.imported",
    message: [server, tool].filter(Boolean).join(" "),
    data: {
      tool,
      mcp_server: server,
      success,
      duration_ms: numberOf(row, ["duration_ms", "execution_time_ms"]),
      error: textOf(row, ["error_message", "error"], 2000),
      original: row,
    },
  });
  const problems = tool === null ? ["a row of mcp_usage names no tool"] : [];
  return { what: "MCP calls", records: [record], problems };
}

function readMessage(row: JsonObject, nowMs: number): ImportItem {
  const subject = textOf(row, ["subject", "title"], 2000);
  const body = textOf(row, ["body", "content", "message"]) ?? (isObject(row.body) ? JSON.stringify(row.body) : null);
  const record = importRecord({
    key: ["message", row],
    sessionId: importedSessionId(row.from_session_id ?? row.session_id, "session") ?? UNCORRELATED_SESSION,
    workspace: null,
    ts: timeOfRow(row, CREATED) ?? nowMs,
    type: "message.imported",
    message: clipText([subject, body].filter(Boolean).join("\n\n"), 200_000),
    data: {
      message_id: textOf(row, ["message_id", "id"], TITLE),
      message_type: textOf(row, ["message_type", "type"], TITLE),
      priority: textOf(row, ["priority"], 64),
      status: textOf(row, ["status"], 64),
      from_session_id: textOf(row, ["from_session_id"], TITLE),
      to_session_id: textOf(row, ["to_session_id"], TITLE),
      to_project: textOf(row, ["to_project", "project_name"], TITLE),
      subject,
      body,
      original: row,
    },
  });
  return { what: "messages", records: [record], problems: [] };
}
