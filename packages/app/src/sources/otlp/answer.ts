/** @module What an exporter is answered, in the encoding of its request. */
import { create, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { OtlpEncoding } from "./decode-request.ts";
import type { OtlpSignal } from "./item.ts";
import { ExportLogsServiceResponseSchema } from "./protocol/opentelemetry/proto/collector/logs/v1/logs_service_pb.ts";
import { ExportMetricsServiceResponseSchema } from "./protocol/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts";
import { ExportTraceServiceResponseSchema } from "./protocol/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";

const RESPONSES: Readonly<Record<OtlpSignal, readonly [DescMessage, string]>> = {
  traces: [ExportTraceServiceResponseSchema, "rejectedSpans"],
  logs: [ExportLogsServiceResponseSchema, "rejectedLogRecords"],
  metrics: [ExportMetricsServiceResponseSchema, "rejectedDataPoints"],
};
/** Field of google.rpc.Status that holds its text. */
const STATUS_MESSAGE = 2;

/** The body of a 200. Nothing was rejected: an empty message, as the protocol asks. */
export function exportResponse(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  rejected: number,
  message: string | null,
): Uint8Array<ArrayBuffer> {
  const [schema, count] = RESPONSES[signal];
  const isWhole = rejected === 0 && message === null;
  if (encoding === "application/json") {
    const partial = { [count]: String(rejected), errorMessage: message ?? "" };
    return bytesOf(JSON.stringify(isWhole ? {} : { partialSuccess: partial }));
  }
  const partialSuccess = { [count]: BigInt(rejected), errorMessage: message ?? "" };
  return new Uint8Array(toBinary(schema, create(schema, isWhole ? {} : { partialSuccess })));
}

/** The body of a refusal: a google.rpc.Status with its text alone. */
export function statusBody(encoding: OtlpEncoding, message: string): Uint8Array<ArrayBuffer> {
  if (encoding === "application/json") return bytesOf(JSON.stringify({ message }));
  return new Uint8Array(new BinaryWriter().tag(STATUS_MESSAGE, WireType.LengthDelimited).string(message).finish());
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
