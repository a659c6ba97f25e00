/** @module How many of the lines in question have which level, service, logger and join. */
import type { LogsQuestion } from "./log-lines.ts";

export type LogFacetName = "level" | "service" | "logger" | "joined_by";

export interface LogFacet {
  /** Of joined_by also "none"; "": the line names none. */
  readonly value: string;
  readonly count: number;
}

export type LogFacets = Readonly<Record<LogFacetName, readonly LogFacet[]>>;

/** What a line can be chosen by. */
export interface LogChoices {
  readonly level: string;
  readonly service: string | null;
  readonly logger: string | null;
  readonly joined_by: string | null;
}

export interface LogGroup extends LogChoices {
  readonly count: number;
}

type Chosen = Pick<LogsQuestion, "levels" | "services" | "loggers" | "joined">;

const CHOICES: Readonly<
  Record<LogFacetName, { readonly key: keyof Chosen; readonly of: (line: LogChoices) => string }>
> = {
  level: { key: "levels", of: (line) => line.level },
  service: { key: "services", of: (line) => line.service ?? "" },
  logger: { key: "loggers", of: (line) => line.logger ?? "" },
  joined_by: { key: "joined", of: (line) => line.joined_by ?? "none" },
};
const NAMES = Object.keys(CHOICES) as readonly LogFacetName[];

/** Whether a line is among those chosen; `aside`: the choice that is left aside. */
export function passes(line: LogChoices, chosen: Chosen, aside?: LogFacetName): boolean {
  return NAMES.every((name) => {
    const wanted: readonly string[] | undefined = chosen[CHOICES[name].key];
    return name === aside || wanted === undefined || wanted.includes(CHOICES[name].of(line));
  });
}

/** Each facet counts the lines that the other choices leave, most frequent first. */
export function logFacets(groups: readonly LogGroup[], chosen: Chosen): LogFacets {
  const facet = (name: LogFacetName): LogFacet[] => {
    const counts = new Map<string, number>();
    for (const group of groups) {
      if (!passes(group, chosen, name)) continue;
      const value = CHOICES[name].of(group);
      counts.set(value, (counts.get(value) ?? 0) + group.count);
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  };
  return {
    level: facet("level"),
    service: facet("service"),
    logger: facet("logger"),
    joined_by: facet("joined_by"),
  };
}
