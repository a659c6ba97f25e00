/** @module j, k, g, G, Enter and Escape over a list of links, of which one is opened beside it. */
import { useEffect, useState } from "preact/hooks";
import { useKeys } from "../state/keys.ts";

export interface ListKeysOptions {
  /** Ids in the order of the list. */
  readonly ids: readonly string[];
  readonly opened: string | null;
  /** What one of them is called: "file", "entity". */
  readonly what: string;
  /** Null closes. `replace`: moving on from one to the next. */
  open(id: string | null, replace: boolean): void;
}

/** Id of the one that the keys are at; a row of the list has it as `data-list-id`. */
export function useListKeys({ ids, opened, what, open }: ListKeysOptions): string | null {
  const [chosen, setChosen] = useState<string | null>(null);
  const at = opened !== null && ids.includes(opened) ? opened : chosen !== null && ids.includes(chosen) ? chosen : null;
  const move = (to: number, event: KeyboardEvent) => {
    // A text that is scrolled by these keys itself keeps them.
    if (event.target instanceof Element && event.target.closest(".memory-detail pre, .memory-drawing")) return false;
    const id = ids[Math.max(0, Math.min(ids.length - 1, to))];
    if (id === undefined) return false;
    setChosen(id);
    if (opened !== null) open(id, true);
    show(id);
    return true;
  };
  const isListed = at !== null && ids.length > 0;
  useEffect(() => {
    if (isListed) show(at);
  }, [isListed]);
  const index = at === null ? -1 : ids.indexOf(at);
  useKeys([
    { keys: ["j", "ArrowDown"], label: `Next ${what}`, run: (event) => move(index + 1, event) },
    { keys: ["k", "ArrowUp"], label: `Previous ${what}`, run: (event) => move(index < 0 ? 0 : index - 1, event) },
    { keys: ["g", "Home"], label: `First ${what}`, run: (event) => move(0, event) },
    { keys: ["G", "End"], label: `Last ${what}`, run: (event) => move(ids.length - 1, event) },
    {
      keys: ["Enter"],
      label: `Open the ${what}`,
      run: (event) => {
        if (event.target instanceof Element && event.target.closest("a,button,summary,select")) return false;
        return at === null ? false : open(at, false);
      },
    },
    { keys: ["Escape"], label: `Close the ${what}`, run: () => (opened === null ? false : open(null, false)) },
  ]);
  return at;
}

function show(id: string): void {
  document.querySelector(`[data-list-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
}
