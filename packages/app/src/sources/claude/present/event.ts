/** @module A record of Claude Code as blocks. */
import type { Block, PresentedEvent, PresentRole } from "../../../model/present.ts";
import { rawBlock } from "../../raw-block.ts";
import { cleanText } from "../clean-text.ts";
import { decodeRecord } from "../decode.ts";
import { type JsonObject, objectOf } from "../json.ts";
import { toolOutputText } from "../parse-whole.ts";
import { recordText } from "../record-text.ts";
import { contentBlocks } from "./content.ts";
import { attachmentBlocks, metadataBlocks, systemBlocks } from "./notices.ts";
import { userBlocks } from "./user.ts";

function roleOf(type: string): PresentRole {
  if (type === "user.prompt" || type === "user.meta.command" || type === "user.meta.shell") return "user";
  if (type === "attachment.queued_command") return "user";
  if (type.startsWith("tool.call") || (type.startsWith("assistant.") && type !== "assistant.error")) return "assistant";
  return type === "tool.result" || type === "tool.output" ? "tool" : "system";
}

/** A subagent's message inside a progress record. */
function progressMessage(record: JsonObject): { readonly role: PresentRole; readonly blocks: readonly Block[] } {
  const inner = objectOf(objectOf(record.data)?.message);
  const blocks = contentBlocks(objectOf(inner?.message)?.content, inner?.toolUseResult);
  if (inner?.type === "assistant") return { role: "assistant", blocks };
  return { role: blocks.some(({ kind }) => kind === "tool_result") ? "tool" : "user", blocks };
}

function blocksOf(type: string, record: JsonObject, body: Buffer): readonly Block[] {
  switch (record.type) {
    case "user":
      return userBlocks(type, record);
    case "assistant":
      return contentBlocks(objectOf(record.message)?.content, undefined);
    case "system":
      return systemBlocks(record);
    case "attachment":
      return attachmentBlocks(record);
  }
  return type.startsWith("unknown.") ? [rawBlock(body)] : metadataBlocks(type, record);
}

export function presentClaudeEvent(type: string, body: Buffer): PresentedEvent {
  if (type === "tool.output") {
    const text = toolOutputText(body);
    return { text, role: "tool", blocks: [{ kind: "attachment", label: "tool output", text }] };
  }
  const { record } = decodeRecord(body);
  if (!record || type === "problem") return { text: "", role: "system", blocks: [rawBlock(body)] };
  if (type === "claude.agent-meta") {
    const text = typeof record.description === "string" ? cleanText(record.description) : "";
    return { text, role: "system", blocks: [{ kind: "notice", label: "subagent", text }] };
  }
  const text = recordText(record);
  if (type === "progress.agent") return { text, ...progressMessage(record) };
  return { text, role: roleOf(type), blocks: blocksOf(type, record, body) };
}
