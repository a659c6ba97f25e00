/** @module The choices as lists to click: each value with the number of lines that it would leave. */
import { useState } from "preact/hooks";
import type { LogFacet, LogFacetName, LogsAnswer } from "../../http/answers.ts";
import { compact } from "../state/format.ts";
import { JOIN_LABELS } from "./line-fields.tsx";
import type { LogChoice, LogsUrl } from "./logs-url.ts";

const GROUPS: readonly { readonly choice: LogChoice; readonly facet: LogFacetName; readonly label: string }[] = [
  { choice: "level", facet: "level", label: "Level" },
  { choice: "service", facet: "service", label: "Service" },
  { choice: "logger", facet: "logger", label: "Logger" },
  { choice: "joined", facet: "joined_by", label: "Joined its session" },
];
/** Worst first, whatever their numbers: one looks for the word, not for the longest bar. */
const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"];
const SHOWN = 8;

export interface LogFacetsProps {
  readonly url: LogsUrl;
  readonly answer: LogsAnswer | null;
  /** Shown also where there is no room beside the list. */
  readonly isOpen: boolean;
}

export function LogFacets({ url, answer, isOpen }: LogFacetsProps) {
  return (
    <nav class="facets log-facets" aria-label="Facets" data-open={isOpen ? "" : undefined} id="log-facets">
      {GROUPS.map(({ choice, facet, label }) => (
        <Group key={choice} url={url} choice={choice} label={label} values={answer?.facets[facet] ?? []} />
      ))}
    </nav>
  );
}

interface GroupProps {
  readonly url: LogsUrl;
  readonly choice: LogChoice;
  readonly label: string;
  readonly values: readonly LogFacet[];
}

function Group({ url, choice, label, values }: GroupProps) {
  const [all, setAll] = useState(false);
  const on = new Set(url.view.choices[choice]);
  const missing = [...on].filter((value) => !values.some((one) => one.value === value));
  const every = [...values, ...missing.map((value) => ({ value, count: 0 }))];
  if (choice === "level") every.sort((a, b) => LEVELS.indexOf(a.value) - LEVELS.indexOf(b.value));
  const shown = all ? every : every.filter((one, index) => index < SHOWN || on.has(one.value));
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
              data-facet={`${choice}:${value}`}
              title={value || undefined}
              disabled={value === ""}
              onClick={() => url.toggle(choice, value)}
            >
              <span class="facet-value">
                {choice === "level" ? <i class="level-mark" data-level={value} aria-hidden="true" /> : null}
                <span>{labelOf(choice, value)}</span>
              </span>
              <span class="facet-count">{compact(count)}</span>
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

function labelOf(choice: LogChoice, value: string): string {
  if (value === "") return "(none)";
  return choice === "joined" ? (JOIN_LABELS[value] ?? value) : value;
}
