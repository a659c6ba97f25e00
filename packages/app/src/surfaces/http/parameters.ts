/** @module Query strings to typed parameters, with limits; everything else is refused with a sentence. */
import type { Context } from "hono";
import type { Filter, FilterProblem } from "../../query/filter/filter.ts";
import { type FilterMode, parseFilter } from "../../query/filter/parse.ts";

const LONGEST_FILTER = 2_000;
const LONGEST_ID = 300;
const MOST_VALUES = 50;

/** Thrown by the readers below and turned into 400 by the app. */
export class BadParameter extends Error {
  readonly problems: readonly FilterProblem[] | undefined;
  constructor(message: string, problems?: readonly FilterProblem[]) {
    super(message);
    this.name = "BadParameter";
    this.problems = problems;
  }
}

/** `?q=`: a filter without problems. */
export function filterOf(c: Context, mode: FilterMode = "list"): Filter {
  const text = c.req.query("q") ?? "";
  if (text.length > LONGEST_FILTER) throw new BadParameter(`q is longer than ${LONGEST_FILTER} characters`);
  const filter = parseFilter(text, mode);
  if (filter.problems.length > 0) throw new BadParameter(filter.problems[0]!.message, filter.problems);
  return filter;
}

/** A whole number of the query string, cut to its limits; the default when absent. */
export function numberOf(c: Context, name: string, fallback: number, lowest: number, highest: number): number {
  const text = c.req.query(name);
  if (text === undefined) return fallback;
  if (!/^-?\d{1,16}$/.test(text)) throw new BadParameter(`${name} must be a whole number`);
  return Math.min(highest, Math.max(lowest, Number(text)));
}

export function optionalNumberOf(c: Context, name: string): number | undefined {
  return c.req.query(name) === undefined
    ? undefined
    : numberOf(c, name, 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/** One of a fixed list; the first is the default. */
export function choiceOf<T extends string>(c: Context, name: string, choices: readonly T[], fallback: T): T {
  const text = c.req.query(name);
  if (text === undefined) return fallback;
  const found = choices.find((choice) => choice === text);
  if (!found) throw new BadParameter(`${name} must be one of ${choices.join(", ")}`);
  return found;
}

/** Values of a parameter that is given several times; of a fixed list where there is one. Empty: it is absent. */
export function listOf<T extends string = string>(c: Context, name: string, choices?: readonly T[]): readonly T[] {
  const values = c.req.queries(name) ?? [];
  if (values.length > MOST_VALUES || values.some((value) => value.length > LONGEST_ID))
    throw new BadParameter(`${name} has too many or too long values`);
  if (choices && !values.every((value) => choices.includes(value as T)))
    throw new BadParameter(`${name} must be some of ${choices.join(", ")}`);
  return values as readonly string[] as readonly T[];
}

/** `?tz=`: an IANA time zone, UTC when absent. */
export function timeZoneOf(c: Context): string {
  const name = c.req.query("tz") ?? "UTC";
  if (name.length > 64) throw new BadParameter("tz is not a time zone");
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new BadParameter("tz is not a time zone");
  }
}

/** An id from the path or query: any text of sane length, only ever compared with stored ids. */
export function idOf(text: string | undefined, name: string, longest: number = LONGEST_ID): string {
  if (!text || text.length > longest) throw new BadParameter(`${name} is missing or too long`);
  return text;
}
