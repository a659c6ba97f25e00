/** @module The filter as the address holds it: ?q= is the one state behind filter bar, facets and list. */
import { useLocation, useSearch } from "wouter-preact";
import type { Filter, FilterTerm, MatchKey } from "../../../query/filter/filter.ts";
import { formatFilter, parseFilter } from "../../../query/filter/parse.ts";

export interface UrlState {
  readonly q: string;
  get(name: string): string | null;
  /** Changes parameters and keeps the fragment; an empty value takes one out. `replace` adds no step to the history. */
  set(changes: Readonly<Record<string, string | null>>, replace?: boolean): void;
}

/** The query string of the present address. */
export function useUrl(): UrlState {
  const [path, navigate] = useLocation();
  const parameters = new URLSearchParams(useSearch());
  return {
    q: parameters.get("q") ?? "",
    get: (name) => parameters.get(name),
    set(changes, replace = false) {
      const next = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      const text = next.toString();
      navigate(`${path}${text ? `?${text}` : ""}${location.hash}`, { replace });
    },
  };
}

/** Values that the filter chooses for a key. */
export function chosen(filter: Filter, key: string): readonly string[] {
  return filter.terms.flatMap((term) =>
    (term.kind === "match" && term.key === key && !term.negated) ||
    (term.kind === "has" && key === "has" && !term.negated)
      ? [...term.values]
      : [],
  );
}

/** Adds or removes one value of a key and gives the new filter text. */
export function toggled(text: string, key: MatchKey | "has", value: string): string {
  const filter = parseFilter(text);
  const values = chosen(filter, key);
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  const others = filter.terms.filter((term) => !isPlain(term, key));
  // Each has: is its own term, because a session must have all of them; alternatives of a name share one.
  const terms = key === "has" ? next.map((one) => termOf(key, [one])) : next.length > 0 ? [termOf(key, next)] : [];
  return formatFilter({ terms: [...others, ...terms], words: filter.words });
}

/** Sets or, with null, removes since: and until:. */
export function withRange(text: string, since: string | null, until: string | null): string {
  const filter = parseFilter(text);
  const terms: FilterTerm[] = filter.terms.filter((term) => term.kind !== "time");
  if (since) terms.push({ kind: "time", key: "since", value: since, negated: false });
  if (until) terms.push({ kind: "time", key: "until", value: until, negated: false });
  return formatFilter({ terms, words: filter.words });
}

/** The range that a filter holds. */
export function rangeOf(text: string): { readonly since: string | null; readonly until: string | null } {
  const times = parseFilter(text).terms.filter((term) => term.kind === "time");
  const value = (key: string) => times.find((term) => term.key === key)?.value ?? null;
  return { since: value("since"), until: value("until") };
}

function isPlain(term: FilterTerm, key: string): boolean {
  return !term.negated && ((term.kind === "match" && term.key === key) || (term.kind === "has" && key === "has"));
}

function termOf(key: MatchKey | "has", values: readonly string[]): FilterTerm {
  if (key === "has")
    return { kind: "has", values: values as Extract<FilterTerm, { kind: "has" }>["values"], negated: false };
  return { kind: "match", key, values, negated: false };
}
