/** @module What the status line shows of the whole archive: today's cost, sessions at work, each project's open todos. */
import { activeSessions } from "./active.ts";
import { costBy } from "./cost.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface StatuslineAnswer {
  readonly today_cost_usd: number | null;
  readonly active: number;
  readonly waiting: number;
  /** By workspace id. */
  readonly workspaces: Readonly<Record<string, { readonly open_todos: number; readonly focus?: string }>>;
}

/** Workspaces whose state is kept in the file, those saved last. */
const MOST_WORKSPACES = 200;
const LONGEST_FOCUS = 120;

/** Each workspace has the state of its project. The lists of todos are short: only projects that saved one are read. */
export const WORKSPACE_STATES = `SELECT w.workspace_id AS workspaceId, p.focus, (
    SELECT count(*) FROM json_each(CASE WHEN json_valid(p.todos) THEN p.todos ELSE '[]' END) t
    WHERE t.value ->> 'status' <> 'completed') AS openTodos
  FROM project_state p CROSS JOIN workspaces w ON w.project_id = p.project_id
  ORDER BY max(COALESCE(p.focus_at, 0), COALESCE(p.todos_at, 0)) DESC LIMIT ${MOST_WORKSPACES}`;

/** Days are those of `timeZone`. Subagents are not counted: their session is. */
export function statuslineAnswer(
  db: Reader,
  { now, timeZone }: { readonly now: number; readonly timeZone: string },
): StatuslineAnswer {
  const today = { kind: "time", key: "since", value: "today", negated: false } as const;
  const { totals } = costBy(db, { by: "model", filter: { terms: [today], words: [], problems: [] }, now, timeZone });
  const sessions = activeSessions(db, { now, timeZone, limit: -1 }).rows.filter(
    (row) => row.parent_session_id === null,
  );
  const states = rowsOf<{ workspaceId: string; focus: string | null; openTodos: number }>(db, WORKSPACE_STATES);
  return {
    today_cost_usd: totals.cost_usd,
    active: sessions.filter((row) => row.activity === "working" || row.activity === null).length,
    waiting: sessions.filter((row) => row.activity === "waiting").length,
    workspaces: Object.fromEntries(
      states.map(({ workspaceId, focus, openTodos }) => [
        workspaceId,
        { open_todos: openTodos, ...(focus && { focus: focus.slice(0, LONGEST_FOCUS) }) },
      ]),
    ),
  };
}
