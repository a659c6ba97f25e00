/** @module A span, a log record or a metric as blocks: what it is at a glance, then its attributes. */
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import type { Block, PresentedEvent, PresentRole } from "../../model/present.ts";
import { cleanText, clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject, listOf } from "../claude/json.ts";
import { rawBlock } from "../raw-block.ts";
import { attributesOf, plainAttributes } from "./attributes.ts";
import { claudeEventName, claudeLogText, claudeOrigin } from "./claude/log-facts.ts";
import { type OtlpItem, readOtlpItem } from "./item.ts";
import { logLevel, logText, logTitle } from "./log-fact.ts";
import { metricFactOf, metricPoint } from "./metric-fact.ts";
import { microsOf } from "./otlp-values.ts";
import { spanFactOf, spanMillis, spanTimes } from "./span-fact.ts";
import { spanText } from "./span-text.ts";
import { scopeOf } from "./whose.ts";

const MOST_SHOWN = 100;
const MOST_EVENTS = 50;
const VALUE_LIMIT = 4000;

/** `bytes` are an event's stored body. */
export function presentOtlp(bytes: Buffer): PresentedEvent {
  const record = decodeSpoolRecord(bytes);
  if (!record) return { text: "", role: "system", blocks: [rawBlock(bytes)] };
  const item = readOtlpItem(record.body);
  if ("problem" in item) {
    const raw = item.raw === "" ? rawBlock(record.body) : ({ kind: "raw", text: cleanText(item.raw) } as const);
    return { text: "", role: "system", blocks: [raw] };
  }
  return PRESENTERS[item.signal](item);
}

const PRESENTERS: Readonly<Record<OtlpItem["signal"], (item: OtlpItem) => PresentedEvent>> = {
  traces: presentSpan,
  logs: presentLog,
  metrics: presentMetric,
};

function presentSpan(item: OtlpItem): PresentedEvent {
  const { item: span } = item;
  const name = typeof span.name === "string" ? span.name : "";
  const scope = scopeOf(item, attributesOf(span.attributes), name, []);
  const times = spanTimes(span, Number.MAX_SAFE_INTEGER / 2000, 0, []);
  const fact = spanFactOf(span, times, scope, []);
  const millis = times && microsOf(span.endTimeUnixNano) !== null ? spanMillis(times) : null;
  const told = [name || "unnamed", millis !== null && milliseconds(millis), fact?.status, fact?.statusMessage];
  return {
    text: spanText(span, scope),
    role: "system",
    blocks: [
      notice(["span", scope.service], told),
      ...attributeBlock("attributes", span.attributes),
      ...listOf(span.events).slice(0, MOST_EVENTS).flatMap(eventBlock),
      ...attributeBlock("resource", item.resource.attributes),
    ],
  };
}

function eventBlock(event: unknown): readonly Block[] {
  if (!isObject(event)) return [];
  const name = typeof event.name === "string" ? event.name : "event";
  const text = attributeText(event.attributes);
  return [{ kind: "attachment", label: clipText(`event ${name}`, 200), text }];
}

function presentLog(item: OtlpItem): PresentedEvent {
  const { item: record, resource } = item;
  const own = attributesOf(record.attributes);
  const said = own.text("event.name") ?? (typeof record.eventName === "string" ? record.eventName : "");
  const scope = scopeOf(item, own, said, []);
  const more = [...attributeBlock("attributes", record.attributes), ...attributeBlock("resource", resource.attributes)];
  if (!scope.isClaudeCode) {
    const label = [logLevel(record), scope.scopeName ?? scope.service];
    const text = logText(record, scope);
    return { text, role: "system", blocks: [notice(label, [text || logTitle(record, scope)]), ...more] };
  }
  const name = claudeEventName(record, own);
  const text = claudeLogText(name, own);
  const origin = claudeOrigin(name, own);
  const role: PresentRole = origin === "human" ? "user" : origin === "agent" ? "assistant" : "system";
  const isSaid = (name === "user_prompt" || name === "assistant_response") && text !== "" && role !== "system";
  if (isSaid) return { text, role, blocks: [{ kind: "text", text }] };
  return { text, role: "system", blocks: [notice([name.replaceAll("_", " ")], [text]), ...more] };
}

function presentMetric(item: OtlpItem): PresentedEvent {
  const { item: metric } = item;
  const point = metricPoint(metric);
  const name = typeof metric.name === "string" ? metric.name : "";
  const scope = scopeOf(item, attributesOf(point?.point.attributes), name, []);
  const fact = point && metricFactOf(metric, point, scope, 0, []);
  const told = fact ? [fact.name, String(fact.value), fact.unit] : [name];
  const attributes = attributeBlock("attributes", point?.point.attributes);
  return { text: "", role: "system", blocks: [notice(["metric", scope.service], told), ...attributes] };
}

type Said = string | null | undefined | false;

function notice(label: readonly Said[], texts: readonly Said[]): Block {
  const joined = (parts: readonly Said[], between: string): string => cleanText(parts.filter(Boolean).join(between));
  return { kind: "notice", label: joined(label, " "), text: joined(texts, " · ") };
}

function milliseconds(value: number): string {
  return `${value < 10 ? Math.round(value * 100) / 100 : Math.round(value)} ms`;
}

function attributeBlock(label: string, list: unknown): readonly Block[] {
  const text = attributeText(list);
  return text === "" ? [] : [{ kind: "attachment", label, text }];
}

/** `name: value`, a line each. */
function attributeText(list: unknown): string {
  const { shown, more } = plainAttributes(list, MOST_SHOWN);
  const lines = Object.entries(shown).map(
    ([name, value]) => `${cleanText(name)}: ${clipText(shownValue(value), VALUE_LIMIT)}`,
  );
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function shownValue(value: JsonObject[string]): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
