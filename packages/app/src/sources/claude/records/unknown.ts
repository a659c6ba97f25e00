/** @module Records of a type that no reader knows: kept, named, searchable. */
import type { JsonObject } from "../json.ts";
import { nameOf } from "../name.ts";
import type { Reading } from "../scope.ts";
import { pushStrings } from "../text.ts";

/** Fields of the envelope: ids and places, no text. */
const ENVELOPE = new Set([
  "type",
  "uuid",
  "parentUuid",
  "sessionId",
  "session_id",
  "timestamp",
  "cwd",
  "version",
  "userType",
  "entrypoint",
  "gitBranch",
  "slug",
  "requestId",
]);

export function readUnknown(record: JsonObject): Reading {
  return { type: `unknown.${nameOf(record.type)}`, origin: "tool" };
}

export function pushUnknownText(record: JsonObject, parts: string[]): void {
  for (const key in record) if (!ENVELOPE.has(key)) pushStrings(record[key], parts);
}
