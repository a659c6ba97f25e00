/** @module The log lines that are on screen, newest first, out of as many as there are; keyboard, and what is new. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { count } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { LogListRow } from "./log-list-row.tsx";
import type { LogLines } from "./use-log-lines.ts";

/** Pixels; the style sheet has the same figures. Narrow: the message stands below the rest. */
const ROW_HEIGHT = 28;
const NARROW_ROW_HEIGHT = 48;
const NARROW = 720;
const HEAD_HEIGHT = 28;
const OVERSCAN = 10;

export interface LogListProps {
  readonly lines: LogLines;
  /** Changes when another list is shown. */
  readonly listKey: string;
  readonly opened: string | null;
  hrefOf(eventId: string): string;
  /** Null closes what is open. `replace`: moving on from an opened line. */
  onOpen(eventId: string | null, replace: boolean): void;
}

export function LogList({ lines, listKey, opened, hrefOf, onOpen }: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800, width: 1_000 });
  const [chosen, setChosen] = useState<string | null>(opened);
  const isNarrow = view.width < NARROW;
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const headHeight = isNarrow ? 0 : HEAD_HEIGHT;
  const active = opened ?? chosen;
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(lines.known - 1, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);

  useEffect(() => lines.need(first, last, view.top < rowHeight));
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const measure = () => setView({ top: box.scrollTop, height: box.clientHeight, width: box.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [listKey]);

  const show = (index: number) => {
    const box = scroller.current;
    if (!box) return;
    const top = index * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight - headHeight)
      box.scrollTop = top + rowHeight + headHeight - box.clientHeight;
  };
  const move = (to: number, event: KeyboardEvent) => {
    // A text that is scrolled by these keys itself keeps them.
    if (event.target instanceof Element && event.target.closest(".log-detail")) return false;
    const index = Math.max(0, Math.min(lines.known - 1, to));
    const row = lines.row(index);
    if (!row) return;
    setChosen(row.event_id);
    if (opened !== null) onOpen(row.event_id, true);
    show(index);
  };
  const at = () => (active === null ? -1 : lines.indexOf(active));
  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 });
    lines.renew();
  };
  useKeys([
    { keys: ["j", "ArrowDown"], label: "Next line (older)", run: (event) => move(at() + 1, event) },
    { keys: ["k", "ArrowUp"], label: "Previous line (newer)", run: (event) => move(at() - 1, event) },
    { keys: ["g", "Home"], label: "Newest line", run: (event) => move(0, event) },
    { keys: ["G", "End"], label: "Oldest loaded line", run: (event) => move(lines.known - 1, event) },
    {
      keys: ["Enter"],
      label: "Open the line",
      run: (event) => {
        if (event.target instanceof Element && event.target.closest("a,button,summary")) return false;
        return active === null ? false : onOpen(active, false);
      },
    },
    { keys: ["Escape"], label: "Close the line", run: () => (opened === null ? false : onOpen(null, false)) },
  ]);

  const rows = [];
  for (let index = first; index <= last; index++) {
    const row = lines.row(index);
    rows.push(
      <LogListRow
        key={row?.event_id ?? index}
        index={index}
        row={row}
        href={row ? hrefOf(row.event_id) : ""}
        isActive={row !== undefined && row.event_id === active}
        isOpen={row !== undefined && row.event_id === opened}
        onOpen={() => setChosen(row?.event_id ?? null)}
      />,
    );
  }
  return (
    <div class="log-table" data-narrow={isNarrow ? "" : undefined}>
      <div
        class="rows log-rows"
        role="table"
        aria-label="Log lines"
        aria-rowcount={lines.hasMore ? -1 : lines.known + 1}
        ref={scroller}
        tabIndex={0}
        data-testid="log-rows"
        onScroll={(event) => {
          const box = event.currentTarget;
          setView({ top: box.scrollTop, height: box.clientHeight, width: box.clientWidth });
        }}
      >
        <div class="list-columns" role="rowgroup">
          <div class="log-row head" role="row" aria-rowindex={1}>
            {HEADS.map(({ name, label }) => (
              <div key={name} class={name} role="columnheader">
                {label}
              </div>
            ))}
          </div>
        </div>
        <div class="rows-all" role="rowgroup" style={{ height: `${lines.known * rowHeight}px` }}>
          <div class="rows-shown" role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
            {rows}
          </div>
        </div>
      </div>
      {lines.arrived > 0 ? (
        <button type="button" class="follow" data-testid="new-lines" onClick={toTop}>
          {lines.arrivedMore ? "more than " : ""}
          {count(lines.arrived)} new {lines.arrived === 1 ? "line" : "lines"} ↑
        </button>
      ) : null}
    </div>
  );
}

const HEADS = [
  { name: "log-time", label: "Time" },
  { name: "log-level", label: "Level" },
  { name: "log-service", label: "Service" },
  { name: "log-logger", label: "Logger" },
  { name: "log-message", label: "Message" },
  { name: "log-session", label: "Session" },
] as const;
