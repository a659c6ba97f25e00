/** @module A message's content blocks as blocks for a reader. */
import type { Block, PatchHunk } from "../../../model/present.ts";
import { cleanText } from "../clean-text.ts";
import { cleanValue } from "../clean-value.ts";
import { countOf, isObject, type JsonObject, listOf, objectOf, shortString } from "../json.ts";
import { pushContent } from "../text.ts";

const MAX_INPUT_DEPTH = 32;
const MAX_HUNKS = 500;

function patchOf(toolUseResult: unknown): readonly PatchHunk[] {
  const hunks: PatchHunk[] = [];
  for (const hunk of listOf(objectOf(toolUseResult)?.structuredPatch).slice(0, MAX_HUNKS)) {
    if (!isObject(hunk)) continue;
    hunks.push({
      oldStart: countOf(hunk.oldStart),
      oldLines: countOf(hunk.oldLines),
      newStart: countOf(hunk.newStart),
      newLines: countOf(hunk.newLines),
      lines: listOf(hunk.lines)
        .filter((line) => typeof line === "string")
        .map(cleanText),
    });
  }
  return hunks;
}

function textOf(content: unknown): string {
  const parts: string[] = [];
  pushContent(content, parts);
  return cleanText(parts.join("\n"));
}

function countImages(content: unknown): number {
  return listOf(content).filter((block) => objectOf(block)?.type === "image").length;
}

function resultBlock(block: JsonObject, toolUseResult: unknown): Block {
  const result = objectOf(toolUseResult);
  const patch = patchOf(toolUseResult);
  const images = countImages(block.content);
  let text = textOf(block.content);
  if (!text && typeof toolUseResult === "string") text = cleanText(toolUseResult);
  const truncated = typeof result?.persistedOutputPath === "string" || text.startsWith("<persisted-output>");
  return {
    kind: "tool_result",
    toolUseId: shortString(block.tool_use_id) ?? null,
    text,
    isError: block.is_error === true,
    ...(truncated && { truncated }),
    ...(patch.length > 0 && { patch }),
    ...(images > 0 && { images }),
  };
}

function presentBlock(block: JsonObject, toolUseResult: unknown): Block | null {
  switch (block.type) {
    case "thinking":
      return typeof block.thinking === "string" && block.thinking
        ? { kind: "thinking", text: cleanText(block.thinking) }
        : null;
    case "redacted_thinking":
      return null;
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return {
        kind: "tool_call",
        toolUseId: shortString(block.id) ?? null,
        name: shortString(block.name) ?? "unknown",
        input: cleanValue(block.input ?? {}, MAX_INPUT_DEPTH),
      };
    case "tool_result":
    case "mcp_tool_result":
      return resultBlock(block, toolUseResult);
    case "image":
      return { kind: "notice", label: "image", text: "" };
    case "text":
      return typeof block.text === "string" && block.text ? { kind: "text", text: cleanText(block.text) } : null;
    default:
      return { kind: "attachment", label: shortString(block.type, 64) ?? "block", text: textOf([block]) };
  }
}

/** A string or blocks; `toolUseResult` is the record's own, which holds an edit's patch. */
export function contentBlocks(content: unknown, toolUseResult: unknown): readonly Block[] {
  if (typeof content === "string") return content ? [{ kind: "text", text: cleanText(content) }] : [];
  const blocks: Block[] = [];
  for (const block of listOf(content)) {
    const presented = isObject(block) ? presentBlock(block, toolUseResult) : null;
    if (presented) blocks.push(presented);
  }
  return blocks;
}
