/** @module One row of `sessions` as every surface shows it. */
import type { SessionRow, SessionStatus } from "../model/answers.ts";
import type { SessionActivity } from "../model/record.ts";
import { type SqlPart, statusSql } from "./filter/sql.ts";

/** Tables behind SESSION_COLUMNS. CROSS JOIN: the session decides, the two small tables are looked up by key. */
export const SESSION_FROM = `sessions s
  CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id
  CROSS JOIN projects p ON p.project_id = w.project_id`;

const COLUMNS = `s.session_id, s.parent_session_id, s.root_session_id, s.forked_from, s.shared_events, s.agent, s.agent_type,
  s.agent_description, w.path AS workspace, s.workspace_id, p.name AS project, p.project_id, s.identity_id AS identity, s.started_at,
  s.ended_at, s.title, s.session_type, s.git_branch, s.client_version, s.models, s.responses, s.tool_calls, s.tool_failures,
  s.messages, s.prompts, s.problems, s.input_tokens, s.output_tokens, s.cache_write_tokens, s.cache_read_tokens,
  s.cost_micros, s.unpriced_responses, s.output_undercounted, s.inclusive_cost_micros, s.inclusive_unpriced_responses,
  s.client_cost_micros, s.source_missing, s.activity, s.activity_reason, s.activity_at, s.person_id, s.agent_result,
  CASE WHEN s.parent_session_id IS NULL THEN s.agent_success ELSE COALESCE(s.agent_success,
    (SELECT c.status = 'ok' FROM tool_calls c WHERE c.child_session_id = s.session_id AND c.status <> 'pending' LIMIT 1)) END AS agent_success,
  CASE WHEN s.parent_session_id IS NULL
    THEN (SELECT count(*) - 1 FROM sessions d WHERE d.root_session_id = s.session_id)
    ELSE (SELECT count(*) FROM sessions d WHERE d.parent_session_id = s.session_id) END AS subagents,`;

/** Columns of a StoredSession over SESSION_FROM, status as of `now` included. */
export function sessionColumns(now: number): SqlPart {
  const status = statusSql(now);
  return { sql: `${COLUMNS} ${status.sql} AS status`, parameters: status.parameters };
}

/** What sessionColumns selects. */
export interface StoredSession {
  readonly session_id: string;
  readonly parent_session_id: string | null;
  readonly root_session_id: string;
  readonly forked_from: string | null;
  readonly shared_events: number;
  readonly agent: string;
  readonly agent_type: string | null;
  readonly agent_description: string | null;
  readonly workspace: string;
  readonly workspace_id: string;
  readonly project: string;
  readonly project_id: string;
  readonly identity: string;
  readonly status: SessionStatus;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly title: string | null;
  readonly session_type: string | null;
  readonly git_branch: string | null;
  readonly client_version: string | null;
  readonly models: string;
  readonly responses: number;
  readonly tool_calls: number;
  readonly tool_failures: number;
  readonly messages: number;
  readonly prompts: number;
  readonly subagents: number;
  readonly problems: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly cost_micros: number;
  readonly unpriced_responses: number;
  readonly output_undercounted: number;
  readonly inclusive_cost_micros: number;
  readonly inclusive_unpriced_responses: number;
  readonly client_cost_micros: number | null;
  readonly source_missing: number;
  readonly activity: SessionActivity | null;
  readonly activity_reason: string | null;
  readonly activity_at: number | null;
  readonly person_id: string | null;
  readonly agent_result: string | null;
  readonly agent_success: number | null;
}

/** Milliseconds to ISO 8601 UTC; a time no calendar has is null. */
export function isoTime(time: number | null): string | null {
  if (time === null || !(Math.abs(time) <= 8.64e15)) return null;
  return new Date(time).toISOString();
}

/** US dollars of micro-dollars, null when responses were made and not one has a price. */
export function dollarsOf(micros: number, responses: number, unpriced: number): number | null {
  return responses > 0 && unpriced >= responses && micros === 0 ? null : micros / 1e6;
}

export function sessionRow(stored: StoredSession): SessionRow {
  const { started_at, ended_at } = stored;
  return {
    session_id: stored.session_id,
    parent_session_id: stored.parent_session_id,
    root_session_id: stored.root_session_id,
    forked_from: stored.forked_from,
    shared_events: stored.shared_events,
    agent: stored.agent,
    agent_type: stored.agent_type,
    agent_description: stored.agent_description,
    workspace: stored.workspace,
    workspace_id: stored.workspace_id,
    project: stored.project,
    identity: stored.identity,
    status: stored.status,
    started_at: isoTime(started_at),
    ended_at: isoTime(ended_at),
    duration_s: started_at === null || ended_at === null ? null : Math.max(0, ended_at - started_at) / 1000,
    title: stored.title,
    session_type: stored.session_type,
    git_branch: stored.git_branch,
    client_version: stored.client_version,
    models: JSON.parse(stored.models) as string[],
    responses: stored.responses,
    tool_calls: stored.tool_calls,
    tool_failures: stored.tool_failures,
    messages: stored.messages,
    prompts: stored.prompts,
    subagents: stored.subagents,
    problems: stored.problems,
    input_tokens: stored.input_tokens,
    output_tokens: stored.output_tokens,
    cache_creation_input_tokens: stored.cache_write_tokens,
    cache_read_input_tokens: stored.cache_read_tokens,
    cost_usd: dollarsOf(stored.cost_micros, stored.responses, stored.unpriced_responses),
    cost_usd_inclusive: inclusiveDollars(stored),
    client_cost_usd: stored.client_cost_micros === null ? null : stored.client_cost_micros / 1e6,
    unpriced_responses: stored.unpriced_responses,
    output_undercounted: stored.output_undercounted > 0,
    source_missing: stored.source_missing > 0,
    activity: stored.activity,
    activity_reason: stored.activity_reason,
    activity_since: isoTime(stored.activity_at),
    person: stored.person_id,
    agent_result: stored.agent_result,
    agent_success: stored.agent_success === null ? null : stored.agent_success > 0,
  };
}

/** The number of descendants' responses is not stored, so "all unpriced" shows as no cost with something unpriced. */
function inclusiveDollars(stored: StoredSession): number | null {
  return stored.inclusive_cost_micros === 0 && stored.inclusive_unpriced_responses > 0
    ? null
    : stored.inclusive_cost_micros / 1e6;
}
