/** @module Usage over time, split by model, project or agent: what charts draw. */
import type { IsoTime, UsageFigures } from "../model/answers.ts";
import { costRowsSql, timeOfKey } from "./cost-sql.ts";
import type { Filter } from "./filter/filter.ts";
import type { FilterContext } from "./filter/sql.ts";
import { startOfDay } from "./filter/time-zone.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { bucketer, needsExactTimes } from "./time-bucket.ts";
import { addUsage, emptyUsage, type MutableUsage, type StoredUsage, usageFigures } from "./usage-figures.ts";

export type SeriesUnit = "hour" | "day" | "week" | "month";
export type SeriesSplit = "model" | "project" | "agent" | "none";

export interface CostSeriesQuestion extends FilterContext {
  readonly filter: Filter;
  readonly unit: SeriesUnit;
  readonly split: SeriesSplit;
}

export interface CostSeries {
  /** Oldest first; buckets without usage are left out. */
  readonly buckets: readonly {
    readonly start: IsoTime;
    readonly label: string;
    readonly series: Readonly<Record<string, UsageFigures>>;
  }[];
  /** Most expensive first. */
  readonly names: readonly string[];
  /** Undated usage included, so it equals the totals of costBy. */
  readonly totals: UsageFigures;
}

interface SeriesRow extends StoredUsage {
  readonly key: number | null;
  readonly label: string | null;
}

export function costSeries(db: Reader, question: CostSeriesQuestion): CostSeries {
  const exact = question.unit !== "hour" && needsExactTimes(question.timeZone);
  const { sql, parameters, source } = costRowsSql({ ...question, by: "day" }, exact, question.split);
  const bucketLabel = question.unit === "hour" ? null : bucketer(question.unit, question.timeZone);
  const totals = emptyUsage();
  const byName = new Map<string, MutableUsage>();
  const buckets = new Map<string, Map<string, MutableUsage>>();
  for (const row of rowsOf<SeriesRow>(db, sql, parameters)) {
    addUsage(totals, row);
    const name = row.label ?? "all";
    addUsage(usageOf(byName, name), row);
    const time = timeOfKey(row.key, source);
    if (time === null) continue;
    const label =
      question.unit === "hour" ? new Date(Math.floor(time / 3_600_000) * 3_600_000).toISOString() : bucketLabel!(time);
    let bucket = buckets.get(label);
    if (!bucket) {
      bucket = new Map();
      buckets.set(label, bucket);
    }
    addUsage(usageOf(bucket, name), row);
  }
  const names = [...byName]
    .sort(([, a], [, b]) => b.cost_micros - a.cost_micros || b.output_tokens - a.output_tokens)
    .map(([name]) => name);
  return {
    buckets: [...buckets]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, series]) => ({
        start: startOf(label, question),
        label,
        series: Object.fromEntries([...series].map(([name, usage]) => [name, usageFigures(usage)])),
      })),
    names,
    totals: usageFigures(totals),
  };
}

function usageOf(sums: Map<string, MutableUsage>, name: string): MutableUsage {
  let usage = sums.get(name);
  if (!usage) {
    usage = emptyUsage();
    sums.set(name, usage);
  }
  return usage;
}

function startOf(label: string, question: CostSeriesQuestion): IsoTime {
  if (question.unit === "hour") return label;
  const [year, month, day = 1] = label.split("-").map(Number);
  return new Date(startOfDay(year!, month!, day, question.timeZone)).toISOString();
}
