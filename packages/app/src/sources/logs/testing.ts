/** @module For tests: log texts cut into records and read as they are from a file. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeSpoolRecord, type SpoolRecord } from "../../base/spool-record.ts";
import { parseSpooled, type SpooledEvent } from "../spooled.ts";
import { createLineAssembler } from "./assemble-lines.ts";

/** Noon of the day of the fixtures. */
export const LOG_NOW = Date.UTC(2026, 10, 21, 12);

export function logFixture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../../../fixtures/logs/${name}`, import.meta.url)), "utf8");
}

/** The records of a text. */
export function recordsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const assembler = createLineAssembler();
  const records: string[] = [];
  const take = (range: { readonly start: number; readonly end: number } | null): void => {
    if (range) records.push(bytes.toString("utf8", range.start, range.end));
  };
  let at = 0;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const length = Buffer.byteLength(line);
    take(assembler.push(bytes.subarray(at, at + length), at, at + length));
    at += length + 1;
  }
  take(assembler.close());
  return records;
}

export function logBytes(body: string | Buffer, fields: SpoolRecord["fields"] = {}): Buffer {
  return encodeSpoolRecord({
    kind: "log",
    fields: { at: String(LOG_NOW), path: "/var/log/shop/app.log", offset: "0", ...fields },
    body: Buffer.from(body),
  });
}

export function logEvent(body: string | Buffer, fields: SpoolRecord["fields"] = {}): SpooledEvent {
  return parseSpooled(logBytes(body, fields), LOG_NOW)[0]!;
}
