/** @module A spool record of kind "log" to its event. Pure; never throws. */
import { hash } from "node:crypto";
import { eventIdOf } from "../../base/ids.ts";
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { cleanText, clipText } from "../claude/clean-text.ts";
import { shortString } from "../claude/json.ts";
import type { SpooledEvent } from "../spooled-event.ts";
import { parseInteraction } from "./interaction-line.ts";
import { sessionOf } from "./join-keys.ts";
import { type LogConstant, type LogPlace, logEventOf, timeOfLine, whose } from "./log-event.ts";
import { readLogLine, searchText } from "./read-line.ts";
import { stemOf } from "./stem.ts";

/** Characters of a line's message that stand in its row. */
const MESSAGE_LIMIT = 500;

function placeOf({ fields, body }: SpoolRecord): LogPlace {
  const { path: given, stem, generation = "0", key = "" } = fields;
  const at = /^\d{1,15}$/.test(fields.offset ?? "") ? Number(fields.offset) : null;
  const digest = hash("sha256", body, "hex").slice(0, 16);
  const path = given === undefined ? null : cleanText(given);
  if (path === null) return { path, offset: null, naturalKey: `log:${cleanText(key)}:${at ?? 0}:${digest}` };
  const name = stem === undefined ? stemOf(path) : cleanText(stem);
  return { path, offset: at, naturalKey: `log:${name}:${cleanText(generation)}:${at ?? 0}:${digest}` };
}

/** `bytes` are the whole record's; they become the event's body. */
export function parseLog(record: SpoolRecord, bytes: Buffer, now: number): SpooledEvent {
  const { fields, body } = record;
  const place = placeOf(record);
  const { naturalKey } = place;
  const constant: LogConstant = { eventId: eventIdOf(naturalKey), length: bytes.length, body: bytes };
  if (fields.format === "interaction") {
    const event = parseInteraction(record, constant, place, now);
    if (event) return event;
  }
  const { line, problem } = readLogLine(body, fields);
  const facts: Fact[] = problem ? [problem] : [];
  const named = line.sessionId ?? (line.isOutside ? null : sessionOf(fields.session));
  const ts = timeOfLine(line.time, fields, now, facts);
  if (ts !== null)
    facts.push({
      kind: "log_line",
      sessionId: named,
      ...(line.isOutside && named === null && { isOutside: true as const }),
      ts,
      level: line.level,
      message: clipText(line.message, MESSAGE_LIMIT),
      logger: line.logger,
      service: line.service ?? shortString(fields.service) ?? null,
      pid: line.pid ?? (/^[1-9]\d{0,8}$/.test(fields.pid ?? "") ? Number(fields.pid) : null),
      host: line.host ?? shortString(fields.host) ?? null,
      traceId: line.traceId,
      spanId: line.spanId,
      path: place.path,
      fileOffset: place.offset,
      format: line.format,
    });
  const said = { ts, type: `log.${line.level}`, text: searchText(line), facts };
  return logEventOf(constant, whose(named, fields, line.workspaceId), said);
}
