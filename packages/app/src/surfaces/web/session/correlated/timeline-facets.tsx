/** @module What the timeline shows: sources, levels and services as buttons with their counts; none chosen means all. */
import type { CorrelatedPage } from "../../../http/answers.ts";
import { compact } from "../../state/format.ts";
import { SOURCE_LABELS } from "./sources.ts";

export const TIMELINE_CHOICES = ["source", "level", "service"] as const;
export type TimelineChoice = (typeof TIMELINE_CHOICES)[number];

const LABELS: Readonly<Record<TimelineChoice, string>> = { source: "Source", level: "Level", service: "Service" };
const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"];
/** Services beyond these are in the list of the Logs page. */
const MOST_SERVICES = 8;

export interface TimelineFacetsProps {
  readonly facets: CorrelatedPage["facets"];
  readonly chosen: Readonly<Record<TimelineChoice, readonly string[]>>;
  onToggle(name: TimelineChoice, value: string): void;
}

export function TimelineFacets({ facets, chosen, onToggle }: TimelineFacetsProps) {
  return (
    <div class="timeline-facets">
      {TIMELINE_CHOICES.map((name) => {
        const known = facets?.[name].filter((one) => one.value !== "") ?? [];
        const missing = chosen[name].filter((value) => !known.some((one) => one.value === value));
        const values = [...known, ...missing.map((value) => ({ value, count: 0 }))];
        if (name === "level") values.sort((a, b) => LEVELS.indexOf(a.value) - LEVELS.indexOf(b.value));
        if (values.length === 0) return null;
        return (
          <div key={name} class="facet-buttons" role="group" aria-label={LABELS[name]}>
            {values.slice(0, name === "service" ? MOST_SERVICES : undefined).map(({ value, count }) => (
              <button
                type="button"
                key={value}
                aria-pressed={chosen[name].includes(value)}
                data-facet={`${name}:${value}`}
                title={value}
                onClick={() => onToggle(name, value)}
              >
                {name === "source" ? <i class="source-mark" data-source={value} aria-hidden="true" /> : null}
                {name === "level" ? <i class="level-mark" data-level={value} aria-hidden="true" /> : null}
                <span>{name === "source" ? (SOURCE_LABELS[value] ?? value) : value}</span>
                <span class="facet-count">{compact(count)}</span>
              </button>
            ))}
          </div>
        );
      })}
    </div>
  );
}
