/** @module The choices as lists to click: each value with the number of entries that it would leave. */
import { useState } from "preact/hooks";
import { ENTRY_STATUSES, type EntryStatus } from "../../../model/entry.ts";
import type { EntryFacetName, EntryFacetValue, WebEntriesAnswer } from "../../http/answers.ts";
import { compact } from "../state/format.ts";
import { type EntriesUrl, FACETS } from "./entries-url.ts";
import { plainName } from "./people.ts";
import { StatusMark } from "./status-mark.tsx";
import { CATEGORY_WORDS, STATUS_WORDS } from "./words.ts";

const LABELS: Readonly<Record<EntryFacetName, string>> = {
  status: "Status",
  category: "Category",
  project: "Project",
  assignee: "Assigned to",
  tag: "Tag",
};
const SHOWN = 8;

export interface EntryFacetsProps {
  readonly url: EntriesUrl;
  readonly answer: WebEntriesAnswer | null;
  /** Shown also where there is no room beside the list. */
  readonly isOpen: boolean;
}

export function EntryFacets({ url, answer, isOpen }: EntryFacetsProps) {
  return (
    <nav class="facets entry-facets" aria-label="Facets" data-open={isOpen ? "" : undefined} id="entry-facets">
      {FACETS.map((name) => (
        <Group key={name} url={url} name={name} values={answer?.facets[name] ?? []} />
      ))}
    </nav>
  );
}

interface GroupProps {
  readonly url: EntriesUrl;
  readonly name: EntryFacetName;
  readonly values: readonly EntryFacetValue[];
}

function Group({ url, name, values }: GroupProps) {
  const [all, setAll] = useState(false);
  const on = new Set(url.view.chosen[name].filter((one) => one !== "all"));
  const missing = [...on].filter((value) => !values.some((one) => one.value === value));
  const every = [...values, ...missing.map((value) => ({ value, label: value, count: 0 }))];
  // In the order in which work goes, whatever their numbers.
  if (name === "status")
    every.sort(
      (a, b) => ENTRY_STATUSES.indexOf(a.value as EntryStatus) - ENTRY_STATUSES.indexOf(b.value as EntryStatus),
    );
  const shown = all ? every : every.filter((one, index) => index < SHOWN || on.has(one.value));
  if (every.length === 0 || (every.length === 1 && every[0]!.value === "" && on.size === 0)) return null;
  return (
    <section class="facet" aria-label={LABELS[name]}>
      <h2>{LABELS[name]}</h2>
      <ul>
        {shown.map((one) => (
          <li key={one.value}>
            <button
              type="button"
              aria-pressed={on.has(one.value)}
              data-facet={`${name}:${one.value}`}
              title={one.value || undefined}
              onClick={() => url.toggle(name, one.value)}
            >
              <span class="facet-value">
                {name === "status" ? <StatusMark status={one.value as EntryStatus} /> : null}
                <span>{labelOf(name, one)}</span>
              </span>
              <span class="facet-count">{compact(one.count)}</span>
            </button>
          </li>
        ))}
      </ul>
      {every.length > shown.length || (all && every.length > SHOWN) ? (
        <button type="button" class="more" onClick={() => setAll(!all)}>
          {all ? "show fewer" : `${every.length - shown.length} more`}
        </button>
      ) : null}
    </section>
  );
}

function labelOf(name: EntryFacetName, { value, label }: EntryFacetValue): string {
  if (value === "") return name === "assignee" ? "nobody" : "none";
  if (name === "status") return STATUS_WORDS[value as EntryStatus] ?? value;
  if (name === "category") return CATEGORY_WORDS[value as keyof typeof CATEGORY_WORDS] ?? value;
  return name === "assignee" ? plainName(label) : label;
}
