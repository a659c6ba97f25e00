/** @module A spool record of kind "hook" to its event: what an agent told one of its hooks. Pure; never throws. */
import { eventIdOf } from "../../base/ids.ts";
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { decodeRecord } from "../claude/decode.ts";
import { type JsonObject, shortString } from "../claude/json.ts";
import { hexOf, MAX_BODY_BYTES, type SpooledEvent, sessionOfHeader, tellable, timeOfHeader } from "../spooled-event.ts";
import { hookEventType } from "./event-type.ts";
import { hookEvent } from "./events.ts";
import { hookText } from "./hook-text.ts";
import { idsOf, transcriptPathOf } from "./scope.ts";

/** Told by the file's name and the body: one hook's two equal bodies are two events, one file read twice is one. */
function keyOf({ fields, body }: SpoolRecord): string {
  return `hook:${shortString(fields.key) ?? ""}:${hexOf(body, 16)}`;
}

/** `bytes` are the whole record's; they become the event's body. */
export function parseHook(record: SpoolRecord, bytes: Buffer, now: number): SpooledEvent {
  const { fields: header } = record;
  const decoded = decodeRecord(record.body, MAX_BODY_BYTES);
  const facts: Fact[] = decoded.problem ? [decoded.problem] : [];
  const naturalKey = keyOf(record);
  const project = shortString(header.project, 4096) ?? null;
  const ts = timeOfHeader(header, now, facts);
  const base = {
    eventId: eventIdOf(naturalKey),
    naturalKey,
    ts,
    offset: 0,
    length: bytes.length,
    source: "hook",
    agent: "claude-code",
    cwd: project,
    workspaceId: null,
    body: bytes,
    transcriptPath: null,
  } as const;
  if (!decoded.record) {
    const sessionId = sessionOfHeader(header, facts);
    const kept = tellable(facts, sessionId, ts);
    return { ...base, sessionId, rootSessionId: sessionId, type: "problem", origin: "import", text: "", facts: kept };
  }
  return { ...base, ...readBody(decoded.record, header, base, facts) };
}

type Read = Pick<
  SpooledEvent,
  "sessionId" | "rootSessionId" | "type" | "origin" | "text" | "facts" | "cwd" | "transcriptPath"
>;

function readBody(
  body: JsonObject,
  header: SpoolRecord["fields"],
  { eventId, ts, cwd }: Pick<SpooledEvent, "eventId" | "ts" | "cwd">,
  facts: Fact[],
): Read {
  const ids = idsOf(body, header, facts);
  const event = hookEvent(body.hook_event_name);
  event.read(body, { ...ids, eventId, ts: ts ?? 0, header }, facts);
  return {
    sessionId: ids.sessionId,
    rootSessionId: ids.rootSessionId,
    type: hookEventType(body.hook_event_name),
    origin: event.origin(body),
    text: hookText(body),
    facts: tellable(facts, ids.sessionId, ts),
    cwd: cwd ?? shortString(body.cwd, 4096) ?? null,
    transcriptPath: transcriptPathOf(body, ids.isSubagent),
  };
}
