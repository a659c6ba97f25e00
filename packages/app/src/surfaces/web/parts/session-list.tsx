/** @module The rows that are on screen, out of a list of any length; keyboard, sorting and the place to come back to. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import type { UrlState } from "../state/filter-url.ts";
import { useKeys } from "../state/keys.ts";
import type { SessionPages } from "../state/session-pages.ts";
import { HeadRow, SessionListRow } from "./session-list-row.tsx";

/** Pixels; the style sheet has the same figure. */
export const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 30;
const OVERSCAN = 8;
/** Where each list was left, by its address. */
const places = new Map<string, { readonly top: number; readonly index: number }>();

export function SessionList({
  url,
  pages,
  sort,
}: {
  readonly url: UrlState;
  readonly pages: SessionPages;
  readonly sort: string;
}) {
  const key = `${sort}\n${url.q}`;
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: places.get(key)?.top ?? 0, height: 800 });
  const [active, setActive] = useState(places.get(key)?.index ?? -1);
  const total = pages.total ?? 0;
  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(
    Math.max(total - 1, pages.total === null ? 40 : -1),
    Math.ceil((view.top + view.height) / ROW_HEIGHT) + OVERSCAN,
  );

  useEffect(() => {
    if (last >= first) pages.need(first, last);
  });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const place = places.get(key);
    box.scrollTop = place?.top ?? 0;
    setActive(place?.index ?? -1);
    const measure = () => setView({ top: box.scrollTop, height: box.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [key, pages.total === null]);

  const keep = (index: number) => places.set(key, { top: scroller.current?.scrollTop ?? 0, index });
  const move = (to: number) => {
    const index = Math.max(0, Math.min(total - 1, to));
    setActive(index);
    const box = scroller.current;
    if (!box) return;
    const top = index * ROW_HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_HEIGHT > box.scrollTop + box.clientHeight - HEAD_HEIGHT)
      box.scrollTop = top + ROW_HEIGHT + HEAD_HEIGHT - box.clientHeight;
    keep(index);
  };
  const open = (index: number) => {
    const row = pages.row(index);
    if (!row) return false;
    keep(index);
    navigate(`/sessions/${encodeURIComponent(row.session_id)}`);
  };
  useKeys([
    { keys: ["j", "ArrowDown"], label: "Next session", run: () => move(active + 1) },
    { keys: ["k", "ArrowUp"], label: "Previous session", run: () => move(active - 1) },
    { keys: ["g", "Home"], label: "First session", run: () => move(0) },
    { keys: ["G", "End"], label: "Last session", run: () => move(total - 1) },
    {
      keys: ["Enter"],
      label: "Open the session",
      run: (event) =>
        event.target === document.body || !(event.target as Element).closest("a,button") ? open(active) : false,
    },
  ]);

  const rows = [];
  for (let index = first; index <= last; index++) {
    rows.push(
      <SessionListRow
        key={index}
        index={index}
        row={pages.row(index)}
        isActive={index === active}
        onOpen={() => keep(index)}
      />,
    );
  }
  return (
    <div class="session-table">
      <div
        class="rows"
        role="table"
        aria-label="Sessions"
        aria-rowcount={total + 1}
        aria-busy={pages.total === null ? "true" : undefined}
        ref={scroller}
        tabIndex={0}
        data-testid="session-rows"
        onScroll={(event) => {
          const box = event.currentTarget;
          setView({ top: box.scrollTop, height: box.clientHeight });
          keep(active);
        }}
      >
        <HeadRow url={url} sort={sort} />
        <div class="rows-all" role="rowgroup" style={{ height: `${Math.max(total, last + 1) * ROW_HEIGHT}px` }}>
          <div class="rows-shown" role="presentation" style={{ transform: `translateY(${first * ROW_HEIGHT}px)` }}>
            {rows}
          </div>
        </div>
      </div>
    </div>
  );
}
