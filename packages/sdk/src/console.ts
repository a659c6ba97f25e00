/** @module `clew-sdk/console`: lines with the session first, from a small logger of its own or from the global console. */
import { currentFrame } from "./adoption.ts";
import type { LineFile } from "./line-file.ts";
import { guard } from "./problems.ts";
import { isAtLeast, severityOf } from "./severity.ts";
import { state } from "./state.ts";
import { formatLine, type LineFormat } from "./text-line.ts";
import type { ClewSeverity } from "./wire.ts";

export { openRotatingFile, type RotatingFileOptions } from "./rotating-file.ts";
export { detailedLine, formatLine, jsonLine, type LineFormat, type LineParts, simpleLine } from "./text-line.ts";

export type LogData = Readonly<Record<string, unknown>>;
export type LogCall = (message: string, data?: LogData | Error) => void;

export interface ConsoleLogger {
  readonly debug: LogCall;
  readonly info: LogCall;
  readonly warn: LogCall;
  readonly error: LogCall;
}

export interface ConsoleLoggerOptions {
  /** Name in the lines. */
  readonly name?: string;
  /** Least severity that is written; default: info. */
  readonly level?: ClewSeverity;
  /** Of what goes to the console; default: simple. */
  readonly format?: LineFormat;
  /** Also, in `fileFormat` (default: detailed), to a file: see openRotatingFile. */
  readonly file?: Pick<LineFile, "write">;
  readonly fileFormat?: LineFormat;
  /** Instead of the process' own output; null: no console. Gets a line without its end. */
  readonly print?: ((line: string, severity: ClewSeverity) => void) | null;
}

function printLine(line: string, severity: ClewSeverity): void {
  const stream = severity === "warn" || severity === "error" ? process.stderr : process.stdout;
  stream.write(`${line}\n`);
}

/** A logger without a library. */
export function createConsoleLogger(options: ConsoleLoggerOptions = {}): ConsoleLogger {
  const {
    name = "root",
    level = "info",
    format = "simple",
    fileFormat = "detailed",
    file,
    print = printLine,
  } = options;
  const logger = (severity: ClewSeverity): LogCall => {
    if (!isAtLeast(severity, level)) return () => {};
    return (message, given) =>
      guard(
        "adapter",
        "write a log line",
        () => {
          const isError = given instanceof Error;
          const error = isError ? given : (given?.error ?? given?.err);
          const parts = {
            time: state().settings.clock(),
            level: severity,
            logger: name,
            message: String(message),
            ...(error !== undefined && { error }),
            ...(given && !isError && { data: given }),
          };
          print?.(formatLine(format, parts), severity);
          file?.write(formatLine(fileFormat, parts));
        },
        undefined,
      );
  };
  return { debug: logger("debug"), info: logger("info"), warn: logger("warn"), error: logger("error") };
}

const METHODS = ["debug", "log", "info", "warn", "error"] as const;
type ConsoleMethods = Pick<Console, (typeof METHODS)[number]>;

/** Puts `[SESSION] - LEVEL - ` before what console methods print; the answer takes it away again. */
export function patchConsole(target: ConsoleMethods = console): () => void {
  const originals = METHODS.map((method) => [method, target[method]] as const);
  for (const [method, original] of originals) {
    const level = severityOf(method).toUpperCase();
    target[method] = (...args: unknown[]): void => {
      const head = `[${guard("adapter", "find the session", () => currentFrame().session?.id, undefined) ?? "in-progress"}] - ${level} -`;
      // The first argument may be a format that the others fill.
      const [first, ...others] = args;
      if (typeof first === "string") original.call(target, `${head} ${first}`, ...others);
      else original.call(target, head, ...args);
    };
  }
  return () => {
    for (const [method, original] of originals) target[method] = original;
  };
}
