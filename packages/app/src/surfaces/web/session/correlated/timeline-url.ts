/** @module The timeline's part of the address: what is shown, the row that is pointed at, and whether it is open. */
import { useMemo } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { listParameters } from "../../logs/logs-url.ts";
import type { Parameters } from "../../state/api.ts";
import { TIMELINE_CHOICES, type TimelineChoice } from "./timeline-facets.tsx";

export interface TimelineUrl {
  /** Event id of the row. */
  readonly at: string | null;
  /** The call of a model that the row is; tells it from other rows of the same event. */
  readonly call: string | null;
  readonly isOpen: boolean;
  readonly chosen: Readonly<Record<TimelineChoice, readonly string[]>>;
  readonly isFiltered: boolean;
  /** The same object while the choices are the same. */
  readonly parameters: Parameters;
  toggle(name: TimelineChoice, value: string): void;
  clear(): void;
  /** Points at a row without a step in the history. */
  point(eventId: string | null, call: string | null, isOpen: boolean): void;
  /** Goes to a row and opens it: Back leads to where one was. `isHidden`: the choices leave it out, and are taken back. */
  go(
    eventId: string | null,
    call: string | null,
    options: { readonly replace: boolean; readonly isHidden: boolean },
  ): void;
}

export function useTimelineUrl(): TimelineUrl {
  const [path, navigate] = useLocation();
  const search = new URLSearchParams(useSearch());
  const chosen = Object.fromEntries(TIMELINE_CHOICES.map((name) => [name, search.getAll(name)])) as unknown as Record<
    TimelineChoice,
    readonly string[]
  >;
  const key = JSON.stringify(chosen);
  const parameters = useMemo<Parameters>(() => listParameters(chosen), [key]);
  const change = (edit: (parameters: URLSearchParams) => void, replace: boolean) => {
    const next = new URLSearchParams(location.search);
    edit(next);
    navigate(`${path}?${next}`, { replace });
  };
  const set = (next: URLSearchParams, eventId: string | null, call: string | null, isOpen: boolean) => {
    for (const [name, value] of [
      ["at", eventId],
      ["call", call],
      ["open", isOpen ? null : "off"],
    ] as const) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
  };
  return {
    at: search.get("at"),
    call: search.get("call"),
    isOpen: search.get("open") !== "off",
    chosen,
    isFiltered: TIMELINE_CHOICES.some((name) => chosen[name].length > 0),
    parameters,
    toggle: (name, value) =>
      change((next) => {
        const values = next.getAll(name);
        next.delete(name);
        for (const one of values.includes(value) ? values.filter((other) => other !== value) : [...values, value])
          next.append(name, one);
      }, false),
    clear: () =>
      change((next) => {
        for (const name of TIMELINE_CHOICES) next.delete(name);
      }, false),
    point: (eventId, call, isOpen) => change((next) => set(next, eventId, call, isOpen), true),
    go: (eventId, call, { replace, isHidden }) =>
      change((next) => {
        if (isHidden) for (const name of TIMELINE_CHOICES) next.delete(name);
        set(next, eventId, call, true);
      }, replace),
  };
}

/** False while one is on the way to another side of the session. */
export function isTimelineAddress(): boolean {
  return new URLSearchParams(location.search).get("tab") === "timeline";
}
