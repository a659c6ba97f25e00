/** @module A metric with one data point: its value, what tells its series from others, and when it was taken. */
import type { Fact } from "../../model/record.ts";
import type { MetricFact } from "../../model/telemetry.ts";
import { clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject, listOf, shortString } from "../claude/json.ts";
import { pushProblem } from "../spooled-event.ts";
import type { Scope } from "./whose.ts";

const KINDS = [
  ["sum", "sum"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["exponentialHistogram", "histogram"],
  ["summary", "summary"],
] as const satisfies readonly (readonly [string, MetricFact["metricKind"]])[];
const DELTA: ReadonlySet<unknown> = new Set([1, "AGGREGATION_TEMPORALITY_DELTA"]);
const MOST_ATTRIBUTES = 50;
const TEXT_LIMIT = 200;
/** What names a session, an account or a machine rather than what is counted. */
const NO_SERIES =
  /^(?:session\.id|clew\..*|user\..*|organization\.id|terminal\.type|app\..*|anthropic\..*|agent_id|parent_agent_id)$/;

/** The point that a metric was cut down to, and where it stands. */
export interface MetricPoint {
  readonly kind: (typeof KINDS)[number];
  readonly data: JsonObject;
  readonly point: JsonObject;
}

/** Null: it has none. */
export function metricPoint(metric: JsonObject): MetricPoint | null {
  for (const kind of KINDS) {
    const data = metric[kind[0]];
    if (!isObject(data)) continue;
    const point = listOf(data.dataPoints)[0];
    if (isObject(point)) return { kind, data, point };
  }
  return null;
}

export function metricFactOf(
  metric: JsonObject,
  { kind, data, point }: MetricPoint,
  scope: Scope,
  ts: number,
  facts: Fact[],
): MetricFact | null {
  const name = shortString(metric.name, TEXT_LIMIT);
  const value = numberOf(point);
  if (name === undefined || value === null) {
    pushProblem(facts, name === undefined ? "the metric has no name" : "the metric has no value");
    return null;
  }
  return {
    kind: "metric",
    sessionId: scope.sessionId,
    name,
    attributes: seriesOf(scope),
    unit: shortString(metric.unit, 64) ?? null,
    metricKind: kind[1],
    isDelta: DELTA.has(data.aggregationTemporality),
    value,
    ts,
  };
}

/** A point's number; of a distribution its sum. */
function numberOf(point: JsonObject): number | null {
  for (const said of [point.asDouble, point.asInt, point.sum]) {
    const number = typeof said === "string" && said.length <= 40 && said.trim() !== "" ? Number(said) : said;
    if (typeof number === "number" && Number.isFinite(number)) return number;
  }
  return point.count === undefined ? null : 0;
}

/** Another program's name is part of it: two may count the same thing, and nothing else would tell them apart. */
function seriesOf({ own, service, isClaudeCode }: Scope): MetricFact["attributes"] {
  const kept: [string, string | number | boolean][] = service && !isClaudeCode ? [["service.name", service]] : [];
  for (const name of own.names()) {
    if (NO_SERIES.test(name) || kept.length >= MOST_ATTRIBUTES) continue;
    const value = own.value(name);
    const key = clipText(name, TEXT_LIMIT);
    if (typeof value === "string") kept.push([key, clipText(value, TEXT_LIMIT)]);
    else if (typeof value === "number" || typeof value === "boolean") kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}
