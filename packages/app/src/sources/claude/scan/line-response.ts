/**
 * @module The response that one line states, without parsing what lies between: a line's content may have megabytes, its
 * usage stands in the few hundred bytes around it. Equal to the full parse on every line that is JSON; a fault inside of a
 * content stays unseen here, and the full read, which comes later, does not confirm such a response.
 */
import type { ResponseFact } from "../../../model/record.ts";
import { decodeRecord, MAX_LINE_BYTES } from "../decode.ts";
import { isObject, type JsonObject, objectOf, shortString } from "../json.ts";
import { innerTime } from "../records/progress.ts";
import { agentSessionId } from "../tool-result.ts";
import { readResponse } from "../usage.ts";
import { type CutLine, cutLine, envelopeOf, repeats } from "./cut-line.ts";

/** Whose file the line stands in, and what a record lacks of its own. */
export interface LinePlace {
  readonly sessionId: string;
  readonly rootSessionId: string;
  /** Id of the record's event: its uuid, else made from the line. */
  readonly eventId: (uuid: unknown) => string;
  /** Time of the record; null for none, or one of the future. */
  readonly time: (timestamp: unknown) => number | null;
}

/** Every line that states usage holds this, whatever its spacing; text inside of strings cannot, its quotes are escaped. */
const USAGE = '"usage"';
const ASSISTANT = Buffer.from('"assistant"');
const AGENT_PROGRESS = Buffer.from('"agent_progress"');
const COPIES = Buffer.from('"normalizedMessages":[');
const COPIES_END = Buffer.from('],"type":"agent_progress",');

/** How much of a line's end is looked at: enough for nine lines of ten, then for all but agent_progress with copies. */
const TAIL_BYTES = [1200, 8192] as const;

const NOT_ASCII = /[^\0-\x7f]/;

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function messageOf(record: JsonObject): JsonObject | undefined {
  if (record.type === "assistant") return objectOf(record.message);
  if (record.type !== "progress") return undefined;
  return objectOf(objectOf(objectOf(record.data)?.message)?.message);
}

/**
 * An agent_progress record without the copies of earlier messages that some clients put into it. Cut as above: were the
 * brackets those of other arrays, the rest would not parse.
 */
function withoutCopies(line: Buffer): JsonObject | null {
  const copiesAt = line.indexOf(COPIES);
  const endAt = line.lastIndexOf(COPIES_END);
  if (copiesAt < 0 || endAt < copiesAt) return null;
  const record = parseObject(line.toString("utf8", 0, copiesAt + COPIES.length) + line.toString("utf8", endAt));
  return record !== null && objectOf(record.data)?.type === "agent_progress" ? record : null;
}

function agentProgress(record: JsonObject, place: LinePlace): ResponseFact | null {
  const data = objectOf(record.data);
  const inner = objectOf(data?.message);
  const message = objectOf(inner?.message);
  if (record.type !== "progress" || data?.type !== "agent_progress" || !inner || !message) return null;
  return readResponse(message, {
    record: "agent_progress",
    sessionId: agentSessionId(place.rootSessionId, data.agentId) ?? place.sessionId,
    uuid: shortString(inner.uuid) ?? place.eventId(record.uuid),
    requestId: inner.requestId,
    isSidechain: true,
    ts: innerTime(inner.timestamp, place.time(record.timestamp)),
  });
}

function responseOf(record: JsonObject, place: LinePlace): ResponseFact | null {
  if (record.type !== "assistant") return agentProgress(record, place);
  const message = objectOf(record.message);
  if (!message) return null;
  return readResponse(message, {
    record: "assistant",
    sessionId: place.sessionId,
    uuid: place.eventId(record.uuid),
    requestId: record.requestId,
    isSidechain: record.isSidechain === true,
    ts: place.time(record.timestamp),
  });
}

/** A response with the record that states it, whose content, or whose whole message, may be left out. */
export interface ScannedLine {
  readonly record: JsonObject;
  readonly response: ResponseFact;
}

/** Reads a file's lines one after the other, each without its newline. */
export interface LineReader {
  /** Null when the line is broken or states no response. */
  read(line: Buffer): ScannedLine | null;
}

/** What the line before said, when it was an assistant record of a response with an id. */
interface Before {
  readonly cut: CutLine;
  readonly response: ResponseFact;
}

/** A cut line was read as Latin-1: true when that cannot have changed what is taken from it. */
function isPlain(fact: ResponseFact): boolean {
  const { responseId, model, stopReason, serviceTier, speed, inferenceGeo } = fact;
  return !NOT_ASCII.test(`${responseId}${model}${stopReason}${serviceTier}${speed}${inferenceGeo}`);
}

export function openLineReader(place: LinePlace): LineReader {
  let before: Before | null = null;

  /** One response has a record per content block: half of them say again what the one before said, but for id and time. */
  function repeated(cut: CutLine): ScannedLine | null {
    if (before === null || !repeats(cut, before.cut)) return null;
    const record = parseObject(envelopeOf(cut));
    if (record === null || record.type !== "assistant" || record.message !== undefined) return null;
    const ts = place.time(record.timestamp);
    const isSidechain = record.isSidechain === true;
    const { response } = before;
    const isSame = isSidechain === response.isSidechain && ts !== null && response.ts !== null && ts >= response.ts;
    return { record, response: isSame ? response : { ...response, ts, isSidechain } };
  }

  function fromCut(cut: CutLine): ScannedLine | null {
    const again = repeated(cut);
    if (again) return again;
    const record = parseObject(cut.head + cut.tail);
    if (record === null || messageOf(record) === undefined) return null;
    const response = responseOf(record, place);
    if (response === null || !isPlain(response)) return null;
    before = response.record === "assistant" && response.messageId !== null ? { cut, response } : null;
    return { record, response };
  }

  function fromWhole(line: Buffer): ScannedLine | null {
    if (!line.includes(ASSISTANT) && !line.includes(AGENT_PROGRESS)) return null;
    const record = withoutCopies(line) ?? decodeRecord(line).record;
    const response = record && responseOf(record, place);
    return record && response ? { record, response } : null;
  }

  return {
    read(line) {
      if (line.length > MAX_LINE_BYTES) return null;
      for (const size of TAIL_BYTES) {
        const tail = line.toString("latin1", Math.max(0, line.length - size));
        const usageAt = tail.lastIndexOf(USAGE);
        const cut = usageAt < 0 ? null : cutLine(line, tail, usageAt);
        if (cut) return fromCut(cut) ?? fromWhole(line);
        if (tail.length === line.length) break;
      }
      return line.includes(USAGE) ? fromWhole(line) : null;
    },
  };
}
