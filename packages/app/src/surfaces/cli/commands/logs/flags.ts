/** @module Flags of `clew logs` that several of its commands have. */
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../../base/error.ts";
import { oneOf } from "../../arguments.ts";
import { textFlag } from "../../command.ts";

/** As docs/logs.md names them. */
const FORMATS = [
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

export function formatFlag(flags: ParsedArgs): string | undefined {
  const text = textFlag(flags, "format");
  return text === undefined ? undefined : oneOf("format", text, FORMATS, "plain");
}

/** An IANA name; throws `usage` for what is none. */
export function zoneFlag(flags: ParsedArgs): string | undefined {
  const zone = textFlag(flags, "zone");
  try {
    if (zone !== undefined) new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw new ClewError("usage", `--zone ${zone} is no time zone: a name like Europe/Berlin`);
  }
  return zone;
}

/** Name of the one program that writes a log; throws `usage` for what is none. */
export function serviceFlag(flags: ParsedArgs): string | undefined {
  const service = textFlag(flags, "service");
  if (service !== undefined && !/^[^\p{Cc}]{1,200}$/u.test(service))
    throw new ClewError("usage", "--service is one name on one line");
  return service;
}
