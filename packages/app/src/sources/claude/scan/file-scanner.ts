/** @module What the scan gathers over the lines of one file: its responses, its times, its place and its title. */
import { eventIdOf } from "../../../base/ids.ts";
import type { ResponseFact, SessionFact } from "../../../model/record.ts";
import type { ScannedFile } from "../../../model/scanned-file.ts";
import type { SourceFile } from "../../../model/source-file.ts";
import { mergeResponses } from "../better-response.ts";
import { decodeRecord } from "../decode.ts";
import { timeOf } from "../json.ts";
import { naturalKeyOf, parseClaudeLine } from "../parse-line.ts";
import { lineEnd, lineKind } from "./line-kind.ts";
import { openLineReader } from "./line-response.ts";
import { isTitleLine, openTitleScan } from "./title-scan.ts";

const UUID = /^[A-Za-z0-9._:-]{1,64}$/;
const DAY_MS = 24 * 3600 * 1000;
const TIMESTAMP = Buffer.from('"timestamp":');
/** A root's last fields, none of them an object. */
const LAST_TIMESTAMP = /"timestamp":"([^"\\]{10,40})"[^{}[\]]*\}\s*$/;
const LAST_FIELDS = 600;

/** A user record that holds this returns a tool's result; in a prompt's text the quotes would be escaped. */
const TOOL_RESULT = Buffer.from('"tool_result"');

export interface FileScanner {
  /** `bytes[start..end)` are whole lines; `offset` is the file position of `start`. */
  lines(bytes: Buffer, start: number, end: number, offset: number): void;
  /** A last line without a newline: it counts when it is whole. */
  rest(bytes: Buffer, start: number, end: number, offset: number): void;
  /** `bytes`: file position behind the last complete line. */
  result(bytes: number): ScannedFile;
}

/** `now` decides which times are of the future, as in the full parse. */
export function openFileScanner(file: SourceFile, now: number): FileScanner {
  const responses = new Map<string, ResponseFact>();
  const titles = openTitleScan();
  let writtenAt: number | null = null;
  let firstTs: number | null = null;
  let lastTs: number | null = null;
  const said: { -readonly [Key in keyof SessionFact]?: SessionFact[Key] } = {};

  let line: Buffer; // that the reader asks about
  let lineOffset = 0;
  const reader = openLineReader({
    sessionId: file.sessionId,
    rootSessionId: file.rootSessionId,
    eventId: (uuid) =>
      typeof uuid === "string" && UUID.test(uuid) ? uuid : eventIdOf(naturalKeyOf(file.sessionId, lineOffset, line)),
    time,
  });

  function time(timestamp: unknown): number | null {
    const value = timeOf(timestamp);
    return value !== null && value <= now + DAY_MS ? value : null;
  }

  function see(ts: number | null): void {
    if (ts === null) return;
    if (firstTs === null || ts < firstTs) firstTs = ts;
    if (lastTs === null || ts > lastTs) lastTs = ts;
  }

  /** The full parse of one of the few lines that say when the file was begun, where, and what it is called. */
  function fullLine(bytes: Buffer, offset: number): void {
    const { ts, facts } = parseClaudeLine(bytes, { file, offset, now });
    writtenAt ??= ts;
    see(ts);
    for (const fact of facts) {
      if (fact.kind === "title") titles.see(fact);
      else if (fact.kind === "session" && fact.sessionId === file.sessionId) {
        Object.assign(said, fact, said.cwd === undefined ? {} : { cwd: said.cwd });
      }
    }
  }

  function isPrompt(bytes: Buffer): boolean {
    if (bytes.includes(TOOL_RESULT)) return false;
    titles.tried();
    return true;
  }

  function responseLine(): void {
    const scanned = reader.read(line);
    if (scanned === null) return;
    const { record, response } = scanned;
    if (typeof record.version === "string") said.clientVersion = record.version.slice(0, 64);
    see(response.ts);
    const known = responses.get(response.responseId);
    if (known !== response) responses.set(response.responseId, known ? mergeResponses(known, response) : response);
  }

  function oneLine(bytes: Buffer, start: number, end: number, offset: number): void {
    if (end <= start) return;
    const kind = lineKind(bytes, start, end);
    if (kind === "other") {
      line = bytes.subarray(start, end);
      lineOffset = offset;
      responseLine();
      if (writtenAt === null && line.includes(TIMESTAMP)) fullLine(line, offset);
    } else if (
      (kind === "user" && titles.wantsPrompt() && isPrompt(bytes.subarray(start, end))) ||
      (kind === "bare" && isTitleLine(bytes, start)) ||
      (writtenAt === null && bytes.subarray(start, end).includes(TIMESTAMP))
    ) {
      fullLine(bytes.subarray(start, end), offset);
    }
  }

  return {
    lines(bytes, start, end, offset) {
      // Searches for a line's parts must not run on into old bytes.
      const region = bytes.subarray(0, end);
      for (let at = start; at < end; ) {
        const newline = lineEnd(region, at);
        oneLine(region, at, newline, offset + at - start);
        at = newline + 1;
      }
      const last = LAST_TIMESTAMP.exec(region.toString("latin1", Math.max(start, end - LAST_FIELDS), end));
      if (last) see(time(last[1]));
    },
    rest(bytes, start, end, offset) {
      const last = bytes.subarray(start, end);
      // Only a whole record counts; the rest of a cut one comes later.
      if (decodeRecord(last).record) oneLine(last, 0, last.length, offset);
    },
    result: (bytes) => ({
      file,
      bytes,
      writtenAt,
      firstTs,
      lastTs,
      cwd: said.cwd ?? null,
      clientVersion: said.clientVersion ?? null,
      gitBranch: said.gitBranch ?? null,
      title: titles.best(),
      responses: [...responses.values()],
    }),
  };
}
