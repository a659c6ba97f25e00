/** @module What programs counted of a session in metrics: a cross-check beside what its events add up to. */
import type { IsoTime } from "../model/answers.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface MetricRow {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly unit: string | null;
  readonly kind: "sum" | "gauge" | "histogram" | "summary";
  /** Of deltas their sum, else the newest; of a histogram its sum. */
  readonly value: number;
  /** How many were received. */
  readonly points: number;
  readonly first_at: IsoTime | null;
  readonly last_at: IsoTime | null;
}

/** By the primary key. */
export const METRICS = `SELECT name, attributes, unit, kind, value, points, first_at, last_at FROM metric_series
  WHERE session_id = ? ORDER BY name, attributes LIMIT ?`;

type StoredMetric = Omit<MetricRow, "attributes" | "first_at" | "last_at"> & {
  readonly attributes: string;
  readonly first_at: number;
  readonly last_at: number;
};

/** By name. `limit`: default 500. */
export function sessionMetrics(
  db: Reader,
  { sessionId, limit = 500 }: { readonly sessionId: string; readonly limit?: number },
): readonly MetricRow[] {
  return rowsOf<StoredMetric>(db, METRICS, [sessionId, limit]).map((row) => ({
    ...row,
    attributes: JSON.parse(row.attributes) as MetricRow["attributes"],
    first_at: isoTime(row.first_at),
    last_at: isoTime(row.last_at),
  }));
}
