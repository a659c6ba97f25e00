/** @module What a project's next session starts with: focus, next steps and the todo list, each with where it comes from. */
import type { Origin, StateTodo } from "../model/record.ts";
import { type Reader, rowOf } from "./reader.ts";
import { hasReadForeign } from "./session-author.ts";

/** Where a field's words come from, as the event log has it. Null: the event is not there. */
export interface Provenance {
  /** Milliseconds UTC. */
  readonly at: number | null;
  readonly event_id: string;
  readonly session_id: string;
  readonly workspace_id: string;
  readonly workspace_path: string;
  readonly type: string;
  /** Identity that acts in the session. */
  readonly author: string;
  /** At whose hands; null: not known. */
  readonly person: string | null;
  readonly origin: Origin;
  /** It may repeat what others wrote: its author said so, or had been shown such words by then. */
  readonly tainted: boolean;
}

export interface StateField<Value> {
  readonly value: Value;
  /** When it was said last, milliseconds UTC. */
  readonly at: number | null;
  readonly from: Provenance | null;
}

export interface ProjectState {
  readonly focus: StateField<string> | null;
  /** Null: never said. An empty list has been emptied. */
  readonly nextSteps: StateField<readonly string[]> | null;
  readonly todos: StateField<readonly StateTodo[]> | null;
}

const EMPTY: ProjectState = { focus: null, nextSteps: null, todos: null };

/** By the primary key. */
export const PROJECT_STATE = `
  SELECT focus, focus_at, focus_event, next_steps, next_steps_at, next_steps_event, todos, todos_at, todos_event
  FROM project_state WHERE project_id = ?`;
/** By the unique id of the event, then the keys of session and workspace. */
export const PROVENANCE = `
  SELECT e.ts AS at, e.event_id, e.session_id, s.workspace_id, w.path AS workspace_path, e.type, e.author,
    s.person_id AS person, e.origin, e.tainted OR ${hasReadForeign("e.ts")} AS tainted
  FROM events e CROSS JOIN sessions s ON s.session_id = e.session_id CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id
  WHERE e.event_id = ?`;

interface StateRow {
  readonly focus: string | null;
  readonly focus_at: number | null;
  readonly focus_event: string | null;
  readonly next_steps: string | null;
  readonly next_steps_at: number | null;
  readonly next_steps_event: string | null;
  readonly todos: string | null;
  readonly todos_at: number | null;
  readonly todos_event: string | null;
}

/** The state of a project; of an unknown one every field is null. */
export function projectState(db: Reader, projectId: string): ProjectState {
  const row = rowOf<StateRow>(db, PROJECT_STATE, [projectId]);
  if (!row) return EMPTY;
  const field = <Value>(value: Value | null, at: number | null, event: string | null): StateField<Value> | null =>
    value === null ? null : { value, at, from: event === null ? null : provenanceOf(db, event) };
  return {
    focus: field(row.focus, row.focus_at, row.focus_event),
    nextSteps: field(textsOf(row.next_steps), row.next_steps_at, row.next_steps_event),
    todos: field(todosOf(row.todos), row.todos_at, row.todos_event),
  };
}

/** Who said what an event says, and where. */
export function provenanceOf(db: Reader, eventId: string): Provenance | null {
  const row = rowOf<Omit<Provenance, "tainted"> & { readonly tainted: number }>(db, PROVENANCE, [eventId]);
  return row ? { ...row, tainted: row.tainted !== 0 } : null;
}

/** A stored JSON list of texts; null for NULL and for what is none. */
export function textsOf(json: string | null): readonly string[] | null {
  return listOf(json)?.filter((item) => typeof item === "string") ?? null;
}

function todosOf(json: string | null): readonly StateTodo[] | null {
  return listOf(json)?.flatMap(todoOf) ?? null;
}

function todoOf(item: unknown): readonly StateTodo[] {
  const { text, status } = (item ?? {}) as Partial<StateTodo>;
  if (typeof text !== "string") return [];
  return [{ text, status: status === "completed" || status === "in_progress" ? status : "pending" }];
}

function listOf(json: string | null): readonly unknown[] | null {
  const value = json === null ? null : (JSON.parse(json) as unknown);
  return Array.isArray(value) ? value : null;
}
