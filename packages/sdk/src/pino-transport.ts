/** @module `clew-sdk/pino-transport`: a target for pino's `transport` option that hands lines to Clew. Runs in pino's worker. */
import { Writable } from "node:stream";
import { close } from "./configure.ts";
import { sendLine } from "./send-line.ts";

export interface PinoTransportOptions {
  /** Name of the message's field; pino's `messageKey`. */
  readonly messageKey?: string;
  /** Name of the field that names the error; pino's `errorKey`. */
  readonly errorKey?: string;
}

/** Longer lines are no log lines. */
const LONGEST_LINE = 16 * 1024 * 1024;

function timeOf(value: unknown): number {
  const time = typeof value === "number" ? value : Date.parse(String(value));
  return Number.isFinite(time) ? time : Number.NaN;
}

function sendText(text: string, { messageKey = "msg", errorKey = "err" }: PinoTransportOptions): void {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return; // Not a line of pino's; whoever prints it is the place for it.
  }
  if (line === null || typeof line !== "object" || Array.isArray(line)) return;
  const { level, time, pid: _pid, hostname: _hostname, ...fields } = line as Record<string, unknown>;
  const error = fields[errorKey] as { message?: unknown } | undefined;
  const message = fields[messageKey] ?? error?.message ?? "";
  delete fields[messageKey];
  sendLine({ level, message: String(message), time: timeOf(time), fields });
}

/** A stream that takes pino's lines in any cuts. Lines without a session are let go. */
export function createPinoTransport(options: PinoTransportOptions = {}): Writable {
  const decoder = new TextDecoder();
  let rest = "";
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LONGEST_LINE) rest = "";
      for (const line of lines) if (line) sendText(line, options);
      done();
    },
    final(done) {
      if (rest) sendText(rest, options);
      close().then(() => done(), done);
    },
  });
}

// pino loads the target by name and calls its default export.
export default createPinoTransport;
