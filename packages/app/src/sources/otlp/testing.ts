/** @module Items of exporters for tests, and what reading them gives. */
import { type DescMessage, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { encodeSpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { presentEvent } from "../present.ts";
import { parseSpooled, reparseSpooled } from "../spooled.ts";
import type { SpooledEvent } from "../spooled-event.ts";
import type { OtlpSignal } from "./item.ts";
import { ExportLogsServiceRequestSchema } from "./protocol/opentelemetry/proto/collector/logs/v1/logs_service_pb.ts";
import { ExportMetricsServiceRequestSchema } from "./protocol/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts";
import { ExportTraceServiceRequestSchema } from "./protocol/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { type OtlpItems, readOtlpRequest } from "./read-request.ts";

/** Ten minutes after everything that the items tell of. */
export const NOW = Date.UTC(2026, 2, 10, 12, 10);
export const BEGAN = Date.UTC(2026, 2, 10, 12);

export type Plain = string | number | boolean | readonly Plain[];

function anyValue(value: Plain): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map(anyValue) } };
}

/** Attributes as OTLP/JSON writes them. */
export function attributes(values: Readonly<Record<string, Plain>>): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** Nanoseconds as a decimal string; `after`: milliseconds. */
export function nanos(after: number): string {
  return `${BigInt(Math.round((BEGAN + after) * 1000)) * 1000n}`;
}

export interface Given {
  readonly signal?: OtlpSignal;
  readonly resource?: Readonly<Record<string, Plain>>;
  readonly scope?: string;
  readonly n?: number;
}

/** The event of one item, as the daemon would store it. */
export function parsed(item: object, given: Given = {}): SpooledEvent {
  const { signal = "traces", resource = { "service.name": "loom" }, scope = "loom-tracer", n } = given;
  const body = {
    signal,
    resource: { attributes: attributes(resource) },
    scope: { name: scope },
    item,
    ...(n && { n }),
  };
  return parsedText(JSON.stringify(body));
}

export function parsedText(text: string): SpooledEvent {
  return events([text])[0]!;
}

/** Events of items in one record of the spool. */
export function events(items: readonly string[]): readonly SpooledEvent[] {
  const body = Buffer.from(`[${items.join(",")}]`);
  return parseSpooled(encodeSpoolRecord({ kind: "otlp", fields: { at: String(NOW - 1000), key: "k" }, body }), NOW);
}

export function factsOf<K extends Fact["kind"]>(event: SpooledEvent, kind: K): readonly Extract<Fact, { kind: K }>[] {
  return event.facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
}

/** What every event must hold to, whatever its item was. Throws what does not hold. */
export function checkEvent(event: SpooledEvent): void {
  const again = reparseSpooled(event.body, NOW);
  if (JSON.stringify(again) !== JSON.stringify(event)) throw new Error("read again it is another event");
  const { text } = presentEvent({ source: "otlp", type: event.type, body: event.body });
  if (text !== event.text) throw new Error(`presented text ${text} is not ${event.text}`);
  if (!event.text.isWellFormed() || event.text.includes("\0")) throw new Error("text that cannot be stored");
}

export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const SPAN = "b7ad6b7169203331";

export function span(values: Readonly<Record<string, Plain>> = {}, more: object = {}): object {
  return {
    traceId: TRACE,
    spanId: SPAN,
    name: "weave",
    kind: 1,
    startTimeUnixNano: nanos(0),
    endTimeUnixNano: nanos(12.5),
    attributes: attributes(values),
    status: {},
    ...more,
  };
}

export function log(values: Readonly<Record<string, Plain>> = {}, more: object = {}): object {
  const body = { stringValue: "the shuttle is stuck" };
  return { timeUnixNano: nanos(0), observedTimeUnixNano: nanos(1), body, attributes: attributes(values), ...more };
}

/** The items of a request that must be taken in. */
export async function itemsOf(
  signal: OtlpSignal,
  body: Buffer | string,
  contentType = "application/json",
): Promise<OtlpItems> {
  const read = await readOtlpRequest({ signal, contentType, contentEncoding: undefined, body: Buffer.from(body) });
  if ("status" in read) throw new Error(`${read.status}: ${read.message}`);
  return read;
}

const REQUESTS: Readonly<Record<OtlpSignal, DescMessage>> = {
  traces: ExportTraceServiceRequestSchema,
  logs: ExportLogsServiceRequestSchema,
  metrics: ExportMetricsServiceRequestSchema,
};

/** A request in the OTLP/JSON encoding as protobuf bytes: protobuf's own JSON writes ids in base64. */
export function protobufOf(signal: OtlpSignal, request: object): Buffer {
  const text = JSON.stringify(request, (name, value: unknown) =>
    /^(?:traceId|spanId|parentSpanId)$/.test(name) ? Buffer.from(String(value), "hex").toString("base64") : value,
  );
  const schema = REQUESTS[signal];
  const message = fromJson(schema, JSON.parse(text) as JsonValue, { ignoreUnknownFields: true });
  return Buffer.from(toBinary(schema, message));
}
