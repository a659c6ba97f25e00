/** @module A spool record of kind "event" to its event: what a program of ours, or one that uses the SDK, says. Never throws. */
import { eventIdOf, UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact, Origin } from "../../model/record.ts";
import { decodeRecord } from "../claude/decode.ts";
import { type JsonObject, shortString, timeOf } from "../claude/json.ts";
import {
  hexOf,
  MAX_BODY_BYTES,
  pushProblem,
  type SpooledEvent,
  sessionOfHeader,
  tellable,
  timeOfHeader,
} from "../spooled-event.ts";
import { readChange, readInboxSeen } from "./change.ts";
import { fieldsOf } from "./fields.ts";
import { readImportedUsage, readInteraction } from "./interaction.ts";
import { ownLogLine } from "./log-line.ts";
import { dataOf, headOf, isKnownVersion, ownEventType } from "./own-record.ts";
import { ownText } from "./own-text.ts";
import { agentOf, OWN_READERS } from "./readers.ts";

/** What an agent reports about its own work; everything else is a program's word. */
const BY_AGENTS: ReadonlySet<string> = new Set(["session.outcome", "session.state"]);

function originOf(type: string): Origin {
  return BY_AGENTS.has(type) ? "agent" : "tool";
}

/** Of a record that has no id of its own. */
function placeKey({ fields, body }: SpoolRecord): string {
  return `clew:${shortString(fields.key) ?? ""}:${hexOf(body, 16)}`;
}

type Constant = Pick<SpooledEvent, "offset" | "length" | "source" | "body" | "transcriptPath">;

function unreadable(record: SpoolRecord, constant: Constant, now: number, facts: Fact[]): SpooledEvent {
  const naturalKey = placeKey(record);
  const sessionId = sessionOfHeader(record.fields, facts);
  const ts = timeOfHeader(record.fields, now, facts);
  return {
    ...constant,
    eventId: eventIdOf(naturalKey),
    naturalKey,
    sessionId,
    rootSessionId: sessionId,
    ts,
    type: "problem",
    origin: "import",
    text: "",
    facts: tellable(facts, sessionId, ts),
    agent: "unknown",
    cwd: null,
    workspaceId: null,
  };
}

function readRecord(
  record: SpoolRecord,
  own: JsonObject,
  constant: Constant,
  now: number,
  facts: Fact[],
): SpooledEvent {
  const { id, ts: said, ...head } = headOf(own, record.fields, now, facts);
  // A device whose clock is ahead loses no change: what comes after what is said by its stamp.
  const ts = own.type === "change" ? (said ?? now) : said;
  const naturalKey = id === null ? placeKey(record) : `clew:${id}`;
  const known = isKnownVersion(own);
  const imported = shortString(record.fields.import, 32);
  if (!known) pushProblem(facts, "a version that is not known");
  if (own.message !== undefined && typeof own.message !== "string") pushProblem(facts, "message is no text");
  const type = ownEventType(own, OWN_READERS);
  const data = fieldsOf(dataOf(own, facts), facts);
  const { sessionId } = head;
  if (known) {
    OWN_READERS.get(type)?.(data, { sessionId, ts: ts ?? 0 }, facts);
    if (own.type === "log" && ts !== null) facts.push(ownLogLine(own, sessionId, ts));
    if (own.type === "change" && ts !== null)
      readChange(
        dataOf(own, []),
        {
          sessionId: sessionId === UNCORRELATED_SESSION ? null : sessionId,
          ts,
          saidTs: timeOf(own.ts) ?? ts,
          changeId: id ?? eventIdOf(naturalKey),
        },
        facts,
      );
    if (own.type === "inbox.seen" && ts !== null) readInboxSeen(dataOf(own, []), ts, facts);
    if (own.type === "interaction") readInteraction(dataOf(own, []), { sessionId, ts }, facts);
    if (imported) {
      if (own.type === "usage.imported") readImportedUsage(dataOf(own, []), { sessionId, ts }, facts);
      facts.push({ kind: "session_label", sessionId, imported });
    }
  }
  const isStart = known && type === "session.start";
  // Only an agent's session is ever given a context.
  const agent = isStart
    ? agentOf(data, imported !== undefined)
    : type === "context.injected"
      ? "claude-code"
      : "unknown";
  return {
    ...constant,
    ...head,
    eventId: eventIdOf(naturalKey),
    naturalKey,
    ts,
    type,
    origin: imported ? "import" : originOf(type),
    ...(dataOf(own, []).tainted === true && { tainted: true }),
    text: ownText(own),
    agent,
    cwd: isStart ? (data.text("cwd", 4096) ?? null) : null,
    facts: tellable(facts, head.sessionId, ts),
  };
}

/** `bytes` are the whole record's, which holds one ClewRecord; they become the event's body. */
export function parseOwn(record: SpoolRecord, bytes: Buffer, now: number): SpooledEvent {
  const constant = { offset: 0, length: bytes.length, source: "clew", body: bytes, transcriptPath: null } as const;
  const decoded = decodeRecord(record.body, MAX_BODY_BYTES);
  const facts: Fact[] = decoded.problem ? [decoded.problem] : [];
  if (!decoded.record) return unreadable(record, constant, now, facts);
  return readRecord(record, decoded.record, constant, now, facts);
}
