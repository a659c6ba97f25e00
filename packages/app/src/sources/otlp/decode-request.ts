/** @module A request's bytes as the OTLP/JSON object that they say, from either encoding. */
import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { decodeRecord } from "../claude/decode.ts";
import { bytesNestDeeperThan } from "../claude/depth.ts";
import type { JsonObject } from "../claude/json.ts";
import type { OtlpRefusal } from "./decompress.ts";
import type { OtlpSignal } from "./item.ts";
import { messageJson } from "./message-json.ts";
import { ExportLogsServiceRequestSchema } from "./protocol/opentelemetry/proto/collector/logs/v1/logs_service_pb.ts";
import { ExportMetricsServiceRequestSchema } from "./protocol/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts";
import { ExportTraceServiceRequestSchema } from "./protocol/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";

/** As Content-Type names them. */
export type OtlpEncoding = "application/json" | "application/x-protobuf";

/** Deeper values are no telemetry; and every reader after this one may go down by recursion. */
const DEEPEST_JSON = 400;
/** Messages inside messages. Each becomes at most one and a half levels of JSON. */
const DEEPEST_MESSAGE = 250;

const REQUESTS: Readonly<Record<OtlpSignal, DescMessage>> = {
  traces: ExportTraceServiceRequestSchema,
  logs: ExportLogsServiceRequestSchema,
  metrics: ExportMetricsServiceRequestSchema,
};

export type DecodedRequest = { readonly request: JsonObject } | { readonly refusal: OtlpRefusal };

/** Never throws: what cannot be read is refused. */
export function decodeRequest(body: Buffer, signal: OtlpSignal, encoding: OtlpEncoding, limit: number): DecodedRequest {
  if (encoding === "application/x-protobuf") {
    const options = { readUnknownFields: false, recursionLimit: DEEPEST_MESSAGE };
    try {
      return { request: messageJson(fromBinary(REQUESTS[signal], body, options)) };
    } catch {
      return malformed(`the body is no export request for ${signal}`);
    }
  }
  if (bytesNestDeeperThan(body, DEEPEST_JSON)) return malformed("the body nests too deep");
  const { record, problem } = decodeRecord(body, limit);
  return record ? { request: record } : malformed(`the body is no JSON object: ${problem?.message ?? ""}`);
}

function malformed(message: string): DecodedRequest {
  return { refusal: { status: 400, message } };
}
