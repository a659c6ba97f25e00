/**
 * @module The shape in which OpenTelemetry stands in the spool: one span, log record or metric point with its resource and
 * scope, all three in the OTLP/JSON encoding. The receiver writes these, and so does the SDK's own span exporter.
 */
import { decodeRecord } from "../claude/decode.ts";
import { isObject, type JsonObject, shortString } from "../claude/json.ts";
import { MAX_BODY_BYTES } from "../spooled-event.ts";

export const OTLP_SIGNALS = ["traces", "logs", "metrics"] as const;
export type OtlpSignal = (typeof OTLP_SIGNALS)[number];

/** Ids are hex, 64-bit numbers decimal strings or plain numbers: both are read, since exporters write both. */
export interface OtlpItem {
  readonly signal: OtlpSignal;
  readonly resource: JsonObject;
  readonly scope: JsonObject;
  /** A Span, a LogRecord, or a Metric with one data point. */
  readonly item: JsonObject;
  /** How many equal ones stood before it in its request; tells one that came twice from two that are equal. */
  readonly n: number;
}

/** What stood in a request where an item was expected. */
export interface BrokenItem {
  readonly signal: OtlpSignal | null;
  readonly problem: string;
  readonly raw: string;
}

const EMPTY: JsonObject = {};

function signalOf(value: unknown): OtlpSignal | null {
  return OTLP_SIGNALS.find((signal) => signal === value) ?? null;
}

/** The item in a record's body; else why it is none. */
export function readOtlpItem(body: Buffer): OtlpItem | BrokenItem {
  const { record, problem } = decodeRecord(body, MAX_BODY_BYTES);
  if (!record) return { signal: null, problem: problem?.message ?? "no item", raw: "" };
  const signal = signalOf(record.signal);
  const { item, n } = record;
  if (signal && isObject(item)) {
    return {
      signal,
      resource: isObject(record.resource) ? record.resource : EMPTY,
      scope: isObject(record.scope) ? record.scope : EMPTY,
      item,
      n: typeof n === "number" && Number.isSafeInteger(n) && n > 0 ? n : 0,
    };
  }
  const raw = typeof record.raw === "string" ? record.raw : "";
  const told = signal ? "no item" : "no signal that is known";
  return { signal, problem: shortString(record.problem, 200) ?? told, raw };
}

/** JSON of something that stood where an item was expected, within bounds. */
export function brokenItemText(signal: OtlpSignal, problem: string, value: unknown): string {
  const raw = JSON.stringify(value) ?? "null";
  return JSON.stringify({ signal, problem, raw: raw.slice(0, 64 * 1024) });
}
