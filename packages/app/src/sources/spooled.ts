/** @module What one file of the spool says: an agent's hook, or one or several records of our own programs, log lines or OpenTelemetry items. Pure; never throws. */
import { eventIdOf } from "../base/ids.ts";
import { decodeSpoolRecord, encodeSpoolRecord, type SpoolKind, type SpoolRecord } from "../base/spool-record.ts";
import { decodeValue } from "./claude/decode.ts";
import { parseOwn } from "./clew/parse-own.ts";
import { parseHook } from "./hooks/parse-hook.ts";
import { parseLog } from "./logs/parse-log.ts";
import { parseOtlp } from "./otlp/parse-otlp.ts";
import { hexOf, MAX_BODY_BYTES, type SpooledEvent, UNKNOWN_SESSION } from "./spooled-event.ts";

export { type SpooledEvent, UNKNOWN_SESSION } from "./spooled-event.ts";

/** A list of more is no list of ours: it stays together, as a problem. */
const MOST_RECORDS = 20_000;

/** Bytes that do not begin as a spool record: kept as they are. */
function notARecord(bytes: Buffer, message = "a file of the spool that is no record"): SpooledEvent {
  const naturalKey = `hook::${hexOf(bytes, 16)}`;
  return {
    eventId: eventIdOf(naturalKey),
    naturalKey,
    sessionId: UNKNOWN_SESSION,
    rootSessionId: UNKNOWN_SESSION,
    ts: null,
    type: "problem",
    origin: "import",
    offset: 0,
    length: bytes.length,
    text: "",
    facts: [{ kind: "problem", reason: "not_an_object", message }],
    source: "hook",
    agent: "claude-code",
    cwd: null,
    workspaceId: null,
    body: bytes,
    transcriptPath: null,
  };
}

/** A record that could be read and not be stored: kept with its bytes, which are no record any more, so that nobody tries again. */
export function refusedRecord(bytes: Buffer, reason: string): SpooledEvent {
  return notARecord(Buffer.concat([Buffer.from("refused\n"), bytes]), `could not be stored: ${reason}`);
}

const PARSERS: Readonly<Record<SpoolKind, (record: SpoolRecord, bytes: Buffer, now: number) => SpooledEvent>> = {
  hook: parseHook,
  event: parseOwn,
  log: parseLog,
  otlp: parseOtlp,
};

function parseOne(bytes: Buffer, now: number): SpooledEvent {
  const record = decodeSpoolRecord(bytes);
  if (!record) return notARecord(bytes);
  return PARSERS[record.kind](record, bytes, now);
}

/** A spool record for each entry of a list; null when the body is no list that its kind may hold. */
function entriesOf({ kind, fields: { list, ...fields }, body }: SpoolRecord): readonly Buffer[] | null {
  if (kind === "hook" || (kind === "log" && list !== "1")) return null;
  if (body.toString("latin1", 0, 64).trimStart()[0] !== "[") return null;
  const decoded = decodeValue(body, MAX_BODY_BYTES);
  if ("problem" in decoded || !Array.isArray(decoded.value)) return null;
  const entries: readonly unknown[] = decoded.value;
  if (entries.length === 0 || entries.length > MOST_RECORDS) return null;
  return entries.map((entry, index) => {
    if (kind !== "log") return encodeSpoolRecord({ kind, fields, body: Buffer.from(JSON.stringify(entry)) });
    // A log's entry is its text as it stands; two that are equal stand at two places.
    const body = Buffer.from(typeof entry === "string" ? entry : JSON.stringify(entry));
    return encodeSpoolRecord({ kind, fields: { ...fields, offset: String(index) }, body });
  });
}

/**
 * Called for every file of the spool, with `at` and `key` in its header. At least one event, whatever the bytes are: what
 * cannot be understood is of type "problem".
 */
export function parseSpooled(bytes: Buffer, now: number): readonly SpooledEvent[] {
  const record = decodeSpoolRecord(bytes);
  const entries = record && entriesOf(record);
  return entries ? entries.map((entry) => parseOne(entry, now)) : [parseOne(bytes, now)];
}

/** The event of a stored body, as parseSpooled gave it. */
export function reparseSpooled(body: Buffer, now: number): SpooledEvent | null {
  return parseOne(body, now);
}
