/** @module What a session came to, what the project's next one starts with, and what was given to a session at its start. */
import type { InjectedFact, OutcomeFact, StateFact, StateTodo } from "../../model/record.ts";
import type { WriteContext } from "../context.ts";

/** A field that is not said stays; of two words on one field the newer counts. */
const OUTCOME_FIELDS = ["summary", "tasks_completed", "learnings", "decisions", "files", "commits"] as const;
const OUTCOME = `
  INSERT INTO session_outcomes (session_id, ts, event_id, ${OUTCOME_FIELDS.join(", ")})
  VALUES ($session, $ts, $event, ${OUTCOME_FIELDS.map((name) => `$${name}`).join(", ")})
  ON CONFLICT (session_id) DO UPDATE SET
    ${OUTCOME_FIELDS.map(
      (name) =>
        `${name} = CASE WHEN excluded.ts >= ts THEN COALESCE(excluded.${name}, ${name}) ELSE COALESCE(${name}, excluded.${name}) END`,
    ).join(",\n    ")},
    event_id = CASE WHEN excluded.ts >= ts THEN excluded.event_id ELSE event_id END,
    ts = max(ts, excluded.ts)`;

const STATE_FIELDS = ["focus", "next_steps", "todos"] as const;
type StateField = (typeof STATE_FIELDS)[number];
const ENSURE_STATE = `
  INSERT INTO project_state (project_id, workspace_id, session_id)
  SELECT w.project_id, s.workspace_id, s.session_id FROM sessions s JOIN workspaces w USING (workspace_id) WHERE s.session_id = ?
  ON CONFLICT (project_id) DO NOTHING`;
/** Each field goes by its own time; of the same moment the greater event id counts, whichever came first. */
const setField = (field: StateField) => `
  UPDATE project_state SET ${field} = $value, ${field}_at = $ts, ${field}_event = $event,
    (workspace_id, session_id) = (SELECT CASE WHEN $ts >= COALESCE(max(focus_at, next_steps_at, todos_at), 0) THEN s.workspace_id ELSE project_state.workspace_id END,
                                         CASE WHEN $ts >= COALESCE(max(focus_at, next_steps_at, todos_at), 0) THEN s.session_id ELSE project_state.session_id END
                                  FROM sessions s WHERE s.session_id = $session)
  WHERE project_id = (SELECT w.project_id FROM sessions s JOIN workspaces w USING (workspace_id) WHERE s.session_id = $session)
    AND (${field}_at IS NULL OR ${field}_at < $ts OR (${field}_at = $ts AND ${field}_event <= $event))`;
const INJECTED = `
  INSERT INTO injected_contexts (event_id, session_id, ts, text, items) VALUES (?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`;
const TODO_FACTS = `
  SELECT key, event_id AS eventId, ts, detail FROM session_facts
  WHERE session_id = ? AND kind = 'todo' AND EXISTS (
    SELECT 1 FROM sessions s WHERE s.session_id = session_facts.session_id AND s.root_session_id = s.session_id AND s.cwd IS NOT NULL)
  ORDER BY key`;

export interface OutcomeProjection {
  outcome(fact: OutcomeFact, eventId: string): void;
  state(fact: StateFact, eventId: string): void;
  injected(fact: InjectedFact, eventId: string): void;
  /** The todo list that an agent kept in its session becomes its project's. After the session's facts are written. */
  keepTodos(sessionId: string): void;
}

interface TodoFactRow {
  readonly key: string;
  readonly eventId: string;
  readonly ts: number | null;
  readonly detail: string | null;
}

export function outcomeProjection(context: WriteContext, touch: (sessionId: string) => void): OutcomeProjection {
  const { db } = context;
  const outcome = db.prepare(OUTCOME);
  const ensureState = db.prepare(ENSURE_STATE);
  const fields = new Map(STATE_FIELDS.map((field) => [field, db.prepare(setField(field))]));
  const injected = db.prepare(INJECTED);
  const todoFacts = db.prepare<[string], TodoFactRow>(TODO_FACTS);
  const json = (list: readonly unknown[] | undefined): string | null => (list ? JSON.stringify(list) : null);

  function put(field: StateField, value: string | null, sessionId: string, ts: number, eventId: string): void {
    ensureState.run(sessionId);
    fields.get(field)!.run({ value, session: sessionId, ts, event: eventId });
  }

  return {
    outcome(fact, eventId) {
      touch(fact.sessionId);
      outcome.run({
        session: fact.sessionId,
        ts: fact.ts,
        event: eventId,
        summary: fact.summary ?? null,
        tasks_completed: json(fact.tasksCompleted),
        learnings: json(fact.learnings),
        decisions: json(fact.decisions),
        files: json(fact.files),
        commits: json(fact.commits),
      });
    },
    state({ sessionId, ts, focus, nextSteps, todos }, eventId) {
      if (focus !== undefined) put("focus", focus, sessionId, ts, eventId);
      if (nextSteps !== undefined) put("next_steps", JSON.stringify(nextSteps), sessionId, ts, eventId);
      if (todos !== undefined) put("todos", JSON.stringify(todos), sessionId, ts, eventId);
    },
    injected({ sessionId, ts, text, items }, eventId) {
      injected.run(eventId, sessionId, ts, text, JSON.stringify(items));
    },
    keepTodos(sessionId) {
      const facts = todoFacts.all(sessionId).filter((fact) => fact.ts !== null);
      const newest = facts.reduce<TodoFactRow | null>(
        (best, fact) => (best && best.ts! >= fact.ts! ? best : fact),
        null,
      );
      if (newest) put("todos", JSON.stringify(todosOf(facts)), sessionId, newest.ts!, newest.eventId);
    },
  };
}

/** The list as it stands: the whole list of the older tool, or single tasks with what last became of them. */
function todosOf(facts: readonly TodoFactRow[]): StateTodo[] {
  const details = new Map(facts.map(({ key, detail }) => [key, JSON.parse(detail ?? "{}") as Record<string, unknown>]));
  const list = details.get("list")?.items;
  if (Array.isArray(list)) return list.flatMap((todo: Record<string, unknown>) => todoOf(todo.content, todo.status));
  return [...details]
    .filter(([key]) => key.startsWith("task:") && !key.endsWith(":status"))
    .flatMap(([key, task]) => todoOf(task.subject, details.get(`${key}:status`)?.status ?? "pending"));
}

function todoOf(text: unknown, status: unknown): StateTodo[] {
  if (typeof text !== "string" || status === "deleted") return [];
  return [
    { text: text.slice(0, 500), status: status === "completed" || status === "in_progress" ? status : "pending" },
  ];
}
