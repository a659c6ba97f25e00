/** @module Files beside a transcript that are one record each: an agent's .meta.json, a large tool output. */
import { isUtf8 } from "node:buffer";
import { basename } from "node:path";
import { eventIdOf } from "../../base/ids.ts";
import type { Fact, ParsedRecord } from "../../model/record.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { ParseContext } from "../source.ts";
import { cleanText, clipText } from "./clean-text.ts";
import { decodeRecord, decodeText, MAX_LINE_BYTES } from "./decode.ts";
import { shortString } from "./json.ts";
import { naturalKeyOf } from "./parse-line.ts";
import { agentSessionId } from "./tool-result.ts";

type Header = Pick<ParsedRecord, "eventId" | "naturalKey" | "sessionId" | "ts" | "offset" | "length">;

function headerOf(bytes: Buffer, file: SourceFile): Header {
  const naturalKey = naturalKeyOf(file.sessionId, basename(file.path), bytes);
  return {
    eventId: eventIdOf(naturalKey),
    naturalKey,
    sessionId: file.sessionId,
    ts: null,
    offset: 0,
    length: bytes.length,
  };
}

/** What the client wrote about a subagent when it started it: its type, its task, and which agent asked for it. */
function parseMeta(bytes: Buffer, file: SourceFile): ParsedRecord {
  const header = headerOf(bytes, file);
  const { record, problem } = decodeRecord(bytes);
  const facts: Fact[] = problem ? [problem] : [];
  if (!record) return { ...header, type: "problem", origin: "import", text: "", facts };
  const agentType = shortString(record.agentType);
  const agentDescription = shortString(record.description, 1000);
  const spawnToolUseId = shortString(record.toolUseId);
  facts.push({
    kind: "session",
    sessionId: file.sessionId,
    parentSessionId: agentSessionId(file.rootSessionId, record.parentAgentId) ?? file.rootSessionId,
    trigger: "agent",
    ...(agentType && { agentType }),
    ...(agentDescription && { agentDescription }),
    ...(spawnToolUseId && { spawnToolUseId }),
  });
  if (agentDescription) facts.push({ kind: "title", source: "ai", title: clipText(agentDescription, 500) });
  return { ...header, type: "claude.agent-meta", origin: "agent", text: agentDescription ?? "", facts };
}

/** An output that was too large for its record. A picture or a document has no text, which is no problem. */
function parseToolOutput(bytes: Buffer, file: SourceFile): ParsedRecord {
  const header = headerOf(bytes, file);
  if (bytes.length > MAX_LINE_BYTES) {
    const facts: Fact[] = [
      { kind: "problem", reason: "too_long", message: `${bytes.length} bytes in one tool output` },
    ];
    return { ...header, type: "tool.output", origin: "tool", text: "", facts };
  }
  return { ...header, type: "tool.output", origin: "tool", text: toolOutputText(bytes), facts: [] };
}

/** The text of a tool output's file; "" for what is no text. */
export function toolOutputText(bytes: Buffer): string {
  return isUtf8(bytes) && !bytes.subarray(0, 8192).includes(0) ? cleanText(decodeText(bytes)) : "";
}

/** Reads a file of kind "meta" or "tool-output". */
export function parseClaudeWhole(bytes: Buffer, context: ParseContext): ParsedRecord {
  const { file } = context;
  return file.kind === "meta" ? parseMeta(bytes, file) : parseToolOutput(bytes, file);
}
