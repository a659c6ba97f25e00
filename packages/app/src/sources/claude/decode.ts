/** @module The bytes of one line as a JSON object, or the reason why not. Bounded in length and depth. */
import { isAscii, isUtf8, transcode } from "node:buffer";
import type { ProblemFact } from "../../model/record.ts";
import { bytesNestDeeperThan, valueNestsDeeperThan } from "./depth.ts";
import { isObject, type JsonObject } from "./json.ts";

/** Longer lines are kept, not parsed. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;
/** Deeper lines are kept, not read: whoever walks a record may do so by recursion. */
export const MAX_DEPTH = 512;
/** Up to here JSON.parse takes any nesting in milliseconds and the value is looked at; 32 MB of brackets would take gigabytes. */
const PARSED_UNSEEN_BYTES = 128 * 1024;

export interface Decoded {
  /** Undefined when the problem leaves nothing to read. */
  readonly record?: JsonObject;
  readonly problem?: ProblemFact;
}

function failed(reason: ProblemFact["reason"], message: string): { readonly problem: ProblemFact } {
  return { problem: { kind: "problem", reason, message } };
}

/** The text of bytes; what is no UTF-8 becomes U+FFFD. By way of UTF-16 it takes half of the time that toString does. */
export function decodeText(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  const text = isUtf8(bytes) ? transcode(bytes, "utf8", "utf16le").toString("utf16le") : bytes.toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The same words on every version of Node, without the foreign text that some of them quote. */
function reasonOf(error: unknown): string {
  const position = /position (\d+)/.exec(String(error))?.[1];
  return position ? `no JSON from character ${position} on` : "no JSON, or cut off";
}

/** A JSON value of any kind. `limit`: longer bytes are not parsed. */
export function decodeValue(
  bytes: Buffer,
  limit: number,
): { readonly value: unknown } | { readonly problem: ProblemFact } {
  if (bytes.length > limit) return failed("too_long", `${bytes.length} bytes in one line`);
  const tooDeep = `nested deeper than ${MAX_DEPTH}`;
  if (bytes.length > PARSED_UNSEEN_BYTES && bytesNestDeeperThan(bytes, MAX_DEPTH)) return failed("too_deep", tooDeep);
  let value: unknown;
  try {
    value = JSON.parse(decodeText(bytes));
  } catch (error) {
    return failed("invalid_json", reasonOf(error));
  }
  if (typeof value === "object" && value !== null && valueNestsDeeperThan(value, MAX_DEPTH))
    return failed("too_deep", tooDeep);
  return { value };
}

export function decodeRecord(bytes: Buffer, limit: number = MAX_LINE_BYTES): Decoded {
  const decoded = decodeValue(bytes, limit);
  if ("problem" in decoded) return decoded;
  const { value } = decoded;
  if (!isObject(value))
    return failed("not_an_object", Array.isArray(value) ? "an array" : `a ${value === null ? "null" : typeof value}`);
  if (isUtf8(bytes)) return { record: value };
  return { record: value, problem: { kind: "problem", reason: "invalid_utf8", message: "bytes that are not UTF-8" } };
}
