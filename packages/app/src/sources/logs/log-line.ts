/** @module What one record of a log says, whatever its format. */
import type { LogLevel } from "../../model/telemetry.ts";
import type { JsonObject } from "../claude/json.ts";
import type { JoinKeys } from "./join-keys.ts";

/** As docs/logs.md names them. */
export const LOG_FORMATS = [
  "pino",
  "bunyan",
  "winston",
  "logtape",
  "json",
  "bracketed",
  "logfmt",
  "python",
  "plain",
  "interaction",
] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogLine extends JoinKeys {
  readonly format: LogFormat;
  /** Milliseconds UTC; null: it says none. */
  readonly time: number | null;
  readonly level: LogLevel;
  readonly message: string;
  /** Stack trace or further lines; "": none. */
  readonly more: string;
  readonly logger: string | null;
  readonly service: string | null;
  /** Of a structured line: its fields as they stand. */
  readonly fields: JsonObject | null;
}
