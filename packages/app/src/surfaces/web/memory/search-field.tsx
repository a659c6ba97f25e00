/** @module The search field over a list: what is typed stands in the address after a pause. */

import { FilterBar } from "../parts/filter-bar.tsx";
import type { UrlState } from "../state/filter-url.ts";

export interface SearchFieldProps {
  readonly url: UrlState;
  readonly label: string;
  readonly placeholder: string;
}

/** Another search begins without what belonged to a hit of the last one. */
export function SearchField({ url, label, placeholder }: SearchFieldProps) {
  const own = {
    ...url,
    set: (changes: Parameters<UrlState["set"]>[0], replace?: boolean) => url.set({ ...changes, line: null }, replace),
  };
  return <FilterBar url={own} mode="search" label={label} placeholder={placeholder} />;
}
