/** @module The period of a page, as since: and until: of its filter. */
import { rangeOf, type UrlState, withRange } from "../state/filter-url.ts";

const PRESETS = [
  { label: "All", since: null },
  { label: "7 d", since: "7d" },
  { label: "30 d", since: "30d" },
  { label: "90 d", since: "90d" },
] as const;

export function RangePicker({ url }: { readonly url: UrlState }) {
  const { since, until } = rangeOf(url.q);
  const day = (value: string | null) => (value && /^\d{4}-\d\d-\d\d/.test(value) ? value.slice(0, 10) : "");
  return (
    <div class="range" role="group" aria-label="Period">
      <div class="segmented">
        {PRESETS.map((preset) => (
          <button
            type="button"
            key={preset.label}
            aria-pressed={until === null && since === preset.since}
            onClick={() => url.set({ q: withRange(url.q, preset.since, null) })}
          >
            {preset.label}
          </button>
        ))}
      </div>
      <input
        type="date"
        aria-label="From"
        value={day(since)}
        onChange={(event) => url.set({ q: withRange(url.q, event.currentTarget.value || null, until) })}
      />
      <input
        type="date"
        aria-label="To"
        value={day(until)}
        onChange={(event) => url.set({ q: withRange(url.q, since, event.currentTarget.value || null) })}
      />
    </div>
  );
}
