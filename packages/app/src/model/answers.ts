/** @module The rows that questions answer with: the JSON contract of the command line and of the dashboard. Fields may be added, never renamed. */
import type { ChangeTarget } from "./change.ts";
import type { SessionActivity } from "./record.ts";

/** ISO 8601 UTC. */
export type IsoTime = string;

export interface UsageFigures {
  readonly responses: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_creation_5m_input_tokens: number;
  readonly cache_creation_1h_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** US dollars of the priced responses; null when none of them has a price. */
  readonly cost_usd: number | null;
  readonly unpriced_responses: number;
  readonly output_undercounted: boolean;
}

export type CostGrouping =
  | "model"
  | "session"
  | "day"
  | "week"
  | "month"
  | "project"
  | "workspace"
  | "agent"
  | "identity";

export interface CostAnswer {
  /** Each row also has the grouping's own key, e.g. `model`. */
  readonly rows: readonly (UsageFigures & Readonly<Record<string, unknown>>)[];
  readonly totals: UsageFigures;
}

export type SessionStatus = "active" | "completed" | "failed" | "abandoned";

export interface SessionRow {
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
  readonly identity: string;
  readonly status: SessionStatus;
  readonly started_at: IsoTime | null;
  readonly ended_at: IsoTime | null;
  readonly duration_s: number | null;
  readonly title: string | null;
  readonly session_type: string | null;
  readonly git_branch: string | null;
  readonly client_version: string | null;
  readonly models: readonly string[];
  readonly responses: number;
  readonly tool_calls: number;
  readonly tool_failures: number;
  readonly messages: number;
  readonly prompts: number;
  readonly subagents: number;
  readonly problems: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cost_usd: number | null;
  readonly cost_usd_inclusive: number | null;
  readonly client_cost_usd: number | null;
  readonly unpriced_responses: number;
  readonly output_undercounted: boolean;
  readonly source_missing: boolean;
  /** What it is doing, as hooks, its process or the client's registry tell; null: only its transcript is known. */
  readonly activity: SessionActivity | null;
  readonly activity_reason: string | null;
  readonly activity_since: IsoTime | null;
  /** At whose hands. */
  readonly person: string | null;
  /** A subagent's last words, a command's exit status. */
  readonly agent_result: string | null;
  readonly agent_success: boolean | null;
}

export interface SessionsAnswer {
  readonly rows: readonly SessionRow[];
  readonly total: number;
}

/** The fields of a SearchSubject only where a change was found. */
export interface SearchRow extends Partial<SearchSubject> {
  readonly session_id: string;
  readonly event_id: string;
  readonly ts: IsoTime | null;
  readonly kind: string;
  /** Text around the first hit, plain; hits are given as [start, end) in UTF-16 units, so that each surface marks them itself. */
  readonly snippet: string;
  readonly hits: readonly (readonly [number, number])[];
  readonly session_title: string | null;
  readonly project: string;
}

/** What a change belongs to, as it stands now. */
export interface SearchSubject {
  readonly target: ChangeTarget;
  /** An entry's id, a message's, an entity's, a memory file's key. */
  readonly subject: string;
  /** Of an entry. */
  readonly category: string | null;
  readonly status: string | null;
  /** An entry's title, a memory file's path, an entity's name, a relation in words; null: a message has none. */
  readonly subject_title: string | null;
  /** Of a message. */
  readonly thread_id: string | null;
  /** Who made this change. */
  readonly author: string;
  /** Everybody who has changed it. */
  readonly authors: readonly string[];
  readonly tainted: boolean;
}

export interface SearchAnswer {
  readonly rows: readonly SearchRow[];
  readonly total: number;
  /** True: there are at least `total` hits, counting stopped there. */
  readonly total_is_lower_bound: boolean;
  readonly took_ms: number;
}

export interface ToolRow {
  readonly tool: string;
  readonly mcp_server: string | null;
  readonly calls: number;
  readonly failures: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
}

export interface IndexAnswer {
  /** Files that this run parsed. */
  readonly files: number;
  /** Bytes of the files that exist. */
  readonly bytes: number;
  readonly lines: number;
  /** New ones, `recorded` and `log_lines` among them. */
  readonly events: number;
  /** Events that hooks and programs had left in the spool. */
  readonly recorded?: number;
  /** New lines of application logs. */
  readonly log_lines?: number;
  readonly responses: number;
  readonly problems: number;
  readonly seconds: number;
  readonly bytes_read: number;
}
