/** @module The searchable text of a record: the one function for the index, the snippets and the reader. */
import { cleanText } from "./clean-text.ts";
import { hasInjected, withoutInjected } from "./injected-context.ts";
import type { JsonObject } from "./json.ts";
import { pushAssistantText } from "./records/assistant.ts";
import { pushAttachmentText } from "./records/attachment.ts";
import { METADATA_TYPES, pushMetadataText } from "./records/metadata.ts";
import { pushProgressText } from "./records/progress.ts";
import { pushSystemText } from "./records/system.ts";
import { pushUnknownText } from "./records/unknown.ts";
import { pushUserText } from "./records/user.ts";

function pushText(record: JsonObject, parts: string[]): void {
  const { type } = record;
  if (type === "assistant") pushAssistantText(record, parts);
  else if (type === "user") pushUserText(record, parts);
  else if (type === "progress") pushProgressText(record, parts);
  else if (type === "attachment") pushAttachmentText(record, parts);
  else if (type === "system") pushSystemText(record, parts);
  else if (typeof type === "string" && METADATA_TYPES.has(type)) pushMetadataText(type, record, parts);
  else pushUnknownText(record, parts);
}

/** What a person would search, clean; "" for none. */
export function recordText(record: JsonObject): string {
  const parts: string[] = [];
  pushText(record, parts);
  if (parts.length === 0) return "";
  const isOutput = record.type === "attachment";
  const own = parts.some(hasInjected) ? parts.map((part) => withoutInjected(part, isOutput)).filter(Boolean) : parts;
  return cleanText(own.length === 1 ? (own[0] as string) : own.join("\n"));
}
