/** @module The types of the entities that the words find, each with its number. */
import { useState } from "preact/hooks";
import type { GraphList } from "../../http/answers.ts";
import type { UrlState } from "../state/filter-url.ts";
import { compact } from "../state/format.ts";
import { colourOf } from "./type-colours.ts";

const SHOWN = 8;

export interface TypeFilterProps {
  readonly url: UrlState;
  readonly type: string;
  readonly answer: GraphList;
  /** Stands in the address for none. */
  readonly noType: string;
}

export function TypeFilter({ url, type, answer, noType }: TypeFilterProps) {
  const [all, setAll] = useState(false);
  const values = answer.types.map((one) => ({ ...one, key: one.value === "" ? noType : one.value }));
  const missing = type !== "" && !values.some(({ key }) => key === type) ? [{ value: type, key: type, count: 0 }] : [];
  const every = [...values, ...missing];
  const shown = all ? every : every.filter(({ key }, index) => index < SHOWN || key === type);
  return (
    <ul class="memory-marks" aria-label="Types">
      {shown.map(({ key, value, count }) => (
        <li key={key}>
          <button
            type="button"
            aria-pressed={key === type}
            data-type={key}
            title={value}
            onClick={() => url.set({ type: key === type ? null : key })}
          >
            <i class="type-dot" data-colour={colourOf(value, answer.all_types)} />
            <em>{value === "" ? "no type" : value}</em> <span>{compact(count)}</span>
          </button>
        </li>
      ))}
      {every.length > shown.length || (all && every.length > SHOWN) ? (
        <li>
          <button type="button" onClick={() => setAll(!all)}>
            {all ? "fewer" : `${every.length - shown.length} more`}
          </button>
        </li>
      ) : null}
    </ul>
  );
}
