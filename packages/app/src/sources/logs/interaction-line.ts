/** @module A line of an interaction log (packages/sdk, interaction.ts): one call of a model, with what was asked and answered. */
import { basename } from "node:path/posix";
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { clipText } from "../claude/clean-text.ts";
import { decodeRecord } from "../claude/decode.ts";
import { isObject, type JsonObject, timeOf } from "../claude/json.ts";
import { pushStrings } from "../claude/text.ts";
import { interactionCall } from "../clew/interaction.ts";
import type { SpooledEvent } from "../spooled-event.ts";
import { sessionOf } from "./join-keys.ts";
import { type LogConstant, type LogPlace, logEventOf, timeOfLine, whose } from "./log-event.ts";

/** The SDK caps its lines far below; longer ones are kept, not read. */
const LINE_LIMIT = 16 * 1024 * 1024;
const TEXT_LIMIT = 256 * 1024;
const WORKSPACE_ID = /^[0-9a-f]{16}$/;

/** The line as an object; null for what is no interaction. */
export function interactionOf(body: Buffer): JsonObject | null {
  const { record } = decodeRecord(body, LINE_LIMIT);
  return record && ("interaction_id" in record || "provider" in record) ? record : null;
}

/** What was asked and answered, and what went wrong. */
export function interactionText({ input, output, error }: JsonObject): string {
  const parts: string[] = [];
  pushStrings(input, parts);
  pushStrings(output, parts);
  if (isObject(error)) pushStrings([error.name, error.message], parts);
  return clipText(parts.join("\n"), TEXT_LIMIT);
}

/** A file is one session's, whose id its name ends in. */
function sessionOfFile(path: string | null): string | null {
  return sessionOf(/^session_(.+?)\.jsonl/.exec(basename((path ?? "").replaceAll("\\", "/")))?.[1]);
}

/** Null: the line is none, and is read as any other. */
export function parseInteraction(
  { fields, body }: SpoolRecord,
  constant: LogConstant,
  { path }: LogPlace,
  now: number,
): SpooledEvent | null {
  const record = interactionOf(body);
  if (!record) return null;
  const facts: Fact[] = [];
  const named = sessionOf(record.session_id) ?? sessionOfFile(path) ?? sessionOf(fields.session);
  const ts = timeOfLine(timeOf(record.timestamp), fields, now, facts);
  const call = interactionCall(record, { sessionId: named ?? "", ts, file: path });
  facts.push({ ...call, sessionId: named });
  const { workspace } = record;
  const workspaceId = typeof workspace === "string" && WORKSPACE_ID.test(workspace) ? workspace : null;
  const said = { ts, type: "interaction", text: interactionText(record), facts };
  return logEventOf(constant, whose(named, fields, workspaceId), said);
}
