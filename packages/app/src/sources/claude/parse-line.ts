/** @module One line of a transcript to one ParsedRecord: pure, whatever the bytes are, and without ever throwing. */
import { createHash } from "node:crypto";
import { eventIdOf } from "../../base/ids.ts";
import type { Fact, ParsedRecord } from "../../model/record.ts";
import type { ParseContext } from "../source.ts";
import { cleanText } from "./clean-text.ts";
import { decodeRecord } from "./decode.ts";
import { type JsonObject, objectOf, shortString, timeOf } from "./json.ts";
import { recordText } from "./record-text.ts";
import { readAssistant } from "./records/assistant.ts";
import { readAttachment } from "./records/attachment.ts";
import { METADATA_TYPES, readMetadata } from "./records/metadata.ts";
import { readProgress } from "./records/progress.ts";
import { readSystem } from "./records/system.ts";
import { readUnknown } from "./records/unknown.ts";
import { readUser } from "./records/user.ts";
import type { Reading, Scope } from "./scope.ts";

const UUID = /^[A-Za-z0-9._:-]{1,64}$/;
/** A clock that is wrong by less is believed. */
const FUTURE_LIMIT_MS = 24 * 3600 * 1000;

/** `<session id>@<place>#<first 16 hex digits of the bytes' SHA-256>`: names a record that has no id of its own. */
export function naturalKeyOf(sessionId: string, place: string | number, bytes: Buffer): string {
  return `${sessionId}@${place}#${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
}

function readTime(record: JsonObject, now: number, facts: Fact[]): number | null {
  const time = timeOf(record.timestamp);
  if (time === null || time <= now + FUTURE_LIMIT_MS) return time;
  facts.push({ kind: "problem", reason: "future_time", message: cleanText(String(record.timestamp)) });
  return null;
}

function triggerOf(entrypoint: string): string {
  return entrypoint.startsWith("sdk") ? "sdk" : "person";
}

/** What the envelope says about the session; only on records that have one. */
function readEnvelope(record: JsonObject, scope: Scope, facts: Fact[]): void {
  const cwd = shortString(record.cwd, 4096);
  const clientVersion = shortString(record.version, 64);
  if (!cwd && !clientVersion) return;
  const branch = shortString(record.gitBranch, 512);
  const entrypoint = shortString(record.entrypoint, 64);
  const forkedFrom = shortString(objectOf(record.forkedFrom)?.sessionId, 128);
  const trigger = scope.isSubagent ? "agent" : entrypoint && triggerOf(entrypoint);
  facts.push({
    kind: "session",
    sessionId: scope.sessionId,
    ...(cwd && { cwd }),
    // "HEAD": no branch is checked out, or there is no repository.
    ...(branch && branch !== "HEAD" && { gitBranch: branch }),
    ...(clientVersion && { clientVersion }),
    ...(entrypoint && { entrypoint }),
    ...(trigger && { trigger }),
    ...(forkedFrom && { forkedFrom }),
  });
  // A client or a branch changes between prompts; saying so on every line would only cost time.
  if (record.type !== "user" || record.toolUseResult !== undefined) return;
  if (clientVersion) facts.push({ kind: "detail", detailKind: "version", key: clientVersion, detail: null });
  if (branch && branch !== "HEAD") facts.push({ kind: "detail", detailKind: "branch", key: branch, detail: null });
}

function readRecord(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  switch (record.type) {
    case "assistant":
      return readAssistant(record, scope, facts);
    case "user":
      return readUser(record, scope, facts);
    case "progress":
      return readProgress(record, scope, facts);
    case "attachment":
      return readAttachment(record, scope, facts);
    case "system":
      return readSystem(record, scope, facts);
  }
  const { type } = record;
  return typeof type === "string" && METADATA_TYPES.has(type) ? readMetadata(type, record, facts) : readUnknown(record);
}

/** Called for every line that is not blank, by the backfill, the tail and the rebuild alike. */
export function parseClaudeLine(bytes: Buffer, context: ParseContext): ParsedRecord {
  const { file, offset, now } = context;
  const { record, problem } = decodeRecord(bytes);
  const facts: Fact[] = problem ? [problem] : [];
  const uuid = record && typeof record.uuid === "string" && UUID.test(record.uuid) ? record.uuid : null;
  const naturalKey = uuid ? null : naturalKeyOf(file.sessionId, offset, bytes);
  const eventId = uuid ?? eventIdOf(naturalKey as string);
  const base = { eventId, naturalKey, sessionId: file.sessionId, offset, length: bytes.length, facts };
  if (!record) return { ...base, ts: null, type: "problem", origin: "import", text: "" };
  const ts = readTime(record, now, facts);
  const isSubagent = file.kind === "subagent";
  const scope: Scope = { sessionId: file.sessionId, rootSessionId: file.rootSessionId, isSubagent, eventId, ts };
  readEnvelope(record, scope, facts);
  const { type, origin, sessionId = file.sessionId } = readRecord(record, scope, facts);
  return { ...base, sessionId, ts, type, origin, text: recordText(record) };
}
