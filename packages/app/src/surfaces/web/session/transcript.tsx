/** @module The transcript: a window of records that grows at the end one reads towards and stays where one reads. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { TimelineView } from "../../http/questions.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { useUrl } from "../state/filter-url.ts";
import { count } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { eventOfAddress, select, selection } from "./selection.ts";
import { useSpawnedLines } from "./spawned-lines.ts";
import { isSelected, TranscriptRecord } from "./transcript-record.tsx";
import { useTimeline } from "./use-timeline.ts";

/** Pixels from an end at which the next page is asked for. */
const NEAR = 1_200;
/** Pixels from the end at which one reads the end, and goes on doing so when something comes. */
const AT_END = 24;

export interface TranscriptProps {
  readonly sessionId: string;
  readonly view: TimelineView;
  /** More may come at its end. */
  readonly isLive: boolean;
  /** The heading: what else can be shown in its place. */
  readonly tabs: ComponentChildren;
  onView(view: TimelineView): void;
}

export function Transcript({ sessionId, view, isLive, tabs, onView }: TranscriptProps) {
  const url = useUrl();
  const hasHooks = url.get("hooks") !== "off";
  const timeline = useTimeline(sessionId, selection.peek()?.eventId ?? eventOfAddress(), view);
  useSpawnedLines({ sessionId, rows: timeline.rows, hasAfter: timeline.hasAfter, isLive });
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ readonly event: string; readonly top: number } | null>(null);
  const chosen = selection.value;
  const { rows: all } = timeline;
  const hidden = hasHooks ? 0 : all.filter((row) => row.is_live && row.event_id !== chosen?.eventId).length;
  const rows = hidden === 0 ? all : all.filter((row) => !row.is_live || row.event_id === chosen?.eventId);
  const [isAtEnd, setAtEnd] = useState(false);
  const [seen, setSeen] = useState(0);

  const find = (eventId: string) =>
    scroller.current?.querySelector<HTMLElement>(`[data-event="${CSS.escape(eventId)}"]`) ?? null;
  const reveal = (eventId: string, focus: boolean) => {
    const record = find(eventId);
    record?.scrollIntoView({ block: "center" });
    if (focus) record?.focus({ preventScroll: true });
    return record !== null;
  };

  // Keeps the record at the top of the view where it is while pages come and go above it.
  const remember = () => {
    const box = scroller.current;
    if (!box) return;
    const edge = box.getBoundingClientRect().top;
    for (const record of box.querySelectorAll<HTMLElement>("[data-event]")) {
      const { top, bottom } = record.getBoundingClientRect();
      if (bottom <= edge) continue;
      anchor.current = { event: record.dataset.event!, top: top - edge };
      return;
    }
  };
  useLayoutEffect(() => {
    const box = scroller.current;
    const kept = anchor.current;
    const record = kept && find(kept.event);
    if (box && isAtEnd && timeline.arrived > seen) box.scrollTop = box.scrollHeight;
    else if (box && kept && record)
      box.scrollTop += record.getBoundingClientRect().top - box.getBoundingClientRect().top - kept.top;
  }, [all, hasHooks]);
  useEffect(() => {
    if (isAtEnd) setSeen(timeline.arrived);
  }, [isAtEnd, timeline.arrived]);
  useEffect(() => {
    anchor.current = null;
    const target = selection.peek();
    if (target && reveal(target.eventId, target.from !== "waterfall")) return;
    scroller.current?.scrollTo({ top: 0 });
    // The record is of a kind that this view leaves out.
    if (target && rows.length > 0 && view !== "all" && timeline.hasBefore) onView("all");
  }, [timeline.jumps]);
  useEffect(() => {
    // The first page is asked for around the chosen record already.
    if (timeline.jumps === 0 || !chosen || chosen.from === "transcript" || reveal(chosen.eventId, false)) return;
    void timeline.jump({ eventId: chosen.eventId });
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
  useEffect(onScroll, [all, hasHooks, timeline.loading]);

  const step = (direction: 1 | -1) => {
    const records = [...(scroller.current?.querySelectorAll<HTMLElement>("[data-event]") ?? [])];
    const now = records.findIndex((record) => record.getAttribute("aria-current") === "true");
    const start =
      now >= 0
        ? now
        : records.findIndex(
            (record) =>
              record.getBoundingClientRect().bottom > (scroller.current?.getBoundingClientRect().top ?? 0) + 40,
          ) - direction;
    const record = records[start + direction];
    if (!record) return;
    select(record.dataset.event!, "transcript");
    record.scrollIntoView({ block: "center" });
    record.focus({ preventScroll: true });
  };
  /** Goes to an end; nothing is chosen there. */
  const leave = (to: "end" | null) => {
    selection.value = null;
    return timeline.jump(to);
  };
  const follow = async () => {
    if (timeline.hasAfter) await leave("end");
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };
  const arrived = timeline.arrived - seen;
  useKeys([
    { keys: ["j"], label: "Next record", run: () => step(1) },
    { keys: ["k"], label: "Previous record", run: () => step(-1) },
    { keys: ["g"], label: "Beginning of the transcript", run: () => leave(null) },
    {
      keys: ["G"],
      label: "End of the transcript",
      run: async () => {
        await leave("end");
        scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
      },
    },
    {
      keys: ["h"],
      label: "Show or hide hooks in the transcript",
      run: () => url.set({ hooks: hasHooks ? "off" : null }, true),
    },
  ]);
  return (
    <section class="transcript" aria-label="Transcript">
      <header class="panel-head">
        {tabs}
        <label class="check" title="What hooks and Clew's own events told, beside the transcript's records">
          <input
            type="checkbox"
            checked={hasHooks}
            onChange={(event) => url.set({ hooks: event.currentTarget.checked ? null : "off" }, true)}
          />
          Hooks
        </label>
        <div class="segmented" role="group" aria-label="What to show">
          {(["reader", "focus", "all"] as const).map((one) => (
            <button type="button" key={one} aria-pressed={view === one} onClick={() => onView(one)}>
              {VIEW_LABELS[one]}
            </button>
          ))}
        </div>
      </header>
      <div
        class="records"
        ref={scroller}
        onScroll={onScroll}
        data-testid="records"
        tabIndex={0}
        role="region"
        aria-label="Records"
      >
        {timeline.error && rows.length === 0 ? <Failure error={timeline.error} retry={timeline.retry} /> : null}
        {timeline.loading && rows.length === 0 ? <Loading /> : null}
        {!timeline.loading && rows.length === 0 && !timeline.error ? (
          <Empty title="No records to show">
            <p>
              {view === "all"
                ? "The usage of this session is counted already; its text is still being read. It appears here by itself."
                : "Nothing here for this view, or the text is still being read."}
            </p>
          </Empty>
        ) : null}
        {rows.map((row) => (
          <TranscriptRecord key={row.id} row={row} sessionId={sessionId} isSelected={isSelected(row)} />
        ))}
        {rows.length > 0 ? <p class="records-end">{endText(timeline.hasAfter, isLive)}</p> : null}
      </div>
      {!isAtEnd && rows.length > 0 && (isLive || arrived > 0) ? (
        <button type="button" class="follow" data-testid="follow" onClick={() => void follow()}>
          {arrived > 0 ? `${count(arrived)} new` : "Follow"} ↓
        </button>
      ) : null}
    </section>
  );
}

function endText(hasAfter: boolean, isLive: boolean): string {
  if (hasAfter) return "loading…";
  return isLive ? "what comes next appears here" : "end of the transcript";
}

const VIEW_LABELS: Readonly<Record<TimelineView, string>> = {
  reader: "Conversation",
  focus: "Prompts and answers",
  all: "Every record",
};
