/** @module The filter as lists to click: each value with the number of sessions it would leave. */
import { useState } from "preact/hooks";
import { HAS_VALUES, type MatchKey } from "../../../query/filter/filter.ts";
import { parseFilter } from "../../../query/filter/parse.ts";
import type { FacetName, FacetsAnswer, FacetValue } from "../../http/answers.ts";
import { chosen, toggled, type UrlState } from "../state/filter-url.ts";
import { compact, modelName } from "../state/format.ts";
import { ActivityStrip } from "./activity-strip.tsx";

const GROUPS: readonly { readonly key: MatchKey; readonly label: string }[] = [
  { key: "activity", label: "Now" },
  { key: "project", label: "Project" },
  { key: "status", label: "Status" },
  { key: "type", label: "Type" },
  { key: "model", label: "Model" },
  { key: "branch", label: "Branch" },
  { key: "tool", label: "Tool" },
  { key: "agent", label: "Agent" },
];
const HAS_LABELS: Readonly<Record<string, string>> = {
  errors: "failed tools or errors",
  problems: "unreadable records",
  subagents: "subagents",
  pr: "pull request",
  commits: "commits",
  compactions: "compaction",
  denials: "denied permission",
  unpriced: "unpriced responses",
};
const SHOWN = 6;

export function Facets({ url, answer }: { readonly url: UrlState; readonly answer: FacetsAnswer | null }) {
  return (
    <nav class="facets" aria-label="Facets">
      <ActivityStrip url={url} days={answer?.facets.day ?? []} />
      {GROUPS.map(({ key, label }) => (
        <FacetGroup key={key} url={url} facet={key} label={label} values={answer?.facets[key as FacetName] ?? []} />
      ))}
      <FacetGroup url={url} facet="has" label="Has" values={HAS_VALUES.map((value) => ({ value, count: -1 }))} />
    </nav>
  );
}

interface FacetGroupProps {
  readonly url: UrlState;
  readonly facet: MatchKey | "has";
  readonly label: string;
  readonly values: readonly FacetValue[];
}

function FacetGroup({ url, facet, label, values }: FacetGroupProps) {
  const [all, setAll] = useState(false);
  const on = new Set(chosen(parseFilter(url.q), facet));
  const missing: FacetValue[] = [...on]
    .filter((value) => !values.some((one) => one.value === value))
    .map((value) => ({ value, count: 0 }));
  const every = [...values, ...missing];
  const shown = all || facet === "has" ? every : every.filter((one, index) => index < SHOWN || on.has(one.value));
  if (every.length === 0) return null;
  return (
    <section class="facet" aria-label={label}>
      <h2>{label}</h2>
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={on.has(value)}
              data-facet={`${facet}:${value}`}
              title={value}
              disabled={value === ""}
              onClick={() => url.set({ q: toggled(url.q, facet, value) })}
            >
              <span class="facet-value">{labelOf(facet, value)}</span>
              {count >= 0 ? <span class="facet-count">{compact(count)}</span> : null}
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

function labelOf(facet: string, value: string): string {
  if (value === "") return "(none)";
  if (facet === "has") return HAS_LABELS[value] ?? value;
  return facet === "model" ? modelName(value) : value;
}
