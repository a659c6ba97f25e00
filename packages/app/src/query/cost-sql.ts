/** @module Which table answers a question about cost, and the SQL for it. */
import type { CostGrouping } from "../model/answers.ts";
import type { Filter, FilterTerm } from "./filter/filter.ts";
import { allOf, anyOf, type FilterContext, filterSql, modelSql, type SqlPart } from "./filter/sql.ts";
import { isSpan, resolveTime } from "./filter/time-value.ts";
import { RESPONSE_SUMS, USAGE_SUMS } from "./usage-figures.ts";

const HOUR_MS = 3_600_000;

/** Every zone's offset is a multiple of a quarter hour, so responses of one quarter share their day in any zone. */
const QUARTER_MS = 900_000;
const QUARTER = `u.ts / ${QUARTER_MS}`;

/** Milliseconds of a key that stands for a time: hours in the rollups, quarters of responses; null: undated. */
export function timeOfKey(key: number | null, source: CostFilterSource): number | null {
  if (key === null) return null;
  if (source === "responses") return key * QUARTER_MS;
  return key < 0 ? null : key * HOUR_MS;
}

/** hours: usage_by_hour. sessions: usage_by_session joined to sessions. responses: one row per response. */
export type CostFilterSource = "hours" | "sessions" | "responses";

export interface CostSql extends SqlPart {
  readonly source: CostFilterSource;
}

export interface CostSqlQuestion extends FilterContext {
  readonly by: CostGrouping;
  readonly filter: Filter;
}

/** Groups of one query: key, label and extra are what the answer names a row by. */
const GROUPS: Readonly<Record<CostGrouping, { readonly key: string; readonly label: string; readonly extra: string }>> =
  {
    model: { key: "u.model", label: "NULL", extra: "NULL" },
    session: { key: "u.session_id", label: "s.title", extra: "p.name" },
    day: { key: "u.hour", label: "NULL", extra: "NULL" },
    week: { key: "u.hour", label: "NULL", extra: "NULL" },
    month: { key: "u.hour", label: "NULL", extra: "NULL" },
    project: { key: "w.project_id", label: "p.name", extra: "NULL" },
    workspace: { key: "w.workspace_id", label: "w.path", extra: "NULL" },
    agent: { key: "s.agent", label: "NULL", extra: "NULL" },
    identity: { key: "s.identity_id", label: "NULL", extra: "NULL" },
  };

export type CostSplit = "model" | "project" | "agent" | "none";
const SPLITS: Readonly<Record<Exclude<CostSplit, "none">, string>> = {
  model: "u.model",
  project: "p.name",
  agent: "s.agent",
};

/** Terms that the hourly rollup can answer: it knows hour, workspace, identity, agent and model. */
function answeredByHours(term: FilterTerm): boolean {
  if (term.kind === "time") return true;
  return term.kind === "match" && ["project", "workspace", "identity", "model"].includes(term.key);
}

/**
 * `exact` asks for the times of responses. A `since` or `until` that falls inside an hour does too, unless it is a span
 * back from now, which counts from the beginning of its hour. `split` also groups by its label.
 */
export function costRowsSql(question: CostSqlQuestion, exact: boolean, split: CostSplit = "none"): CostSql {
  const times = question.filter.terms.filter((term) => term.kind === "time");
  const inHour = times.some((term) => !isSpan(term.value) && timeOf(term, question) % HOUR_MS !== 0);
  const byHours =
    question.by !== "session" && question.filter.words.length === 0 && question.filter.terms.every(answeredByHours);
  const source: CostFilterSource = exact || inHour ? "responses" : byHours ? "hours" : "sessions";
  const group = split === "none" ? GROUPS[question.by] : { ...GROUPS[question.by], label: SPLITS[split] };
  const where = costWhere(question, source);
  const text = [group.key, group.label, group.extra, where.sql].join(" ");
  const key = source === "responses" ? group.key.replace("u.hour", QUARTER) : group.key;
  const sums = source === "responses" ? RESPONSE_SUMS : USAGE_SUMS;
  const sql = `SELECT ${key} AS key, ${group.label} AS label, ${group.extra} AS extra, ${sums} FROM ${fromOf(source, text)}
    WHERE ${where.sql} GROUP BY ${split === "none" ? "1" : "1, 2"}`;
  return { sql: source === "hours" ? rollupNames(sql) : sql, parameters: where.parameters, source };
}

const TABLES: Readonly<Record<CostFilterSource, string>> = {
  hours: "usage_by_hour u",
  sessions: "usage_by_session u",
  responses: "responses u",
};

/** Joins only the tables whose columns the text names. */
function fromOf(source: CostFilterSource, text: string): string {
  const places = /\b[wp]\./.test(text);
  const session =
    source !== "hours" && (places || /\bs\./.test(text)) ? " JOIN sessions s ON s.session_id = u.session_id" : "";
  const joined = places
    ? " JOIN workspaces w ON w.workspace_id = s.workspace_id JOIN projects p ON p.project_id = w.project_id"
    : "";
  return TABLES[source] + session + joined;
}

/** The hourly rollup carries the session's place and actor itself. */
function rollupNames(sql: string): string {
  return sql.replace(/\bs\.(workspace_id|identity_id|agent)\b/g, "u.$1");
}

/** A model term chooses responses, a time term hours; all other terms choose sessions. */
function costWhere(question: CostSqlQuestion, source: CostFilterSource): SqlPart {
  const parts: SqlPart[] = source === "responses" ? [{ sql: "u.counted = 1", parameters: [] }] : [];
  const sessionTerms: FilterTerm[] = [];
  for (const term of question.filter.terms) {
    if (term.kind === "time") parts.push(timeSql(term, question, source));
    else if (term.kind === "match" && term.key === "model") {
      const model = anyOf(term.values.map((value) => modelSql("u.model", value)));
      parts.push(term.negated ? { sql: `NOT (${model.sql})`, parameters: model.parameters } : model);
    } else sessionTerms.push(term);
  }
  parts.push(filterSql({ terms: sessionTerms, words: question.filter.words }, question));
  return allOf(parts);
}

function timeOf(term: FilterTerm & { readonly kind: "time" }, context: FilterContext): number {
  return resolveTime(term.value, term.key, context.now, context.timeZone);
}

/** Undated usage (hour -1) belongs to no period. */
function timeSql(
  term: FilterTerm & { readonly kind: "time" },
  context: FilterContext,
  source: CostFilterSource,
): SqlPart {
  const time = timeOf(term, context);
  if (source === "responses") {
    return {
      sql: term.key === "since" ? "u.ts >= ?" : "u.ts < ?",
      parameters: [isSpan(term.value) ? Math.floor(time / HOUR_MS) * HOUR_MS : time],
    };
  }
  const hour = Math.floor(time / HOUR_MS);
  return term.key === "since"
    ? { sql: "u.hour >= ?", parameters: [Math.max(0, hour)] }
    : { sql: "u.hour >= 0 AND u.hour < ?", parameters: [hour] };
}
