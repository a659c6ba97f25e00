/** @module What the Logs page shows, as its address holds it: words, facets, period, session, trace, and the opened line. */
import { useLocation, useSearch } from "wouter-preact";
import type { Parameters } from "../state/api.ts";
import { momentOf } from "./period.ts";

export const LOG_CHOICES = ["level", "service", "logger", "joined"] as const;
export type LogChoice = (typeof LOG_CHOICES)[number];
/** Choices that hold one value. */
export const LOG_SINGLES = ["q", "session", "trace", "tool", "since", "until"] as const;
export type LogSingle = (typeof LOG_SINGLES)[number];

export interface LogsView {
  readonly q: string;
  readonly session: string;
  readonly trace: string;
  readonly tool: string;
  /** A length of time that reaches to now ("1h"), or a moment. */
  readonly since: string;
  readonly until: string;
  readonly choices: Readonly<Record<LogChoice, readonly string[]>>;
  /** Event id of the opened line. */
  readonly event: string | null;
  /** Only lines that belong to no session. */
  readonly isUncorrelated: boolean;
  /** Something is chosen, besides the place to look. */
  readonly isFiltered: boolean;
}

export interface LogsUrl {
  readonly view: LogsView;
  /** Another choice closes the opened line. An empty value takes one out. */
  choose(changes: Readonly<Partial<Record<LogSingle, string>>>, replace?: boolean): void;
  chooseValues(name: LogChoice, values: readonly string[]): void;
  toggle(name: LogChoice, value: string): void;
  /** Null closes the line. `replace` adds no step to the history. */
  open(eventId: string | null, replace?: boolean): void;
  clear(): void;
}

export function logsView(search: string): LogsView {
  const parameters = new URLSearchParams(search);
  const choices = Object.fromEntries(LOG_CHOICES.map((name) => [name, parameters.getAll(name)])) as unknown as Record<
    LogChoice,
    readonly string[]
  >;
  const singles = Object.fromEntries(LOG_SINGLES.map((name) => [name, parameters.get(name) ?? ""])) as Record<
    LogSingle,
    string
  >;
  const isUncorrelated = choices.joined.length === 1 && choices.joined[0] === "none";
  return {
    ...singles,
    choices,
    event: parameters.get("event"),
    isUncorrelated,
    isFiltered:
      LOG_SINGLES.some((name) => singles[name] !== "") ||
      LOG_CHOICES.some((name) => choices[name].length > 0 && !(name === "joined" && isUncorrelated)),
  };
}

/** What is asked for it. `now`, in milliseconds, is the end of a length of time. */
export function logsParameters({ q, session, trace, tool, since, until, choices }: LogsView, now: number): Parameters {
  const moment = (text: string) => {
    const time = momentOf(text, now);
    return time === null ? "" : new Date(time).toISOString();
  };
  return {
    words: q,
    session,
    trace,
    tool,
    since: moment(since),
    until: moment(until),
    ...listParameters(choices),
  };
}

/** Choices as the server reads them: it takes one value apart at its commas, several stand as they are. */
export function listParameters(choices: Readonly<Record<string, readonly string[]>>): Parameters {
  return Object.fromEntries(
    Object.entries(choices).map(([name, values]) => [
      name,
      values.length === 1 && values[0]!.includes(",") ? [values[0]!, values[0]!] : values,
    ]),
  );
}

/** Address of the Logs page with these choices. */
export function logsHref(changes: Readonly<Partial<Record<LogSingle | "event", string | null>>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(changes)) if (value) parameters.set(name, value);
  return `/logs?${parameters}`;
}

export function useLogsUrl(): LogsUrl {
  const [path, navigate] = useLocation();
  const view = logsView(useSearch());
  const change = (edit: (parameters: URLSearchParams) => void, replace = false) => {
    const parameters = new URLSearchParams(location.search);
    edit(parameters);
    const text = parameters.toString();
    navigate(`${path}${text ? `?${text}` : ""}`, { replace });
  };
  const put = (parameters: URLSearchParams, name: LogChoice, values: readonly string[]) => {
    parameters.delete(name);
    parameters.delete("event");
    for (const value of values) parameters.append(name, value);
  };
  return {
    view,
    choose: (changes, replace) =>
      change((parameters) => {
        parameters.delete("event");
        for (const [name, value] of Object.entries(changes)) {
          if (value) parameters.set(name, value);
          else parameters.delete(name);
        }
      }, replace),
    chooseValues: (name, values) => change((parameters) => put(parameters, name, values)),
    toggle: (name, value) =>
      change((parameters) => {
        const values = parameters.getAll(name);
        put(parameters, name, values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);
      }),
    open: (eventId, replace) =>
      change((parameters) => {
        if (eventId === null) parameters.delete("event");
        else parameters.set("event", eventId);
      }, replace),
    clear: () =>
      change((parameters) => {
        for (const name of [...LOG_SINGLES, ...LOG_CHOICES, "event"]) parameters.delete(name);
      }),
  };
}
