/** @module The entries that are on screen, out of as many as there are; keyboard, and the place to come back to. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { useKeys } from "../state/keys.ts";
import { EntryListRow, entryHref } from "./entry-row.tsx";
import type { EntryPages } from "./use-entry-pages.ts";

/** Pixels; the style sheet has the same figures. Narrow: what belongs to the title stands below it. */
const ROW_HEIGHT = 38;
const NARROW_ROW_HEIGHT = 58;
const NARROW = 620;
const OVERSCAN = 8;
/** Where each list was left, by its address. */
const places = new Map<string, { readonly top: number; readonly index: number }>();

export interface EntryListProps {
  readonly pages: EntryPages;
  /** Changes when another list is shown. */
  readonly listKey: string;
}

export function EntryList({ pages, listKey }: EntryListProps) {
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: places.get(listKey)?.top ?? 0, height: 800, width: 1_000 });
  const [active, setActive] = useState(places.get(listKey)?.index ?? -1);
  const isNarrow = view.width < NARROW;
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const total = pages.answer?.total ?? 0;
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(total - 1, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);

  useEffect(() => pages.need(first, Math.max(first, last)));
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    box.scrollTop = places.get(listKey)?.top ?? 0;
    setActive(places.get(listKey)?.index ?? -1);
    const measure = () => setView({ top: box.scrollTop, height: box.clientHeight, width: box.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [listKey]);

  const keep = (index: number) => places.set(listKey, { top: scroller.current?.scrollTop ?? 0, index });
  const move = (to: number) => {
    const index = Math.max(0, Math.min(total - 1, to));
    setActive(index);
    const box = scroller.current;
    if (!box) return;
    const top = index * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
    keep(index);
  };
  const open = (index: number) => {
    const row = pages.row(index);
    if (!row) return false;
    keep(index);
    navigate(entryHref(row.entry_id));
  };
  useKeys([
    { keys: ["j", "ArrowDown"], label: "Next entry", run: () => move(active + 1) },
    { keys: ["k", "ArrowUp"], label: "Previous entry", run: () => move(active - 1) },
    { keys: ["g", "Home"], label: "First entry", run: () => move(0) },
    { keys: ["G", "End"], label: "Last entry", run: () => move(total - 1) },
    {
      keys: ["Enter"],
      label: "Open the entry",
      run: (event) =>
        event.target instanceof Element && event.target.closest("a,button,summary") ? false : open(active),
    },
  ]);

  const rows = [];
  for (let index = first; index <= last; index++)
    rows.push(
      <EntryListRow
        key={pages.row(index)?.entry_id ?? index}
        index={index}
        row={pages.row(index)}
        isActive={index === active}
        onOpen={() => keep(index)}
      />,
    );
  return (
    <div
      class="rows entry-rows"
      role="table"
      aria-label="Entries"
      aria-rowcount={total}
      data-narrow={isNarrow ? "" : undefined}
      ref={scroller}
      tabIndex={0}
      data-testid="entry-rows"
      onScroll={(event) => {
        const box = event.currentTarget;
        setView({ top: box.scrollTop, height: box.clientHeight, width: box.clientWidth });
        keep(active);
      }}
    >
      <div class="rows-all" role="rowgroup" style={{ height: `${total * rowHeight}px` }}>
        <div class="rows-shown" role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}
