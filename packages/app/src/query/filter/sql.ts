/** @module A filter as a WHERE clause over `sessions s`, every value a bound parameter. */
import type { CompareKey, Filter, FilterTerm, HasValue, MatchKey } from "./filter.ts";
import { resolveTime } from "./time-value.ts";

/** A session whose last event is this near to now counts as active. */
export const ACTIVE_WITHIN_MS = 5 * 60_000;

export interface FilterContext {
  /** Milliseconds UTC. */
  readonly now: number;
  /** IANA name or "local"; days in the filter are days of this zone. */
  readonly timeZone: string;
}

/** SQL with a `?` for every parameter, in order. */
export interface SqlPart {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What was brought in and has no file of its own is over, however new its last record is. `sessions`: the table's name there. */
export function mayGoOn(sessions: string): string {
  return `(${sessions}.imported IS NULL OR EXISTS (SELECT 1 FROM sources f WHERE f.session_id = ${sessions}.session_id))`;
}

/**
 * Status of `sessions s` at a moment. Where hooks, its process or the client's registry tell what a session is doing, the
 * stored status is kept current by that. Where only its transcript is known, a stored 'active' is as old as the row, so
 * it is derived from the last event; an event from the future does not make a session active.
 */
export function statusSql(now: number): SqlPart {
  return {
    sql: `CASE WHEN s.activity IS NOT NULL THEN s.status WHEN s.ended_at BETWEEN ? AND ? AND ${mayGoOn("s")} THEN 'active'
      WHEN s.status = 'active' THEN 'completed' ELSE s.status END`,
    parameters: [now - ACTIVE_WITHIN_MS, now + ACTIVE_WITHIN_MS],
  };
}

/** Conditions of the filter's terms and words over `sessions s`; "1" when there are none. */
export function filterSql(filter: Pick<Filter, "terms" | "words">, context: FilterContext): SqlPart {
  const parts = filter.terms.map((term) => termSql(term, context));
  for (const word of filter.words) parts.push(negate(wordSql(word.text), word.negated));
  return allOf(parts);
}

export function allOf(parts: readonly SqlPart[]): SqlPart {
  const real = parts.filter((part) => part.sql !== "1");
  if (real.length === 0) return { sql: "1", parameters: [] };
  return {
    sql: real.map((part) => `(${part.sql})`).join(" AND "),
    parameters: real.flatMap((part) => part.parameters),
  };
}

export function anyOf(parts: readonly SqlPart[]): SqlPart {
  return {
    sql: parts.map((part) => `(${part.sql})`).join(" OR "),
    parameters: parts.flatMap((part) => part.parameters),
  };
}

function negate(part: SqlPart, negated: boolean): SqlPart {
  // IS NOT TRUE, because NOT of an unknown (a session without branch or model) would drop the session.
  return negated ? { sql: `(${part.sql}) IS NOT TRUE`, parameters: part.parameters } : part;
}

export function termSql(term: FilterTerm, context: FilterContext): SqlPart {
  switch (term.kind) {
    case "match":
      return negate(anyOf(term.values.map((value) => matchSql(term.key, value, context))), term.negated);
    case "has":
      return negate(anyOf(term.values.map(hasSql)), term.negated);
    case "compare":
      return negate(compareSql(term.key, term.operator, term.amount), term.negated);
    case "time": {
      const time = resolveTime(term.value, term.key, context.now, context.timeZone);
      // A session belongs to a period when any moment of it does.
      const sql = term.key === "since" ? "s.ended_at >= ?" : "s.started_at < ?";
      return { sql, parameters: [time] };
    }
  }
}

/** A subagent did a part of what its root session was about. */
export const SESSION_TYPE =
  "COALESCE((SELECT r.session_type FROM sessions r WHERE r.session_id = s.root_session_id), s.session_type)";

const COMPARED: Readonly<Record<CompareKey, { readonly sql: string; readonly unit: number }>> = {
  cost: { sql: "s.inclusive_cost_micros", unit: 1e6 },
  tokens: { sql: "(s.input_tokens + s.output_tokens + s.cache_write_tokens + s.cache_read_tokens)", unit: 1 },
  duration: { sql: "(s.ended_at - s.started_at)", unit: 1000 },
};

function compareSql(key: CompareKey, operator: string, amount: number): SqlPart {
  const { sql, unit } = COMPARED[key];
  return { sql: `${sql} ${operator} ?`, parameters: [amount * unit] };
}

const HAS: Readonly<Record<HasValue, string>> = {
  errors: "s.tool_failures > 0 OR s.api_errors > 0",
  problems: "s.problems > 0",
  subagents: "EXISTS (SELECT 1 FROM sessions child WHERE child.parent_session_id = s.session_id)",
  pr: "EXISTS (SELECT 1 FROM session_facts f WHERE f.session_id = s.session_id AND f.kind = 'pull_request')",
  commits: "EXISTS (SELECT 1 FROM session_facts f WHERE f.session_id = s.session_id AND f.kind = 'commit')",
  compactions: "s.compactions > 0",
  denials: "s.denials > 0",
  unpriced: "s.unpriced_responses > 0",
};

function hasSql(value: HasValue): SqlPart {
  return { sql: HAS[value], parameters: [] };
}

function matchSql(key: MatchKey, value: string, context: FilterContext): SqlPart {
  switch (key) {
    case "status": {
      const status = statusSql(context.now);
      return { sql: `${status.sql} = ?`, parameters: [...status.parameters, value] };
    }
    case "activity":
      return { sql: "s.activity = ?", parameters: [value] };
    case "tool":
      return toolSql(value);
    case "project":
      return workspaceIn(
        anyOf([nameSql("p.name", value), nameSql("p.project_id", value)]),
        "workspaces w JOIN projects p ON p.project_id = w.project_id",
      );
    case "workspace":
      return workspaceIn(
        anyOf([nameSql("w.path", value), nameSql("w.name", value), { sql: "w.workspace_id = ?", parameters: [value] }]),
        "workspaces w",
      );
    case "model": {
      const model = modelSql("m.value", value);
      return { sql: `EXISTS (SELECT 1 FROM json_each(s.models) m WHERE ${model.sql})`, parameters: model.parameters };
    }
    case "agent":
      return anyOf([nameSql("s.agent", value), nameSql("s.agent_type", value)]);
    case "identity":
      return nameSql("s.identity_id", value);
    case "branch":
      return nameSql("s.git_branch", value);
    case "id":
      return { sql: "s.session_id GLOB ?", parameters: [value.endsWith("*") ? globOf(value) : `${globOf(value)}*`] };
    case "file":
      return factSql("file", value.includes("*") || value.startsWith("/") ? value : `*${value}`);
    case "commit":
      return factSql("commit", value.endsWith("*") ? value : `${value}*`);
    case "skill":
      return factSql("skill", value);
    case "type":
      return nameSql(SESSION_TYPE, value);
  }
}

/** A name equals the value, or matches it when it has a `*`; letter case does not count. */
export function nameSql(column: string, value: string): SqlPart {
  if (!value.includes("*")) return { sql: `${column} = ? COLLATE NOCASE`, parameters: [value] };
  return { sql: `lower(${column}) GLOB ?`, parameters: [globOf(value.toLowerCase())] };
}

/** A model's name; a word without digits names a family: opus stands for *opus*, opus* for claude-opus* too. */
export function modelSql(column: string, value: string): SqlPart {
  if (value.includes("*")) return anyOf([nameSql(column, value), nameSql(column, `claude-${value}`)]);
  if (!/\d/u.test(value)) return nameSql(column, `*${value}*`);
  return anyOf([nameSql(column, value), nameSql(column, `claude-${value}`)]);
}

function workspaceIn(condition: SqlPart, from: string): SqlPart {
  return {
    sql: `s.workspace_id IN (SELECT w.workspace_id FROM ${from} WHERE ${condition.sql})`,
    parameters: condition.parameters,
  };
}

/** Condition of a tool term over `tool_calls t` itself. */
export function toolNameSql(term: FilterTerm & { readonly kind: "match" }): SqlPart {
  return negate(anyOf(term.values.map(toolName)), term.negated);
}

/** The bare name, the name the model calls it by, or its MCP server. */
function toolName(value: string): SqlPart {
  return anyOf([
    nameSql("t.tool", value),
    nameSql("'mcp__' || t.mcp_server || '__' || t.tool", value),
    nameSql("t.mcp_server", value),
  ]);
}

function toolSql(value: string): SqlPart {
  const name = toolName(value);
  return {
    sql: `EXISTS (SELECT 1 FROM tool_calls t WHERE t.session_id = s.session_id AND (${name.sql}))`,
    parameters: name.parameters,
  };
}

function factSql(kind: string, value: string): SqlPart {
  return {
    sql: "EXISTS (SELECT 1 FROM session_facts f WHERE f.session_id = s.session_id AND f.kind = ? AND lower(f.key) GLOB ?)",
    parameters: [kind, globOf(value.toLowerCase())],
  };
}

/** A word of a list filter stands in the title or in a prompt; `clew search` looks at everything. */
function wordSql(text: string): SqlPart {
  const like = `%${text.replace(/[\\%_]/gu, "\\$&")}%`;
  return {
    sql: `s.title LIKE ? ESCAPE '\\' OR s.agent_description LIKE ? ESCAPE '\\' OR EXISTS (
      SELECT 1 FROM turns u WHERE u.session_id = s.session_id AND u.text LIKE ? ESCAPE '\\')`,
    parameters: [like, like, like],
  };
}

/** Only `*` is special in the filter language; GLOB knows more. */
function globOf(value: string): string {
  return value.replace(/[[?]/gu, "[$&]");
}
