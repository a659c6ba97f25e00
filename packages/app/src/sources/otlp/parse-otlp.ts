/** @module A spool record of kind "otlp", which holds one item, to its event. Pure; never throws. */
import { eventIdOf, UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { FUTURE_LIMIT_MS, hexOf, pushProblem, type SpooledEvent, timeOfHeader } from "../spooled-event.ts";
import { attributesOf } from "./attributes.ts";
import { claudeEventName, claudeLogText, claudeOrigin, readClaudeLog } from "./claude/log-facts.ts";
import { readClaudeSpan } from "./claude/span-facts.ts";
import { eventKeyOf } from "./event-key.ts";
import { genAiCall } from "./gen-ai-call.ts";
import { type BrokenItem, type OtlpItem, readOtlpItem } from "./item.ts";
import { logLevel, logLineOf, logText } from "./log-fact.ts";
import { metricFactOf, metricPoint } from "./metric-fact.ts";
import { microsOf, millisOf } from "./otlp-values.ts";
import { spanFactOf, spanTimes } from "./span-fact.ts";
import { spanText } from "./span-text.ts";
import { scopeOf } from "./whose.ts";

type Constant = Pick<
  SpooledEvent,
  "eventId" | "naturalKey" | "offset" | "length" | "source" | "cwd" | "body" | "transcriptPath"
>;
type Read = Omit<SpooledEvent, keyof Constant>;

interface Reading {
  readonly eventId: string;
  readonly header: SpoolRecord["fields"];
  readonly now: number;
  readonly facts: Fact[];
}

const READERS: Readonly<Record<OtlpItem["signal"], (item: OtlpItem, reading: Reading) => Read>> = {
  traces: readSpan,
  logs: readLog,
  metrics: readMetric,
};

/** `bytes` are the whole record's; they become the event's body. */
export function parseOtlp(record: SpoolRecord, bytes: Buffer, now: number): SpooledEvent {
  const item = readOtlpItem(record.body);
  const naturalKey = "problem" in item ? `otlp:broken:${hexOf(record.body, 32)}` : eventKeyOf(item);
  const eventId = eventIdOf(naturalKey);
  const reading: Reading = { eventId, header: record.fields, now, facts: [] };
  const constant: Constant = {
    eventId,
    naturalKey,
    offset: 0,
    length: bytes.length,
    source: "otlp",
    cwd: null,
    body: bytes,
    transcriptPath: null,
  };
  return { ...constant, ...("problem" in item ? readBroken(item, reading) : READERS[item.signal](item, reading)) };
}

function readBroken({ problem }: BrokenItem, { header, now, facts }: Reading): Read {
  pushProblem(facts, problem);
  return {
    sessionId: UNCORRELATED_SESSION,
    rootSessionId: UNCORRELATED_SESSION,
    agent: "unknown",
    workspaceId: null,
    ts: timeOfHeader(header, now, facts),
    type: "problem",
    origin: "import",
    text: "",
    facts,
  };
}

function readSpan({ item: span, ...rest }: OtlpItem, { eventId, header, now, facts }: Reading): Read {
  const name = typeof span.name === "string" ? span.name : "";
  const scope = scopeOf({ item: span, ...rest }, attributesOf(span.attributes), name, facts);
  const hasTime = (microsOf(span.startTimeUnixNano) ?? microsOf(span.endTimeUnixNano)) !== null;
  const received = hasTime ? receivedAt(header, now) : timeOfHeader(header, now, facts);
  const times = spanTimes(span, now, received, facts);
  const fact = spanFactOf(span, times, scope, facts);
  if (fact) {
    facts.push(fact);
    if (scope.isClaudeCode) readClaudeSpan(scope, eventId, fact, facts);
    else {
      const call = genAiCall(scope.own, fact);
      if (call) facts.push(call);
    }
  }
  return {
    ...scope.place,
    ts: times && millisOf(times.startedAt),
    type: "otel.span",
    origin: "tool",
    text: spanText(span, scope),
    facts,
  };
}

function readLog({ item: record, ...rest }: OtlpItem, { eventId, header, now, facts }: Reading): Read {
  const own = attributesOf(record.attributes);
  const claudeName = claudeEventName(record, own);
  const said = own.text("event.name") ?? (typeof record.eventName === "string" ? record.eventName : "");
  const scope = scopeOf({ item: record, ...rest }, own, said, facts);
  const ts = timeOf([record.timeUnixNano, record.observedTimeUnixNano], header, now, facts);
  if (scope.isClaudeCode) {
    readClaudeLog(claudeName, record, scope, { eventId, ts }, facts);
    return {
      ...scope.place,
      ts,
      type: `otel.${claudeName}`,
      origin: claudeOrigin(claudeName, own),
      text: claudeLogText(claudeName, own),
      facts,
    };
  }
  if (ts !== null) facts.push(logLineOf(record, scope, ts));
  return {
    ...scope.place,
    agent: scope.place.agent === "otel" ? "script" : scope.place.agent,
    ts,
    type: `log.${logLevel(record)}`,
    origin: "tool",
    text: logText(record, scope),
    facts,
  };
}

function readMetric({ item: metric, ...rest }: OtlpItem, { header, now, facts }: Reading): Read {
  const point = metricPoint(metric);
  const name = typeof metric.name === "string" ? metric.name : "";
  const scope = scopeOf({ item: metric, ...rest }, attributesOf(point?.point.attributes), name, facts);
  if (!point) pushProblem(facts, "the metric has no point");
  const ts = timeOf([point?.point.timeUnixNano, point?.point.startTimeUnixNano], header, now, facts);
  const fact = point && ts !== null ? metricFactOf(metric, point, scope, ts, facts) : null;
  if (fact) facts.push(fact);
  return { ...scope.place, ts, type: "otel.metric", origin: "tool", text: "", facts };
}

/** The first time that is said and can be, else when the record was received. Milliseconds UTC. */
function timeOf(nanos: readonly unknown[], header: SpoolRecord["fields"], now: number, facts: Fact[]): number | null {
  for (const said of nanos) {
    const micros = microsOf(said);
    if (micros === null) continue;
    const millis = millisOf(micros);
    if (millis <= now + FUTURE_LIMIT_MS) return millis;
    pushProblem(facts, "the record is of the future", "future_time");
  }
  return timeOfHeader(header, now, facts);
}

/** When the record was received, for want of another time; says nothing where there is none. */
function receivedAt(header: SpoolRecord["fields"], now: number): number | null {
  return timeOfHeader(header, now, []);
}
