/** @module For tests of the context: a database with a session that ended, what it reported, and its project's state. */
import { dirname } from "node:path";
import type { Place } from "../model/place.ts";
import { putShared, type TestShared } from "../query/shared-testing.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "../query/testing.ts";
import type { Principal } from "./policy.ts";
import { type ContextQuestion, type PreparedContext, prepareContext } from "./prepare.ts";

export const PRINCIPAL: Principal = { identityId: "claude-code@web", scriptId: "script@web", personId: "person:ada" };

/** Workspace `w-<name>` of query/testing.ts, its project without a remote. */
export function placeOf(name: string): Place {
  return {
    workspaceId: `w-${name}`,
    workspacePath: `/home/ada/${name}`,
    workspaceName: name,
    projectId: `dir:${name}`,
    projectName: name,
    remote: null,
  };
}

export interface ContextMachine {
  readonly base: TestDatabase;
  readonly prepare: (question?: Partial<ContextQuestion>) => Promise<PreparedContext>;
  /** Puts an entry or a message there, over the one of the same id. */
  readonly share: (shared: TestShared) => void;
  /** Changes columns of the rows that fit. */
  readonly set: (table: string, values: Readonly<Record<string, unknown>>, where?: string) => void;
}

export const OUTCOME = {
  summary: "The loom stands.",
  tasks_completed: ["warped"],
  learnings: ["wool shrinks"],
  decisions: ["linen, for the weft"],
};
export const STATE = {
  focus: "the dyeing",
  next_steps: ["mordant", "madder"],
  todos: [
    { text: "cut the warp", status: "in_progress" },
    { text: "sell it", status: "pending" },
    { text: "spin", status: "completed" },
  ],
};

/** Session `last` of project web ended three hours ago and said all there is to say. */
export function contextMachine(): ContextMachine {
  const base = testDatabase();
  base.session("last", {
    project: "web",
    prompts: 4,
    tool_failures: 2,
    activity: "ended",
    started_at: TEST_NOW - 4 * HOUR,
    ended_at: TEST_NOW - 3 * HOUR,
  });
  base.event("last", { eventId: "outcome", type: "session.outcome", ts: TEST_NOW - 3 * HOUR });
  base.event("last", { eventId: "state", type: "session.state", ts: TEST_NOW - 2 * HOUR });
  const lists = Object.entries(OUTCOME).map(([name, value]) => [
    name,
    Array.isArray(value) ? JSON.stringify(value) : value,
  ]);
  base.insert("session_outcomes", {
    session_id: "last",
    ts: TEST_NOW - 3 * HOUR,
    event_id: "outcome",
    ...Object.fromEntries(lists),
  });
  base.insert("project_state", {
    project_id: "dir:web",
    workspace_id: "w-web",
    session_id: "last",
    focus: STATE.focus,
    focus_at: TEST_NOW - 2 * HOUR,
    focus_event: "state",
    next_steps: JSON.stringify(STATE.next_steps),
    next_steps_at: TEST_NOW - 2 * HOUR,
    next_steps_event: "state",
    todos: JSON.stringify(STATE.todos),
    todos_at: TEST_NOW - HOUR,
    todos_event: "state",
  });
  return {
    base,
    prepare: (question) =>
      prepareContext({
        env: { HOME: "/nowhere", CLEW_HOME: dirname(base.path) },
        place: placeOf("web"),
        principal: PRINCIPAL,
        sessionId: "starting",
        source: "startup",
        isSubagent: false,
        now: TEST_NOW,
        ...question,
      }),
    share: (shared) => putShared(base, PRINCIPAL, shared),
    set(table, values, where = "1") {
      const names = Object.keys(values);
      base.db
        .prepare(`UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE ${where}`)
        .run(...Object.values(values));
    },
  };
}
