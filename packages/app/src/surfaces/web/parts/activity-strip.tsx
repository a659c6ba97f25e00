/** @module Sessions per day as small bars; a click keeps only that day. */
import type { FacetValue } from "../../http/answers.ts";
import { rangeOf, type UrlState, withRange } from "../state/filter-url.ts";
import { plural } from "../state/format.ts";

const DAYS = 42;
const DAY_MS = 86_400_000;

export function ActivityStrip({ url, days }: { readonly url: UrlState; readonly days: readonly FacetValue[] }) {
  const counts = new Map(
    days.flatMap((day) => (/^\d{4}-\d\d-\d\d$/.test(day.value) ? [[day.value, day.count] as const] : [])),
  );
  const newest = [...counts.keys()].sort().at(-1);
  if (!newest) return null;
  const end = Date.parse(newest);
  const shown = Array.from({ length: DAYS }, (_, index) =>
    new Date(end - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
  const highest = Math.max(1, ...shown.map((day) => counts.get(day) ?? 0));
  const { since, until } = rangeOf(url.q);
  const pick = (day: string) => {
    const isOnly = since === day && until === day;
    url.set({ q: isOnly ? withRange(url.q, null, null) : withRange(url.q, day, day) });
  };
  return (
    <section class="activity" aria-label="Sessions by day">
      <div class="activity-bars">
        {shown.map((day) => {
          const count = counts.get(day) ?? 0;
          const text = `${day}: ${plural(count, "session")}`;
          return (
            <button
              type="button"
              key={day}
              tabIndex={count > 0 ? 0 : -1}
              disabled={count === 0}
              aria-label={text}
              title={text}
              aria-pressed={since === day && until === day}
              onClick={() => pick(day)}
            >
              <i style={{ height: `${count === 0 ? 4 : 12 + (88 * count) / highest}%` }} />
            </button>
          );
        })}
      </div>
      <div class="activity-ends">
        <span>{shown[0]}</span>
        {since || until ? (
          <button type="button" class="more" onClick={() => url.set({ q: withRange(url.q, null, null) })}>
            any day
          </button>
        ) : null}
        <span>{newest}</span>
      </div>
    </section>
  );
}
