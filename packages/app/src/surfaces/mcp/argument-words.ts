/** @module What is wrong with an argument, in plain words instead of the validator's. */
import { z } from "zod";

const counted = (count: number | bigint, one: string): string => `${count} ${one}${Number(count) === 1 ? "" : "s"}`;

/** "1 character", "200", "2 items". */
function sizeOf(origin: string, size: number | bigint): string {
  if (origin === "string") return counted(size, "character");
  return origin === "array" || origin === "set" ? counted(size, "item") : String(size);
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Undefined: the validator's own words say it well enough. */
export function argumentWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "too_small":
      return `at least ${sizeOf(issue.origin, issue.minimum)}`;
    case "too_big":
      return `at most ${sizeOf(issue.origin, issue.maximum)}`;
    case "invalid_type":
      return issue.input === undefined ? "is missing" : `has to be ${typeWords[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return `there is no ${issue.keys.join(", ")}`;
    default:
      return undefined;
  }
}

/** For every schema of this process: a schema of its own would have to say so in each of its fields. */
export function speakPlainly(): void {
  z.config({ customError: argumentWords });
}
