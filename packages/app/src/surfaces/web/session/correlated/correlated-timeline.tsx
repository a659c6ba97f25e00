/**
 * @module Everything of a session and what it started, by time: log lines, calls of models, hooks, spans and transcript in
 * one list, which opens at ?at=EVENT.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import type { CorrelatedRow, ModelCallsAnswer } from "../../../http/answers.ts";
import { callId, callIndex, callsOfLine } from "../../logs/line-calls.ts";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { count } from "../../state/format.ts";
import { useKeys } from "../../state/keys.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { selection } from "../selection.ts";
import { TimelineFacets } from "./timeline-facets.tsx";
import { TimelineRow } from "./timeline-row.tsx";
import { isTimelineAddress, useTimelineUrl } from "./timeline-url.ts";
import { useCorrelated } from "./use-correlated.ts";

/** Pixels from an end at which the next page is asked for. */
const NEAR = 900;
/** Pixels from the end at which one reads the end, and goes on doing so when something comes. */
const AT_END = 24;

export interface CorrelatedTimelineProps {
  readonly sessionId: string;
  readonly isLive: boolean;
  /** The heading: what else can be shown in its place. */
  readonly tabs: ComponentChildren;
}

export function CorrelatedTimeline({ sessionId, isLive, tabs }: CorrelatedTimelineProps) {
  const url = useTimelineUrl();
  const [, navigate] = useLocation();
  const timeline = useCorrelated({
    sessionId,
    choices: url.parameters,
    isLive,
    firstEventId: url.at ?? selection.peek()?.eventId ?? null,
  });
  const calls = useAnswer<ModelCallsAnswer>(
    `sessions/${encodeURIComponent(sessionId)}/calls`,
    {},
    { follow: isLive ? "all" : sessionId, every: 2_000 },
  );
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ readonly key: string; readonly top: number } | null>(null);
  const [isAtEnd, setAtEnd] = useState(false);
  const [seen, setSeen] = useState(0);
  const { rows } = timeline;
  const callOf = useMemo(() => {
    const index = callIndex(calls.data?.rows ?? []);
    return new Map(rows.map((row) => [row.key, row.log ? callsOfLine(row.log, index, 1)[0] : undefined]));
  }, [rows, calls.data]);
  const target = useMemo(() => targetOf(rows, url.at, url.call), [rows, url.at, url.call]);
  const opened = url.isOpen ? target : null;

  const find = (key: string) => scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
  const reveal = (key: string) => {
    const element = find(key);
    const box = scroller.current;
    if (!element || !box) return;
    const { top, bottom } = element.getBoundingClientRect();
    const view = box.getBoundingClientRect();
    if (top < view.top + 30 || bottom > view.bottom - 30) element.scrollIntoView({ block: "center" });
  };
  // Keeps the row at the top of the view where it is while pages come and go above it.
  const remember = () => {
    const box = scroller.current;
    if (!box) return;
    const edge = box.getBoundingClientRect().top;
    for (const element of box.querySelectorAll<HTMLElement>("[data-key]")) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom <= edge) continue;
      anchor.current = { key: element.dataset.key!, top: top - edge };
      return;
    }
  };
  useLayoutEffect(() => {
    const box = scroller.current;
    const kept = anchor.current;
    const element = kept && find(kept.key);
    if (box && isAtEnd && timeline.arrived > seen) box.scrollTop = box.scrollHeight;
    else if (box && kept && element)
      box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - kept.top;
  }, [rows]);
  useEffect(() => {
    if (isAtEnd) setSeen(timeline.arrived);
  }, [isAtEnd, timeline.arrived]);
  useEffect(() => {
    anchor.current = null;
    if (target) reveal(target.key);
    else scroller.current?.scrollTo({ top: 0 });
  }, [timeline.jumps]);
  useEffect(() => {
    if (timeline.jumps === 0 || url.at === null) return;
    if (target) reveal(target.key);
    else void timeline.jump({ eventId: url.at });
  }, [url.at, url.call]);
  // Whoever points at an event elsewhere on the page means this list too.
  const chosen = selection.value;
  useEffect(() => {
    if (url.at && !selection.peek()) selection.value = { eventId: url.at, from: "transcript" };
  }, []);
  useEffect(() => {
    if (!chosen || chosen.eventId === url.at || !isTimelineAddress()) return;
    const isHidden = targetOf(rows, chosen.eventId, null) === null;
    url.go(chosen.eventId, null, { replace: true, isHidden });
  }, [chosen]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    setAtEnd(!timeline.hasAfter && box.scrollHeight - box.scrollTop - box.clientHeight < AT_END);
    if (timeline.loading) return;
    remember();
    if (box.scrollTop < NEAR && timeline.hasBefore) void timeline.older();
    else if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR && timeline.hasAfter) void timeline.newer();
  };
  useEffect(onScroll, [rows, timeline.loading]);

  const point = (row: CorrelatedRow, isOpen: boolean) => {
    selection.value = row.event_id ? { eventId: row.event_id, from: "transcript" } : null;
    url.point(row.event_id, row.call ? callId(row.call) : null, isOpen);
  };
  const go = (eventId: string | null, call: string | null = null) => {
    selection.value = eventId ? { eventId, from: "transcript" } : null;
    url.go(eventId, call, { replace: false, isHidden: targetOf(rows, eventId, call) === null });
  };
  // Rows are drawn again only when they change: what they call has to be of the last drawing.
  const latest = useRef({ point, go, opened });
  latest.current = { point, go, opened };
  const acts = useMemo(
    () => ({
      toggle: (row: CorrelatedRow) => latest.current.point(row, row !== latest.current.opened),
      go: (eventId: string | null, call: string | null = null) => latest.current.go(eventId, call),
    }),
    [],
  );
  const step = (direction: 1 | -1, event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest(".event-detail, .session-side")) return false;
    const now = target ? rows.indexOf(target) : direction === 1 ? -1 : rows.length;
    const next = rows[Math.max(0, Math.min(rows.length - 1, now + direction))];
    if (!next) return false;
    point(next, url.isOpen && opened !== null);
    find(next.key)?.scrollIntoView({ block: "nearest" });
    find(next.key)?.querySelector<HTMLElement>(".event-text")?.focus({ preventScroll: true });
  };
  const leave = async (to: "end" | null) => {
    selection.value = null;
    url.point(null, null, false);
    await timeline.jump(to);
    scroller.current?.scrollTo({ top: to === "end" ? scroller.current.scrollHeight : 0 });
  };
  useKeys([
    { keys: ["j", "ArrowDown"], label: "Next row", run: (event) => step(1, event) },
    { keys: ["k", "ArrowUp"], label: "Previous row", run: (event) => step(-1, event) },
    {
      keys: ["Enter"],
      label: "Open or close the row",
      run: (event) => {
        if (event.target instanceof Element && event.target.closest("a,button,summary")) return false;
        return target ? point(target, opened === null) : false;
      },
    },
    { keys: ["Escape"], label: "Close the row", run: () => (opened ? point(opened, false) : false) },
    { keys: ["g"], label: "Beginning of the timeline", run: () => leave(null) },
    { keys: ["G"], label: "End of the timeline", run: () => leave("end") },
    {
      keys: ["l"],
      label: "All its log lines",
      run: () => navigate(`/logs?session=${encodeURIComponent(sessionId)}`),
    },
  ]);
  const arrived = timeline.arrived - seen;
  return (
    <section class="transcript timeline" aria-label="Timeline">
      <header class="panel-head">
        {tabs}
        <TimelineFacets facets={timeline.facets} chosen={url.chosen} onToggle={url.toggle} />
      </header>
      <div
        class="records events"
        data-single={rows.every((row) => row.session_id === sessionId) ? "" : undefined}
        ref={scroller}
        onScroll={onScroll}
        data-testid="timeline"
        tabIndex={0}
        role="region"
        aria-label="Everything by time"
      >
        {timeline.error && rows.length === 0 ? <Failure error={timeline.error} retry={timeline.retry} /> : null}
        {timeline.loading && rows.length === 0 ? <Loading /> : null}
        {!timeline.loading && rows.length === 0 && !timeline.error ? (
          <Empty title={url.isFiltered ? "Nothing here for this choice" : "Nothing has been told of this session"}>
            {url.isFiltered ? (
              <button type="button" class="button" onClick={url.clear}>
                Show everything
              </button>
            ) : (
              <p>Its text may still be being read; it appears here by itself.</p>
            )}
          </Empty>
        ) : null}
        <ol>
          {rows.map((row, index) => {
            const link = callOf.get(row.key);
            return (
              <TimelineRow
                key={row.key}
                row={row}
                sessionId={sessionId}
                isNewDay={dayOf(row) !== dayOf(rows[index - 1])}
                isSelected={row === target}
                isOpen={row === opened}
                call={link?.call ?? null}
                callBy={link?.by ?? null}
                onToggle={acts.toggle}
                onGo={acts.go}
              />
            );
          })}
        </ol>
        {rows.length > 0 ? <p class="records-end">{endText(timeline.hasAfter, isLive)}</p> : null}
      </div>
      {!isAtEnd && rows.length > 0 && (isLive || arrived > 0) ? (
        <button type="button" class="follow" data-testid="follow" onClick={() => void leave("end")}>
          {arrived > 0 ? `${count(arrived)} new` : "Follow"} ↓
        </button>
      ) : null}
    </section>
  );
}

function dayOf(row: CorrelatedRow | undefined): string {
  return row?.ts ? new Date(row.ts).toDateString() : "";
}

/** The row that the address means. An event may be told in several rows: the call that it names, else the first. */
function targetOf(rows: readonly CorrelatedRow[], at: string | null, call: string | null): CorrelatedRow | null {
  if (at === null && call === null) return null;
  return (
    (call === null ? undefined : rows.find((row) => row.call !== null && callId(row.call) === call)) ??
    (at === null ? undefined : rows.find((row) => row.event_id === at && row.source !== "llm")) ??
    (at === null ? undefined : rows.find((row) => row.event_id === at)) ??
    null
  );
}

function endText(hasAfter: boolean, isLive: boolean): string {
  if (hasAfter) return "loading…";
  return isLive ? "what comes next appears here" : "end of the timeline";
}
