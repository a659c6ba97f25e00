/** @module `clew-sdk/winston`: formats that put the session into every line, and a transport that hands lines to Clew. */
import { Writable } from "node:stream";
import { logFields } from "./log-fields.ts";
import { guard } from "./problems.ts";
import { sendLine } from "./send-line.ts";
import { isAtLeast, severityOf } from "./severity.ts";
import { state } from "./state.ts";
import { formatLine, type LineFormat } from "./text-line.ts";
import type { ClewSeverity } from "./wire.ts";

/** What winston hands through its formats: a level, a message, and whatever was logged. */
export type WinstonInfo = { level: string; message: unknown } & Record<string | symbol, unknown>;

export interface WinstonFormat {
  readonly transform: (info: WinstonInfo, options?: unknown) => WinstonInfo | boolean;
}

const MESSAGE = Symbol.for("message");
const LEVEL = Symbol.for("level");
const SPLAT = Symbol.for("splat");

/**
 * Adds the session's fields, `session_id` first. Put it into the logger's own `format.combine(...)`, not a transport's: there
 * the session is known. `format.json()` sorts fields by name; with `{ deterministic: false }` they keep their order.
 */
export function sessionFormat(): WinstonFormat {
  return {
    transform(info) {
      // What was logged wins over bound fields, not over the session's own.
      const { session_id, correlation_id, workspace, ...more } = logFields();
      const own = { session_id, correlation_id, workspace };
      return { ...own, ...more, ...info, ...own } as WinstonInfo;
    },
  };
}

function timeOf(info: WinstonInfo): number {
  const time = Date.parse(String(info.timestamp ?? ""));
  return Number.isFinite(time) ? time : state().settings.clock();
}

/** The fields of an info that are neither winston's own nor the session's. */
function dataOf(info: WinstonInfo): Record<string, unknown> {
  const { level: _level, message: _message, timestamp: _timestamp, label: _label, stack: _stack, ...data } = info;
  return Object.fromEntries(Object.entries(data));
}

export interface SessionLineOptions {
  /** Default: detailed. */
  readonly format?: LineFormat;
  /** Name in the lines; default: the info's `label`. */
  readonly logger?: string;
}

/** Ends a `format.combine(...)`: makes the line itself, `[SESSION] - time - logger - LEVEL - message`. */
export function sessionLineFormat({ format = "detailed", logger }: SessionLineOptions = {}): WinstonFormat {
  return {
    transform(info) {
      const fields =
        typeof info.session_id === "string" ? { ...logFields(), session_id: info.session_id } : logFields();
      const stack = typeof info.stack === "string" ? { name: "Error", message: "", stack: info.stack } : undefined;
      info[MESSAGE] = formatLine(format, {
        time: timeOf(info),
        // A colouring format changes `level`, not this.
        level: String(info[LEVEL] ?? info.level),
        logger: logger ?? String(info.label ?? "root"),
        message: String(info.message),
        fields,
        ...(stack && { error: stack }),
        ...(format === "json" && { data: dataOf(info) }),
      });
      return info;
    },
  };
}

export interface WinstonTransportOptions {
  /** Least severity that is handed on; default: debug, so whatever the logger lets through. */
  readonly level?: ClewSeverity;
}

/** For `logger.add(...)`: hands lines that belong to a session to Clew. Never holds up the logger. */
export class ClewWinstonTransport extends Writable {
  readonly #least: ClewSeverity;

  constructor({ level = "debug" }: WinstonTransportOptions = {}) {
    super({ objectMode: true });
    this.#least = level;
  }

  /** winston calls it for its own check only; lines come by the stream. */
  log(info: WinstonInfo, done: () => void): void {
    guard(
      "adapter",
      "send a line of winston",
      () => {
        const level = info[LEVEL] ?? info.level;
        if (!isAtLeast(severityOf(level), this.#least)) return;
        const message = String(info.message);
        sendLine({
          level,
          message,
          time: timeOf(info),
          fields: dataOf({ ...logFields(), ...info, [SPLAT]: undefined }),
        });
      },
      undefined,
    );
    done();
  }

  override _write(info: WinstonInfo, _encoding: BufferEncoding, done: () => void): void {
    this.log(info, done);
  }
}
