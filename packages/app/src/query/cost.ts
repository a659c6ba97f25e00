/** @module Tokens and money by model, session, time, place or actor; the sums of every grouping are the same. */
import type { CostAnswer, CostGrouping, UsageFigures } from "../model/answers.ts";
import { costRowsSql, timeOfKey } from "./cost-sql.ts";
import type { Filter } from "./filter/filter.ts";
import type { FilterContext } from "./filter/sql.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { type BucketUnit, bucketer, needsExactTimes } from "./time-bucket.ts";
import { addUsage, emptyUsage, type StoredUsage, usageFigures } from "./usage-figures.ts";

export const COST_GROUPINGS: readonly CostGrouping[] = [
  "model",
  "session",
  "day",
  "week",
  "month",
  "project",
  "workspace",
  "agent",
  "identity",
];

export interface CostQuestion extends FilterContext {
  readonly by: CostGrouping;
  readonly filter: Filter;
}

interface GroupedUsage extends StoredUsage {
  readonly key: string | number | null;
  readonly label: string | null;
  readonly extra: string | null;
}

/**
 * Sums usage. Questions that choose by time, place, actor or model alone read the hourly rollup, whose size does not grow
 * with the number of sessions; others join the rollup of each session to the sessions that pass the filter.
 */
export function costBy(db: Reader, question: CostQuestion): CostAnswer {
  const unit = bucketUnitOf(question.by);
  const exact = unit !== null && needsExactTimes(question.timeZone);
  const { sql, parameters, source } = costRowsSql(question, exact);
  const stored = rowsOf<GroupedUsage>(db, sql, parameters);
  const bucket = unit && bucketer(unit, question.timeZone);
  const label =
    bucket &&
    ((key: number | null): string | null => {
      const time = timeOfKey(key, source);
      return time === null ? null : bucket(time);
    });
  const totals = emptyUsage();
  const groups = new Map<string, { usage: ReturnType<typeof emptyUsage>; row: GroupedUsage; key: string | null }>();
  for (const row of stored) {
    addUsage(totals, row);
    const key = label ? label(row.key as number | null) : (row.key as string | null);
    const name = JSON.stringify(key);
    let group = groups.get(name);
    if (!group) {
      group = { usage: emptyUsage(), row, key };
      groups.set(name, group);
    }
    addUsage(group.usage, row);
  }
  const rows = [...groups.values()].map(({ usage, row, key }) => ({
    ...keyFields(question.by, key, row),
    ...usageFigures(usage),
    micros: usage.cost_micros,
  }));
  rows.sort(unit ? byKey(question.by) : byCost);
  return { rows: rows.map(({ micros, ...row }) => row), totals: usageFigures(totals) };
}

function bucketUnitOf(by: CostGrouping): BucketUnit | null {
  return by === "day" || by === "week" || by === "month" ? by : null;
}

function keyFields(by: CostGrouping, key: string | null, row: GroupedUsage): Readonly<Record<string, unknown>> {
  switch (by) {
    case "session":
      return { session: key, session_id: key, title: row.label, project: row.extra };
    case "project":
      return { project: row.label, project_id: key };
    case "workspace":
      return { workspace: row.label, workspace_id: key };
    default:
      return { [by]: key };
  }
}

type CostRow = UsageFigures & { readonly micros: number } & Readonly<Record<string, unknown>>;

function byCost(a: CostRow, b: CostRow): number {
  return b.micros - a.micros || tokensOf(b) - tokensOf(a) || b.responses - a.responses;
}

function tokensOf(row: UsageFigures): number {
  return row.input_tokens + row.output_tokens + row.cache_creation_input_tokens + row.cache_read_input_tokens;
}

/** Oldest first, undated last. */
function byKey(by: string): (a: CostRow, b: CostRow) => number {
  return (a, b) => {
    const [left, right] = [a[by] as string | null, b[by] as string | null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return left < right ? -1 : left > right ? 1 : 0;
  };
}
