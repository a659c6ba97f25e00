/** @module `clew-sdk/logtape`: LogTape records with the session's fields, as lines, and on their way to Clew. */
import { builtin } from "./builtin.ts";
import { logFields } from "./log-fields.ts";
import { guard } from "./problems.ts";
import { sendLine } from "./send-line.ts";
import type { LogFields } from "./state.ts";
import { formatLine, type LineFormat } from "./text-line.ts";

/** As much of LogTape's record as is used. */
export interface LogTapeRecord {
  readonly category: readonly string[];
  readonly level: string;
  readonly message: readonly unknown[];
  /** Milliseconds UTC. */
  readonly timestamp: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Properties = Record<string, unknown>;

/**
 * For `configure({ contextLocalStorage })`: every record gets the session's fields as properties, beside those of
 * LogTape's own withContext.
 */
export function sessionContextStorage(): {
  run<Value>(store: Properties, callback: () => Value): Value;
  getStore(): Properties | undefined;
} {
  const { AsyncLocalStorage } = builtin("node:async_hooks");
  const own = new AsyncLocalStorage<Properties>();
  return {
    run: (store, callback) => own.run(store, callback),
    getStore() {
      const inner = own.getStore();
      // LogTape hands what it got here into `run` again: the session that runs now wins over one that ran then.
      return guard<Properties | undefined>("adapter", "read the session", () => ({ ...inner, ...logFields() }), inner);
    },
  };
}

const FIELDS = ["session_id", "correlation_id", "workspace"] as const;

/** The record's own session where it has one: sinks may run later, elsewhere. */
function fieldsOf({ properties }: LogTapeRecord): Readonly<Record<string, unknown>> {
  return typeof properties.session_id === "string" ? properties : logFields();
}

function messageOf({ message }: LogTapeRecord): string {
  return message.map((part) => (typeof part === "string" ? part : textOf(part))).join("");
}

function textOf(part: unknown): string {
  if (typeof part !== "object" || part === null) return String(part);
  return guard("adapter", "print a value", () => JSON.stringify(part) ?? String(part), "[unprintable]");
}

/** Wraps a sink: the records that it gets carry the session's fields. For set-ups without a contextLocalStorage. */
export function withSessionFields<Entry extends LogTapeRecord>(sink: (record: Entry) => void): (record: Entry) => void {
  return (record) => {
    const fields: LogFields = logFields();
    sink({ ...record, properties: { ...fields, ...record.properties, ...pick(fields) } });
  };
}

function pick(fields: LogFields): Properties {
  return Object.fromEntries(FIELDS.map((name) => [name, fields[name]]));
}

/** A text formatter: `[SESSION] - time - logger - LEVEL - message`, simple, or JSON. Each line has its line end. */
export function sessionFormatter(format: LineFormat = "detailed"): (record: LogTapeRecord) => string {
  return (record) => {
    const { timestamp, level, category, properties } = record;
    const line = formatLine(format, {
      time: timestamp,
      level,
      logger: category.join("."),
      message: messageOf(record),
      fields: format === "json" ? { ...logFields(), ...properties } : fieldsOf(record),
      ...(properties.error instanceof Error && { error: properties.error }),
    });
    return `${line}\n`;
  };
}

/** A sink that hands records that belong to a session to Clew. */
export function clewSink(): (record: LogTapeRecord) => void {
  return (record) => {
    const { level, timestamp, category, properties } = record;
    const fields = { ...(typeof properties.session_id === "string" ? {} : logFields()), ...properties };
    sendLine({ level, message: messageOf(record), time: timestamp, fields: { ...fields, logger: category.join(".") } });
  };
}
