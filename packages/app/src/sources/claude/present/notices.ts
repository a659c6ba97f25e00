/** @module What the client says about the session, as notices and attachments. */
import type { Block } from "../../../model/present.ts";
import { cleanText } from "../clean-text.ts";
import { countOf, type JsonObject, objectOf, shortString } from "../json.ts";
import { pushAttachmentText } from "../records/attachment.ts";
import { pushMetadataText } from "../records/metadata.ts";
import { pushProgressText } from "../records/progress.ts";
import { pushSystemText } from "../records/system.ts";
import { contentBlocks } from "./content.ts";

type PushText = (parts: string[]) => void;

function joined(push: PushText): string {
  const parts: string[] = [];
  push(parts);
  return cleanText(parts.join("\n"));
}

function words(name: string): string {
  return name.replaceAll(/[_-]/g, " ");
}

function compactionText(record: JsonObject): string {
  const metadata = objectOf(record.compactMetadata);
  const trigger = shortString(metadata?.trigger, 32);
  const before = countOf(metadata?.preTokens);
  const after = countOf(metadata?.postTokens);
  const tokens = before > 0 ? `${before} tokens before${after > 0 ? `, ${after} after` : ""}` : "";
  return [trigger, tokens].filter(Boolean).join(", ");
}

export function systemBlocks(record: JsonObject): readonly Block[] {
  switch (record.subtype) {
    case "turn_duration":
      return [{ kind: "notice", label: "turn", text: `${(countOf(record.durationMs) / 1000).toFixed(1)} s` }];
    case "compact_boundary":
      return [{ kind: "notice", label: "compaction", text: compactionText(record) }];
    default: {
      const label = words(shortString(record.subtype, 64) ?? "system");
      return [{ kind: "notice", label, text: joined((parts) => pushSystemText(record, parts)) }];
    }
  }
}

export function attachmentBlocks(record: JsonObject): readonly Block[] {
  const attachment = objectOf(record.attachment);
  const type = shortString(attachment?.type, 64) ?? "attachment";
  if (type === "queued_command") return contentBlocks(attachment?.prompt, undefined);
  return [{ kind: "attachment", label: words(type), text: joined((parts) => pushAttachmentText(record, parts)) }];
}

/** What a record of the client's bookkeeping says to a person, where its text is not searched. */
function bookkeepingText(record: JsonObject): string {
  switch (record.type) {
    case "mode":
      return shortString(record.mode, 64) ?? "";
    case "permission-mode":
      return shortString(record.permissionMode, 64) ?? "";
    case "queue-operation":
      return shortString(record.operation, 64) ?? "";
    case "cost-state":
      return typeof record.totalCostUSD === "number"
        ? `$${record.totalCostUSD.toFixed(4)} by the client's own count`
        : "";
    default:
      return "";
  }
}

/** Titles, links and the client's bookkeeping; progress of what is not a subagent. */
export function metadataBlocks(type: string, record: JsonObject): readonly Block[] {
  const name = shortString(record.type, 64) ?? "record";
  const text = joined((parts) => {
    if (record.type === "progress") pushProgressText(record, parts);
    else pushMetadataText(name, record, parts);
    if (parts.length === 0) parts.push(bookkeepingText(record));
  });
  return [{ kind: "notice", label: words(type.startsWith("progress.") ? type.slice("progress.".length) : name), text }];
}
