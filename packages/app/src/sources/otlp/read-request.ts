/** @module An exporter's request to the items that stand in the spool: what the receiver needs of the protocol. Never throws. */
import { decodeRequest, type OtlpEncoding } from "./decode-request.ts";
import { decompress, type OtlpRefusal } from "./decompress.ts";
import type { OtlpSignal } from "./item.ts";
import { OTLP_LIMITS, type OtlpLimits } from "./limits.ts";
import { splitRequest } from "./split-request.ts";

export { exportResponse, statusBody } from "./answer.ts";
export type { OtlpEncoding } from "./decode-request.ts";
export type { OtlpRefusal } from "./decompress.ts";
export type { OtlpSignal } from "./item.ts";
export { OTLP_LIMITS, type OtlpLimits } from "./limits.ts";

export interface OtlpRequest {
  readonly signal: OtlpSignal;
  /** The headers Content-Type and Content-Encoding. */
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Buffer;
}

export interface OtlpItems {
  readonly encoding: OtlpEncoding;
  /** JSON of an item each (item.ts). What could not be read as one is among them, as a problem. */
  readonly items: readonly string[];
  /** How many could not be read. */
  readonly rejected: number;
  readonly message: string | null;
}

/** The encoding that a Content-Type names, whatever its parameters; null: none that is taken. */
export function otlpEncoding(contentType: string | undefined): OtlpEncoding | null {
  const name = contentType?.split(";")[0]?.trim().toLowerCase();
  return name === "application/json" || name === "application/x-protobuf" ? name : null;
}

/** The items, or a status and why: 413 for too much, 415 for another encoding, 400 for what is malformed. */
export async function readOtlpRequest(
  { signal, contentType, contentEncoding, body }: OtlpRequest,
  limits: OtlpLimits = OTLP_LIMITS,
): Promise<OtlpItems | OtlpRefusal> {
  const encoding = otlpEncoding(contentType);
  if (!encoding) return { status: 415, message: "Content-Type is application/json or application/x-protobuf" };
  const plain = await decompress(body, contentEncoding, limits);
  if (!Buffer.isBuffer(plain)) return plain;
  const decoded = decodeRequest(plain, signal, encoding, limits.bytes);
  if ("refusal" in decoded) return decoded.refusal;
  const split = splitRequest(decoded.request, signal, limits);
  if (split === null) return { status: 400, message: `the body is no export request for ${signal}` };
  if (split === "too much") return { status: 413, message: `more than ${limits.items} items, or too large a resource` };
  const { items, broken } = split;
  const message = broken === 0 ? null : `${broken} of ${items.length} could not be read; they are kept as they are`;
  return { encoding, items, rejected: broken, message };
}
