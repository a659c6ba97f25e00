/** @module The words of a command line to flags and operands, strictly: what is unknown is an error with a suggestion. */
import type { ArgsDef, ParsedArgs } from "citty";
import { ClewError } from "../../base/error.ts";
import { closestOf } from "../../query/filter/closest.ts";

export interface SplitArguments {
  /** Only known flags, each value joined by `=`: what citty parses without guessing. */
  readonly flags: readonly string[];
  readonly operands: readonly string[];
  readonly help: boolean;
}

/**
 * Splits a command's words. `-tool:Bash` and other words with one dash that name no flag are operands, because the filter
 * language negates with a dash; after `--` everything is. Throws `usage`.
 */
export function splitArguments(words: readonly string[], defined: ArgsDef, command: string): SplitArguments {
  const flags: string[] = [];
  const operands: string[] = [];
  const names = Object.keys(defined);
  let help = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === "--") {
      operands.push(...words.slice(index + 1));
      break;
    }
    const long = /^--([^=]+)(?:=(.*))?$/su.exec(word);
    const short = /^-([A-Za-z])$/u.exec(word);
    if (!long && !short) {
      operands.push(word);
      continue;
    }
    const given = long ? long[1]! : short![1]!;
    if (given === "help" || given === "h") {
      help = true;
      continue;
    }
    const negated = given.startsWith("no-") && names.includes(given.slice(3)) ? given.slice(3) : null;
    const name =
      negated ?? (long && names.includes(given) ? given : names.find((one) => aliasesOf(defined, one).includes(given)));
    if (name === undefined) {
      const near = closestOf(given, [...names, "help"]);
      const hint = near ? `did you mean --${near}?` : `see \`clew ${command} --help\``;
      throw new ClewError("usage", `unknown flag ${word.split("=")[0]}: ${hint}`);
    }
    if (defined[name]!.type === "boolean") {
      if (long?.[2] !== undefined) throw new ClewError("usage", `--${name} takes no value`);
      flags.push(negated ? `--no-${name}` : `--${name}`);
      continue;
    }
    const value = long?.[2] ?? words[++index];
    if (value === undefined) throw new ClewError("usage", `--${name} needs a value`);
    const before = isRepeatable(defined, name) ? flags.findIndex((flag) => flag.startsWith(`--${name}=`)) : -1;
    if (before < 0) flags.push(`--${name}=${value}`);
    else flags[before] += REPEATED + value;
  }
  return { flags, operands, help };
}

/** Between the values of a flag that was given several times: the one character that no word of a command line can hold. */
const REPEATED = "\0";

/** A flag whose value hint ends in `…` may be given several times; of any other the last one counts. */
function isRepeatable(defined: ArgsDef, name: string): boolean {
  const definition = defined[name]!;
  return "valueHint" in definition && definition.valueHint?.endsWith("…") === true;
}

/** The values of a flag that may be given several times, in order. */
export function listFlag(flags: ParsedArgs, name: string): readonly string[] {
  const value: unknown = flags[name];
  return typeof value === "string" ? value.split(REPEATED) : [];
}

function aliasesOf(defined: ArgsDef, name: string): readonly string[] {
  const definition = defined[name]!;
  const alias = "alias" in definition ? definition.alias : undefined;
  return alias === undefined ? [] : typeof alias === "string" ? [alias] : alias;
}

/** A whole number from a flag; throws `usage`. */
export function wholeNumber(name: string, text: string | undefined, fallback: number, least = 0): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/u.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new ClewError(
      "usage",
      `--${name} takes a whole number${least > 0 ? ` of at least ${least}` : ""}, not ${text}`,
    );
  }
  return value;
}

/** A number of rows from a flag, -1 for "all"; throws `usage`. */
export function rowLimit(text: string | undefined, fallback: number): number {
  return text === "all" ? -1 : wholeNumber("limit", text, fallback, 1);
}

/** One of some words from a flag; throws `usage` with the nearest. */
export function oneOf<T extends string>(name: string, text: string | undefined, choices: readonly T[], fallback: T): T {
  if (text === undefined) return fallback;
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  const near = closestOf(text, choices);
  throw new ClewError(
    "usage",
    `--${name} ${text} is unknown: ${near ? `did you mean ${near}?` : `use ${choices.join(", ")}`}`,
  );
}
