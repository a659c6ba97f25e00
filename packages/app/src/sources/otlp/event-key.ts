/** @module What makes two sendings of one item the same event: a span's own ids, else a hash of everything it says. */
import { createHash } from "node:crypto";
import { isObject, type JsonObject, listOf } from "../claude/json.ts";
import { attributesOf, plainValue } from "./attributes.ts";
import type { OtlpItem } from "./item.ts";
import { spanIdOf, traceIdOf } from "./otlp-values.ts";

/** What tells one running program from another. */
const WHO = ["service.namespace", "service.name", "service.instance.id", "host.name", "process.pid"];

/**
 * Natural key of an item. The same for both encodings of the protocol and for both ways of writing 64-bit numbers, so that
 * a batch which is sent again, however, makes no new events. `n` aside: see occurrenceKey.
 */
export function eventKeyOf(item: OtlpItem): string {
  const span = item.signal === "traces" ? spanKey(item.item) : null;
  if (span !== null) return span;
  const key = contentKey(item);
  return item.n > 0 ? `${key}:${item.n}` : key;
}

/** Key under which equal items of one request are counted; null for spans, which have ids of their own. */
export function occurrenceKey(item: Omit<OtlpItem, "n">): string | null {
  return item.signal === "traces" ? null : contentKey(item);
}

function spanKey({ traceId, spanId }: JsonObject): string | null {
  const trace = traceIdOf(traceId);
  const span = spanIdOf(spanId);
  return trace && span ? `otlp:${trace}:${span}` : null;
}

function contentKey({ signal, resource, scope, item }: Omit<OtlpItem, "n">): string {
  const attributes = attributesOf(resource.attributes);
  const hash = createHash("sha256");
  hash.update(JSON.stringify([signal, WHO.map((name) => attributes.value(name) ?? null), scope.name ?? null]));
  hash.update(JSON.stringify(canonical(item, "")));
  return `otlp:${signal}:${hash.digest("hex").slice(0, 32)}`;
}

/** What receivers and encodings may leave out or write in two ways. */
const DEFAULTS: ReadonlySet<unknown> = new Set(["", 0, "0", false, null]);
const SIXTY_FOUR_BITS = /(?:UnixNano|^count|^asInt|^zeroCount|^bucketCounts)$/;

function canonical(value: unknown, name: string): unknown {
  if (name === "attributes" || name === "filteredAttributes") return canonicalAttributes(value);
  if (name === "body") return plainValue(value);
  if (name === "traceId") return traceIdOf(value);
  if (name === "spanId" || name === "parentSpanId") return spanIdOf(value);
  if (Array.isArray(value)) return value.map((entry) => canonical(entry, SIXTY_FOUR_BITS.test(name) ? name : ""));
  if (isObject(value)) {
    const entries = Object.keys(value)
      .toSorted()
      .map((key) => [key, canonical(value[key], key)] as const)
      .filter(([, entry]) => !DEFAULTS.has(entry) && !(Array.isArray(entry) && entry.length === 0));
    return Object.fromEntries(entries);
  }
  return typeof value === "number" && SIXTY_FOUR_BITS.test(name) ? String(value) : value;
}

function canonicalAttributes(list: unknown): unknown {
  return listOf(list)
    .flatMap((entry): [string, unknown][] => (isObject(entry) ? [[String(entry.key), plainValue(entry.value)]] : []))
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
