/** @module The text of content blocks that a person would search: no pictures, no signatures, no ids. */
import { isObject, type JsonObject, listOf, objectOf } from "./json.ts";

/** Deeper values of a tool's input or of nested blocks are not searched. */
const MAX_DEPTH = 32;

/** Appends every string in a JSON value. */
export function pushStrings(value: unknown, parts: string[], depth = 0): void {
  if (typeof value === "string") {
    if (value) parts.push(value);
  } else if (typeof value === "object" && value !== null && depth < MAX_DEPTH) {
    if (Array.isArray(value)) for (const item of value) pushStrings(item, parts, depth + 1);
    else for (const key in value) pushStrings((value as JsonObject)[key], parts, depth + 1);
  }
}

function pushString(value: unknown, parts: string[]): void {
  if (typeof value === "string" && value) parts.push(value);
}

function pushBlock(block: JsonObject, parts: string[], depth: number): void {
  switch (block.type) {
    case "text":
      pushString(block.text, parts);
      break;
    case "thinking":
      pushString(block.thinking, parts);
      break;
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      pushStrings(block.input, parts);
      break;
    case "tool_result":
    case "mcp_tool_result":
      pushContent(block.content, parts, depth + 1);
      break;
    case "tool_reference":
      pushString(block.tool_name, parts);
      break;
    case "web_search_tool_result":
      for (const item of listOf(block.content)) {
        pushString(objectOf(item)?.title, parts);
        pushString(objectOf(item)?.url, parts);
      }
      break;
    case "document":
      pushString(block.title, parts);
      if (objectOf(block.source)?.type === "text") pushString(objectOf(block.source)?.data, parts);
      break;
    case "image":
    case "redacted_thinking":
      break;
    default:
      pushString(block.text, parts);
  }
}

/** Appends the text of a message's content: a string or blocks. */
export function pushContent(content: unknown, parts: string[], depth = 0): void {
  if (typeof content === "string") pushString(content, parts);
  else if (Array.isArray(content) && depth < MAX_DEPTH) {
    for (const block of content) {
      if (isObject(block)) pushBlock(block, parts, depth);
      else pushString(block, parts);
    }
  }
}
