/** @module The flags that every list shares, read into the same filter as the filter language. */
import type { ArgsDef, ParsedArgs } from "citty";
import { ClewError } from "../../base/error.ts";
import type { Filter } from "../../query/filter/filter.ts";
import { type FilterMode, parseFilter } from "../../query/filter/parse.ts";
import { textFlag } from "./command.ts";

export const FILTER_FLAGS = {
  since: { type: "string", description: "from a day, a time, or 24h, 7d, 2w back", valueHint: "TIME" },
  until: { type: "string", description: "to a day (included), a time, or a span back", valueHint: "TIME" },
  project: { type: "string", description: "project name, * allowed, several with commas", valueHint: "NAME" },
  workspace: { type: "string", description: "workspace path, name or id", valueHint: "PATH" },
  model: { type: "string", description: "model, e.g. opus or claude-sonnet-4*", valueHint: "NAME" },
  agent: { type: "string", description: "agent or subagent type", valueHint: "NAME" },
  status: { type: "string", description: "active, completed, failed or abandoned", valueHint: "STATUS" },
} as const satisfies ArgsDef;

/** Operands and flags as one filter. Throws `usage` that points at the place in the text. */
export function filterFrom(operands: readonly string[], flags: ParsedArgs, mode: FilterMode = "list"): Filter {
  const text = operands.join(" ");
  const filter = parseFilter(text, mode);
  const problem = filter.problems[0];
  if (problem)
    throw new ClewError("usage", `filter: ${problem.message}\n  ${text}\n  ${" ".repeat(problem.column - 1)}^`);
  const terms = [...filter.terms];
  for (const name of Object.keys(FILTER_FLAGS)) {
    const value = textFlag(flags, name);
    if (value === undefined) continue;
    const quoted = /[\s"]/u.test(value) ? `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : value;
    const read = parseFilter(`${name}:${quoted}`);
    if (read.problems[0]) throw new ClewError("usage", `--${read.problems[0].message}`);
    terms.push(...read.terms);
  }
  return { terms, words: filter.words, problems: [] };
}
