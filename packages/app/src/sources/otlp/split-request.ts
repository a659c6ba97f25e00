/** @module An export request taken apart into the items that stand in the spool, each with its resource and scope. */
import { isObject, type JsonObject, listOf } from "../claude/json.ts";
import { occurrenceKey } from "./event-key.ts";
import { brokenItemText, type OtlpItem, type OtlpSignal } from "./item.ts";
import type { OtlpLimits } from "./limits.ts";

/** What a request held. */
export interface SplitRequest {
  /** JSON of an item each, those that are broken included. */
  readonly items: readonly string[];
  /** How many are broken. */
  readonly broken: number;
}

export type SplitLimits = Pick<OtlpLimits, "items" | "item" | "written">;

const LISTS = {
  traces: ["resourceSpans", "scopeSpans", "spans"],
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
} as const satisfies Readonly<Record<OtlpSignal, readonly [string, string, string]>>;
const POINTS = ["sum", "gauge", "histogram", "exponentialHistogram", "summary"] as const;
const EMPTY: JsonObject = {};

/** Null: not a request of this signal. "too much": more than `limits` allow. */
export function splitRequest(
  request: JsonObject,
  signal: OtlpSignal,
  limits: SplitLimits,
): SplitRequest | null | "too much" {
  const [resources, scopes, leaves] = LISTS[signal];
  const outer = request[resources];
  const isOther = Object.values(LISTS).some(([name]) => name !== resources && request[name] !== undefined);
  if (outer === undefined || outer === null) return isOther ? null : { items: [], broken: 0 };
  if (!Array.isArray(outer)) return null;

  const kept = keeper(signal, limits);
  for (const group of outer as readonly unknown[]) {
    if (!isObject(group)) kept.broken(`an entry of ${resources} is no object`, group);
    else {
      const resource = isObject(group.resource) ? group.resource : EMPTY;
      const resourceText = JSON.stringify(resource);
      for (const inner of kept.list(scopes, group[scopes])) {
        const scope = isObject(inner.scope) ? inner.scope : EMPTY;
        const head = `{"signal":"${signal}","resource":${resourceText},"scope":${JSON.stringify(scope)},"item":`;
        for (const leaf of kept.list(leaves, inner[leaves])) {
          for (const item of signal === "metrics" ? pointsOf(leaf) : [leaf])
            kept.item(head, { signal, resource, scope, item });
          if (kept.isTooMuch()) return "too much";
        }
      }
    }
    if (kept.isTooMuch()) return "too much";
  }
  return kept.all();
}

/** Collects the items of a request, and counts equal ones and broken ones. */
function keeper(signal: OtlpSignal, limits: SplitLimits) {
  const seen = new Map<string, number>();
  const items: string[] = [];
  let broken = 0;
  let written = 0;
  const isTooMuch = (): boolean => items.length > limits.items || written > limits.written;
  function keep(text: string): void {
    if (isTooMuch()) return;
    items.push(text);
    written += text.length;
  }
  function keepBroken(problem: string, value: unknown): void {
    broken++;
    keep(brokenItemText(signal, problem, value));
  }
  return {
    isTooMuch,
    broken: keepBroken,
    /** `head`: JSON of the item's surroundings, up to the item itself. */
    item(head: string, item: Omit<OtlpItem, "n">): void {
      if (isTooMuch()) return;
      const key = occurrenceKey(item);
      const n = key === null ? 0 : (seen.get(key) ?? 0);
      if (key !== null) seen.set(key, n + 1);
      const text = `${head}${JSON.stringify(item.item)}${n > 0 ? `,"n":${n}` : ""}}`;
      if (text.length > limits.item) keepBroken(`an item of ${text.length} characters`, item.item);
      else keep(text);
    },
    /** The objects of a list; what is no object, or no list, is kept as broken. */
    *list(name: string, value: unknown): Generator<JsonObject> {
      if (value === undefined || value === null) return;
      if (!Array.isArray(value)) keepBroken(`${name} is no list`, value);
      for (const entry of listOf(value)) {
        if (isObject(entry)) yield entry;
        else keepBroken(`an entry of ${name} is no object`, entry);
      }
    },
    all: (): SplitRequest => ({ items, broken }),
  };
}

/** The metric once for each of its points. One without points says nothing. */
function* pointsOf(metric: JsonObject): Generator<JsonObject> {
  let isKnown = false;
  for (const kind of POINTS) {
    const data = metric[kind];
    if (!isObject(data)) continue;
    isKnown = true;
    for (const point of listOf(data.dataPoints)) yield { ...metric, [kind]: { ...data, dataPoints: [point] } };
  }
  if (!isKnown) yield metric;
}
