/** @module Chooses the period: the last minutes, hours or days, or from one moment to another. */
import type { LogsUrl } from "./logs-url.ts";
import { fieldOf, momentOfField, PERIODS } from "./period.ts";

export function PeriodPicker({ url }: { readonly url: LogsUrl }) {
  const { since, until } = url.view;
  return (
    <div class="range" role="group" aria-label="Period">
      <div class="segmented">
        <button
          type="button"
          aria-pressed={since === "" && until === ""}
          onClick={() => url.choose({ since: "", until: "" })}
        >
          All
        </button>
        {PERIODS.map((period) => (
          <button
            type="button"
            key={period}
            aria-pressed={since === period && until === ""}
            onClick={() => url.choose({ since: period, until: "" })}
          >
            {period}
          </button>
        ))}
      </div>
      <input
        type="datetime-local"
        aria-label="From"
        value={fieldOf(since)}
        onChange={(event) => url.choose({ since: momentOfField(event.currentTarget.value) })}
      />
      <input
        type="datetime-local"
        aria-label="Until"
        value={fieldOf(until)}
        onChange={(event) => url.choose({ until: momentOfField(event.currentTarget.value) })}
      />
    </div>
  );
}
