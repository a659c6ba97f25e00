/** @module What the Entries page shows, as its address holds it: words, facets, open or all, mine. */
import { useLocation, useSearch } from "wouter-preact";
import { ENTRY_STATUSES, OPEN_STATUSES } from "../../../model/entry.ts";
import type { EntryFacetName } from "../../http/answers.ts";
import type { Parameters } from "../state/api.ts";

export const FACETS = ["status", "category", "project", "assignee", "tag"] as const satisfies readonly EntryFacetName[];

export interface EntriesView {
  readonly q: string;
  /** Nothing of `status`: those to which somebody still has to do something. "all" alone: with any status. */
  readonly chosen: Readonly<Record<EntryFacetName, readonly string[]>>;
  readonly isMine: boolean;
  /** Only those that were written in it. */
  readonly session: string;
  /** Something is chosen besides the status. */
  readonly isFiltered: boolean;
}

export function entriesView(search: string): EntriesView {
  const parameters = new URLSearchParams(search);
  const chosen = Object.fromEntries(FACETS.map((name) => [name, parameters.getAll(name)])) as unknown as Record<
    EntryFacetName,
    readonly string[]
  >;
  const [q, session] = [parameters.get("q") ?? "", parameters.get("session") ?? ""];
  const isMine = parameters.get("mine") === "1";
  return {
    q,
    chosen,
    isMine,
    session,
    isFiltered:
      q !== "" || isMine || session !== "" || FACETS.some((name) => name !== "status" && chosen[name].length > 0),
  };
}

/** The statuses that pass; none: any. */
export function statusesOf({ chosen }: Pick<EntriesView, "chosen">): readonly string[] {
  if (chosen.status.length === 0) return OPEN_STATUSES;
  if (chosen.status.includes("all")) return [];
  return chosen.status.filter((one) => ENTRY_STATUSES.some((known) => known === one));
}

/** What is asked for it. */
export function entriesParameters(view: EntriesView): Parameters {
  return {
    q: view.q,
    ...view.chosen,
    status: statusesOf(view),
    mine: view.isMine ? 1 : undefined,
    session: view.session,
  };
}

export interface EntriesUrl {
  readonly view: EntriesView;
  /** An empty value, or none, takes one out. `replace` adds no step to the history. */
  set(changes: Readonly<Record<string, string | readonly string[] | null>>, replace?: boolean): void;
  toggle(name: EntryFacetName, value: string): void;
}

export function useEntriesUrl(): EntriesUrl {
  const [path, navigate] = useLocation();
  const view = entriesView(useSearch());
  const set: EntriesUrl["set"] = (changes, replace = false) => {
    const parameters = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      parameters.delete(name);
      if (typeof value === "string" && value !== "") parameters.set(name, value);
      else if (typeof value === "object") for (const one of value ?? []) parameters.append(name, one);
    }
    const text = parameters.toString();
    navigate(`${path}${text ? `?${text}` : ""}`, { replace });
  };
  return {
    view,
    set,
    toggle(name, value) {
      const now = view.chosen[name].filter((one) => one !== "all");
      set({ [name]: now.includes(value) ? now.filter((one) => one !== value) : [...now, value] });
    },
  };
}
