/** @module Batches as OTLP's messages, in protobuf and in JSON, and what a receiver answers. */
import { create, fromBinary, fromJson, type JsonObject, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { clewVersion } from "../../base/version.ts";
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
  type ExportTraceServiceResponse,
  ExportTraceServiceResponseSchema,
} from "../../sources/otlp/protocol/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { type KeyValue, KeyValueSchema } from "../../sources/otlp/protocol/opentelemetry/proto/common/v1/common_pb.ts";
import { type Span, SpanSchema } from "../../sources/otlp/protocol/opentelemetry/proto/trace/v1/trace_pb.ts";
import type { SpanBatch } from "./batches.ts";
import {
  type Attributes,
  type AttributeValue,
  nanosecondsOf,
  type OutgoingSpan,
  SPAN_KINDS,
  SPAN_STATUS,
} from "./span.ts";

/** Recorded, and it is known that neither parent nor link is another process's. */
const FLAGS = 0x101;

export function encodeProtobuf(batch: SpanBatch): Uint8Array {
  return toBinary(ExportTraceServiceRequestSchema, messageOf(batch));
}

/** OTLP's JSON differs from protobuf's in two things: enumerations are numbers, and ids are hex digits instead of base64. */
export function encodeJson(batch: SpanBatch): JsonObject {
  const json = toJson(ExportTraceServiceRequestSchema, messageOf(batch), { enumAsInteger: true });
  return withHexIds(json) as JsonObject;
}

const IDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** Attributes are lists of keys and values: no name in them is a field's. */
function withHexIds(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withHexIds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      IDS.has(name) && typeof inner === "string" ? Buffer.from(inner, "base64").toString("hex") : withHexIds(inner),
    ]),
  );
}

function messageOf({ groups }: SpanBatch): ExportTraceServiceRequest {
  const scope = { name: "clew", version: clewVersion() };
  return create(ExportTraceServiceRequestSchema, {
    resourceSpans: groups.map(({ resource, spans }) => ({
      resource: { attributes: keyValues(resource) },
      scopeSpans: [{ scope, spans: spans.map(spanOf) }],
    })),
  });
}

function spanOf(span: OutgoingSpan): Span {
  return create(SpanSchema, {
    traceId: bytesOf(span.traceId),
    spanId: bytesOf(span.spanId),
    ...(span.parentSpanId !== null && { parentSpanId: bytesOf(span.parentSpanId) }),
    name: wellFormed(span.name),
    kind: SPAN_KINDS[span.kind],
    startTimeUnixNano: nanosecondsOf(span.start),
    endTimeUnixNano: nanosecondsOf(span.end),
    attributes: keyValues(span.attributes),
    links: span.links.map((link) => ({
      traceId: bytesOf(link.traceId),
      spanId: bytesOf(link.spanId),
      attributes: keyValues(link.attributes),
      flags: FLAGS,
    })),
    status: { code: SPAN_STATUS[span.status], message: wellFormed(span.statusMessage ?? "") },
    flags: FLAGS,
  });
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function keyValues(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => create(KeyValueSchema, { key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue) {
  if (typeof value === "string") return { value: { case: "stringValue" as const, value: wellFormed(value) } };
  if (typeof value === "boolean") return { value: { case: "boolValue" as const, value } };
  if (typeof value === "bigint") return { value: { case: "intValue" as const, value } };
  if (typeof value === "number") return { value: { case: "doubleValue" as const, value } };
  const values = value.map((text) => ({ value: { case: "stringValue" as const, value: wellFormed(text) } }));
  return { value: { case: "arrayValue" as const, value: { values } } };
}

/** Half of a surrogate pair has no place in UTF-8. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** How much a receiver refused for good, and what it says; an answer that cannot be read is an acceptance without words. */
export function readAnswer(
  body: Uint8Array,
  contentType: string,
): { readonly rejectedSpans: number; readonly message: string } {
  const answer = answerOf(body, contentType);
  const rejected = Number(answer?.partialSuccess?.rejectedSpans ?? 0n);
  return { rejectedSpans: Math.max(0, rejected), message: answer?.partialSuccess?.errorMessage ?? "" };
}

function answerOf(body: Uint8Array, contentType: string): ExportTraceServiceResponse | null {
  try {
    if (!/json/iu.test(contentType)) return fromBinary(ExportTraceServiceResponseSchema, body);
    const json = JSON.parse(Buffer.from(body).toString("utf8")) as JsonValue;
    return fromJson(ExportTraceServiceResponseSchema, json, { ignoreUnknownFields: true });
  } catch {
    return null;
  }
}
