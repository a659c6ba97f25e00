/** @module A decoded protobuf message in the OTLP/JSON encoding: hex ids, decimal strings for 64-bit numbers, enums as numbers. */
import { isObject, type JsonObject } from "../claude/json.ts";

/** Of optional fields, where zero is an answer. */
const ZERO_SAYS: ReadonlySet<string> = new Set(["sum", "min", "max"]);

/**
 * What the message says, without what is at its default. The shape of messages is the generated code's: a `oneof` is an
 * object of `case` and `value` under the name of the choice, everything else goes by its field's name.
 */
export function messageJson(message: object): JsonObject {
  const json: Record<string, unknown> = {};
  for (const name in message) {
    const value = (message as JsonObject)[name];
    if (name.startsWith("$") || value === undefined) continue;
    if (isChoice(value)) {
      if (typeof value.case === "string") json[value.case] = plain(value.value, value.case);
    } else if (!isDefault(value, name)) json[name] = plain(value, name);
  }
  return json;
}

interface Choice {
  readonly case: unknown;
  readonly value?: unknown;
}

function isChoice(value: unknown): value is Choice {
  return isObject(value) && "case" in value && !("$typeName" in value);
}

function isDefault(value: unknown, name: string): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return value === "" || value === 0n || value === false || (value === 0 && !ZERO_SAYS.has(name));
}

function plain(value: unknown, name: string): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return bytes.toString(name.endsWith("Id") ? "hex" : "base64");
  }
  if (Array.isArray(value)) return value.map((entry) => plain(entry, name));
  return typeof value === "object" && value !== null ? messageJson(value) : value;
}
