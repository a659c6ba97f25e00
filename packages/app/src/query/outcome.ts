/** @module What a session came to: what it reported of itself beside what the record shows, each with its source. */
import type { IsoTime } from "../model/answers.ts";
import { type Provenance, provenanceOf, textsOf } from "./project-state.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

/** reported: the agent's or a person's own words (`session.outcome`). record: derived from what was done. */
export type OutcomeSource = "reported" | "record";

export interface OutcomeItem {
  readonly text: string;
  readonly source: OutcomeSource;
}

export interface SessionOutcome {
  readonly session_id: string;
  readonly workspace_id: string;
  readonly identity: string;
  readonly status: "active" | "completed" | "failed" | "abandoned";
  readonly started_at: IsoTime | null;
  readonly ended_at: IsoTime | null;
  readonly duration_s: number | null;
  /** Prompts, of the session itself. */
  readonly turns: number;
  /** Calls that failed, were denied or interrupted, subagents included. */
  readonly tool_failures: number;
  /** Different files changed and commits made as the record shows them, subagents included. */
  readonly files_changed: number;
  readonly commits_made: number;
  readonly summary: OutcomeItem | null;
  readonly tasks_completed: readonly OutcomeItem[];
  readonly learnings: readonly OutcomeItem[];
  readonly decisions: readonly OutcomeItem[];
  readonly files: readonly OutcomeItem[];
  readonly commits: readonly OutcomeItem[];
  /** Where the reported part comes from; null: nothing was reported. */
  readonly reported: Provenance | null;
}

export const OUTCOME_SESSION = `
  SELECT s.session_id, s.root_session_id, s.workspace_id, s.identity_id AS identity,
    CASE WHEN s.activity = 'lost' THEN 'abandoned'
         WHEN s.activity = 'ended' AND s.status = 'active' THEN 'completed' ELSE s.status END AS status,
    s.started_at, s.ended_at, s.prompts AS turns,
    o.event_id, o.summary, o.tasks_completed, o.learnings, o.decisions, o.files, o.commits
  FROM sessions s LEFT JOIN session_outcomes o ON o.session_id = s.session_id WHERE s.session_id = ?`;
/** The whole tree of a root, the session alone of a subagent. */
const sessionsOf = (isRoot: boolean): readonly [string, string] =>
  isRoot ? ["sessions s INDEXED BY sessions_by_root", "s.root_session_id = ?"] : ["sessions s", "s.session_id = ?"];
export function outcomeFailuresSql(isRoot: boolean): string {
  const [from, where] = sessionsOf(isRoot);
  return `SELECT COALESCE(sum(s.tool_failures), 0) AS failures FROM ${from} WHERE ${where}`;
}
/** The facts of each session by their primary key. */
export function outcomeFactsSql(isRoot: boolean): string {
  const [from, where] = sessionsOf(isRoot);
  return `SELECT DISTINCT f.kind, f.key, f.detail ->> 'subject' AS subject FROM ${from} CROSS JOIN session_facts f ON f.session_id = s.session_id
    WHERE ${where} AND f.kind IN ('commit', 'file') ORDER BY f.kind, f.key`;
}
export const OUTCOME_TODOS =
  "SELECT key, detail FROM session_facts WHERE session_id = ? AND kind = 'todo' ORDER BY key";

interface OutcomeRow {
  readonly session_id: string;
  readonly root_session_id: string;
  readonly workspace_id: string;
  readonly identity: string;
  readonly status: SessionOutcome["status"];
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly turns: number;
  readonly event_id: string | null;
  readonly summary: string | null;
  readonly tasks_completed: string | null;
  readonly learnings: string | null;
  readonly decisions: string | null;
  readonly files: string | null;
  readonly commits: string | null;
}

/** Null: there is no such session. */
export function sessionOutcome(db: Reader, sessionId: string): SessionOutcome | null {
  const row = rowOf<OutcomeRow>(db, OUTCOME_SESSION, [sessionId]);
  if (!row) return null;
  const isRoot = row.root_session_id === row.session_id;
  const facts = rowsOf<{ kind: string; key: string; subject: string | null }>(db, outcomeFactsSql(isRoot), [sessionId]);
  const files = facts.filter((fact) => fact.kind === "file").map((fact) => fact.key);
  const commits = facts.filter((fact) => fact.kind === "commit");
  return {
    session_id: row.session_id,
    workspace_id: row.workspace_id,
    identity: row.identity,
    status: row.status,
    started_at: isoTime(row.started_at),
    ended_at: isoTime(row.ended_at),
    duration_s:
      row.started_at === null || row.ended_at === null
        ? null
        : Math.max(0, Math.round((row.ended_at - row.started_at) / 1000)),
    turns: row.turns,
    tool_failures: rowOf<{ failures: number }>(db, outcomeFailuresSql(isRoot), [sessionId])!.failures,
    files_changed: files.length,
    commits_made: commits.length,
    summary: row.summary === null ? null : { text: row.summary, source: "reported" },
    tasks_completed: merged(textsOf(row.tasks_completed), completedTodos(db, sessionId)),
    learnings: merged(textsOf(row.learnings), []),
    decisions: merged(textsOf(row.decisions), []),
    files: merged(textsOf(row.files), files),
    commits: merged(
      textsOf(row.commits),
      commits.map(({ key, subject }) => (subject ? `${key} ${subject}` : key)),
    ),
    reported: row.event_id === null ? null : provenanceOf(db, row.event_id),
  };
}

/** What was reported first; the record adds what that does not name. */
function merged(reported: readonly string[] | null, record: readonly string[]): readonly OutcomeItem[] {
  const said = reported ?? [];
  return [
    ...said.map((text): OutcomeItem => ({ text, source: "reported" })),
    ...record
      .filter((text) => !said.some((item) => isSame(item, text)))
      .map((text): OutcomeItem => ({ text, source: "record" })),
  ];
}

/** The same text, the end of a path, or the beginning of a commit's hash. */
function isSame(said: string, recorded: string): boolean {
  if (said === recorded || recorded.endsWith(`/${said}`)) return true;
  const [one, other] = [said, recorded].map((text) => /^[0-9a-f]{7,40}\b/u.exec(text)?.[0]);
  return one !== undefined && other !== undefined && (one.startsWith(other) || other.startsWith(one));
}

/** Texts of the todos that the session's own list shows as done. */
function completedTodos(db: Reader, sessionId: string): readonly string[] {
  const details = new Map(
    rowsOf<{ key: string; detail: string | null }>(db, OUTCOME_TODOS, [sessionId]).map(({ key, detail }) => [
      key,
      JSON.parse(detail ?? "{}") as Record<string, unknown>,
    ]),
  );
  const items = details.get("list")?.items;
  const list = Array.isArray(items)
    ? items.map((item: Record<string, unknown> | null) => ({ text: item?.content, status: item?.status }))
    : [...details]
        .filter(([key]) => key.startsWith("task:") && !key.endsWith(":status"))
        .map(([key, task]) => ({ text: task.subject, status: details.get(`${key}:status`)?.status }));
  return list.flatMap(({ text, status }) => (status === "completed" && typeof text === "string" ? [text] : []));
}

/** A transcript that no hook speaks of belongs to a session that is over when nothing was added to it for so long. */
const QUIET_MS = 5 * 60_000;
/** And one that has said it is at work, but nothing since: its end was never told. */
const SILENT_MS = 24 * 3_600_000;
/** No more sessions of a workspace are looked at: thousands of subagents and wrapped commands cost no more than a glance. */
const GLANCE = 2000;

/** Newest first down sessions_by_workspace, to the first that fits; the bound walks the same index alone. */
export const LAST_ENDED = `
  SELECT s.session_id, s.ended_at FROM sessions s INDEXED BY sessions_by_workspace
  WHERE s.workspace_id = ? AND s.ended_at >= COALESCE(
      (SELECT b.ended_at FROM sessions b INDEXED BY sessions_by_workspace
       WHERE b.workspace_id = ? AND b.ended_at IS NOT NULL ORDER BY b.ended_at DESC LIMIT 1 OFFSET ${GLANCE}), -8640000000000000)
    AND s.parent_session_id IS NULL AND s.session_id <> ? AND s.agent NOT IN ('command', 'script', 'unknown')
    AND (s.prompts > 0 OR EXISTS (SELECT 1 FROM session_outcomes o WHERE o.session_id = s.session_id))
    AND (s.activity IN ('ended', 'lost') OR s.ended_at < CASE WHEN s.activity IS NULL THEN ? ELSE ? END)
  ORDER BY s.ended_at DESC, s.session_id DESC LIMIT 1`;
export const PROJECT_WORKSPACES =
  "SELECT workspace_id, path FROM workspaces WHERE project_id = ? ORDER BY workspace_id";

export interface EndedSession {
  readonly session_id: string;
  readonly ended_at: number;
}

/**
 * The agent's session that ended last in a workspace: no subagent, no wrapped command, not `except`, and not one that was
 * opened and closed without a word.
 */
export function lastEndedSession(
  db: Reader,
  question: { readonly workspaceId: string; readonly except: string | null; readonly now: number },
): EndedSession | null {
  const { workspaceId, except, now } = question;
  return (
    rowOf<EndedSession>(db, LAST_ENDED, [workspaceId, workspaceId, except ?? "", now - QUIET_MS, now - SILENT_MS]) ??
    null
  );
}

/** Workspaces of a project: the repository and its working copies. */
export function projectWorkspaces(
  db: Reader,
  projectId: string,
): readonly { readonly workspace_id: string; readonly path: string }[] {
  return rowsOf(db, PROJECT_WORKSPACES, [projectId]);
}
