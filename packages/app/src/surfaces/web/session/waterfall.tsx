/** @module The waterfall: a lane per agent, time from left to right; a click on a span goes to its record. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import type { Span, SpansAnswer } from "../../http/answers.ts";
import { useUrl } from "../state/filter-url.ts";
import { clock, duration, modelName } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { type IdleCut, withoutIdle } from "./idle.ts";
import { select, selection } from "./selection.ts";
import { type Domain, laneBoxes, panned, ROW_HEIGHT, spanBoxes, ticks, zoomed } from "./waterfall-layout.ts";

const LABELS = 168;
/** Room for the last mark's text and for the last span to end before the edge. */
const RIGHT = 14;
const LONGEST_NAME = 80;

export function Waterfall({ answer: timed }: { readonly answer: SpansAnswer }) {
  const cut = useMemo(() => withoutIdle(timed), [timed]);
  const [skips, setSkips] = useState<boolean | null>(null);
  const skipsIdle = skips ?? cut.share > 0.4;
  // Another axis has other domains: the picture starts anew.
  return (
    <Lanes
      key={String(skipsIdle)}
      answer={skipsIdle ? cut.answer : timed}
      cut={skipsIdle ? cut : null}
      onSkip={cut.breaks.length > 0 ? () => setSkips(!skipsIdle) : null}
    />
  );
}

interface LanesProps {
  readonly answer: SpansAnswer;
  /** Null: the axis is real time. */
  readonly cut: IdleCut | null;
  /** Null: there is nothing to skip. */
  readonly onSkip: (() => void) | null;
}

function Lanes({ answer, cut, onSkip }: LanesProps) {
  const url = useUrl();
  const [, navigate] = useLocation();
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 900, height: 200, top: 0 });
  const drag = useRef<{ readonly x: number; readonly domain: Domain; moved: boolean } | null>(null);
  const whole: Domain = useMemo(
    () => ({ start: answer.start ?? 0, end: Math.max((answer.start ?? 0) + 5, answer.end ?? 0) }),
    [answer],
  );
  const [domain, setDomain] = useState<Domain>(() => domainOf(url.get("t0"), url.get("t1"), whole));
  const boxes = useMemo(() => laneBoxes(answer.lanes), [answer]);
  const height = boxes.length > 0 ? boxes.at(-1)!.y + boxes.at(-1)!.height + 6 : 40;
  const width = Math.max(200, size.width - LABELS - RIGHT);
  const isWhole = domain.start <= whole.start && domain.end >= whole.end;

  const show = (next: Domain) => {
    setDomain(next);
    const all = next.start <= whole.start && next.end >= whole.end;
    url.set({ t0: all ? null : String(Math.round(next.start)), t1: all ? null : String(Math.round(next.end)) }, true);
  };
  const zoom = (factor: number, at = (domain.start + domain.end) / 2) => show(zoomed(domain, whole, factor, at));
  const pan = (part: number) => show(panned(domain, whole, part * (domain.end - domain.start)));
  const fit = () => show(whole);
  useKeys([
    { keys: ["w"], label: "Zoom the waterfall in", run: () => zoom(0.5) },
    { keys: ["s"], label: "Zoom the waterfall out", run: () => zoom(2) },
    { keys: ["a"], label: "Waterfall: earlier", run: () => pan(-0.25) },
    { keys: ["d"], label: "Waterfall: later", run: () => pan(0.25) },
    { keys: ["0"], label: "Fit the waterfall", run: fit },
  ]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight, top: element.scrollTop });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left - LABELS;
      zoom(event.deltaY > 0 ? 1.25 : 0.8, domain.start + (x / width) * (domain.end - domain.start));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  });

  const chosen = selection.value;
  const isChosen = (span: Span) => chosen !== null && span.event_id === chosen.eventId && span.kind !== "turn";
  const target = chosen
    ? (answer.spans.find(isChosen) ?? answer.spans.find((span) => span.event_id === chosen.eventId))
    : undefined;
  // The span of a record that was chosen elsewhere is brought into view.
  useEffect(() => {
    if (!target || chosen?.from === "waterfall") return;
    if (target.end < domain.start || target.start > domain.end)
      show(panned(domain, whole, (target.start + target.end) / 2 - (domain.start + domain.end) / 2));
    const lane = boxes[target.lane];
    if (!lane || !box.current) return;
    const y = lane.y + target.row * (ROW_HEIGHT + 2);
    if (y < box.current.scrollTop || y > box.current.scrollTop + box.current.clientHeight - 40)
      box.current.scrollTop = y - 60;
  }, [chosen]);

  const drawn = spanBoxes({
    spans: answer.spans,
    boxes,
    domain,
    width,
    top: size.top - 100,
    bottom: size.top + size.height + 100,
  });
  const busy = useMemo(() => new Set(answer.spans.map((span) => span.lane)), [answer]);
  const marks = ticks(domain, width, whole.start);
  const xOf = (time: number) => LABELS + ((time - domain.start) / (domain.end - domain.start)) * width;
  /** A subagent's records stand in its own session. */
  const open = (span: Span) => {
    const lane = answer.lanes[span.lane];
    if (!span.event_id || !lane) return;
    if (span.lane === 0) select(span.event_id, "waterfall");
    else navigate(`/sessions/${encodeURIComponent(lane.session_id)}#event-${encodeURIComponent(span.event_id)}`);
  };
  const step = (direction: 1 | -1) => {
    const spans = answer.spans
      .filter((span) => span.lane === 0 && span.event_id && span.kind !== "turn")
      .sort((a, b) => a.start - b.start);
    const now = target ? spans.indexOf(target) : -1;
    const next = spans[Math.max(0, Math.min(spans.length - 1, now + direction))];
    if (next?.event_id) select(next.event_id, "waterfall");
  };
  return (
    <section class="waterfall" aria-label="Waterfall">
      <header class="panel-head">
        <h2>Waterfall</h2>
        <span class="faint">
          {answer.lanes.length > 1 ? `${answer.lanes.length} lanes · ` : ""}
          {isWhole
            ? duration(whole.end - whole.start)
            : `${duration(domain.end - domain.start)} of ${duration(whole.end - whole.start)}`}
          {cut ? " with work" : ""}
        </span>
        {onSkip ? (
          <label class="check">
            <input type="checkbox" checked={cut !== null} onChange={onSkip} /> skip idle time
          </label>
        ) : null}
        <div class="segmented" role="group" aria-label="Zoom">
          <button type="button" aria-label="Zoom in" title="Zoom in (w)" onClick={() => zoom(0.5)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" title="Zoom out (s)" onClick={() => zoom(2)}>
            −
          </button>
          <button type="button" title="Fit (0)" disabled={isWhole} onClick={fit}>
            fit
          </button>
        </div>
      </header>
      <div
        class="lanes"
        ref={box}
        data-testid="waterfall"
        data-start={domain.start}
        data-end={domain.end}
        tabIndex={0}
        role="group"
        aria-label="Spans; arrow keys go to the previous and next one"
        onScroll={(event) => setSize((old) => ({ ...old, top: (event.target as HTMLElement).scrollTop }))}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
            event.preventDefault();
            step(event.key === "ArrowRight" ? 1 : -1);
          }
        }}
        onPointerDown={(event) => {
          if (event.button === 0) drag.current = { x: event.clientX, domain, moved: false };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from || event.buttons === 0) return;
          const by = event.clientX - from.x;
          if (Math.abs(by) > 4 && !from.moved) {
            from.moved = true;
            (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
          }
          if (from.moved) setDomain(panned(from.domain, whole, (-by / width) * (from.domain.end - from.domain.start)));
        }}
        onPointerUp={() => {
          if (drag.current?.moved) show(domain);
        }}
        onClick={(event) => {
          const moved = drag.current?.moved;
          drag.current = null;
          const span = drawn.find(
            (one) => one.span.id === (event.target as Element).closest("[data-span]")?.getAttribute("data-span"),
          )?.span;
          if (!moved && span) open(span);
        }}
      >
        <div class="axis" aria-hidden="true">
          {marks.map((mark) => (
            <span key={mark} style={{ left: `${xOf(mark)}px` }}>
              {cut ? clock(cut.realTime(mark)) : `+${duration(mark - whole.start)}`}
            </span>
          ))}
        </div>
        <svg width={LABELS + width + RIGHT} height={height} aria-hidden="true">
          {marks.map((mark) => (
            <line key={mark} class="mark" x1={xOf(mark)} x2={xOf(mark)} y1={0} y2={height} />
          ))}
          {cut?.breaks.map((one) =>
            one.at >= domain.start && one.at <= domain.end ? (
              <g key={one.at} class="break">
                <line x1={xOf(one.at)} x2={xOf(one.at)} y1={0} y2={height} />
                <title>{duration(one.length)} without work</title>
              </g>
            ) : null,
          )}
          {boxes.map(({ lane, y, height: laneHeight }) => (
            <g key={lane.session_id} data-testid="lane" data-lane={lane.session_id}>
              <rect class="lane" x={LABELS} y={y - 3} width={width} height={laneHeight + 6} rx="3" />
              <text x={10 + Math.min(4, lane.depth) * 10} y={y + 9}>
                {shortened(lane.title, 24 - Math.min(4, lane.depth) * 2)}
                <title>{lane.title}</title>
              </text>
              {busy.has(lane.lane) || lane.has_records ? null : (
                <text class="lane-note" x={LABELS + 8} y={y + 9}>
                  its own records are not on this machine
                </text>
              )}
            </g>
          ))}
          {drawn.map(({ span, x, y, width: wide, hidden, status, kind }) => (
            <rect
              key={`${span.kind}${span.id}`}
              class="span"
              data-span={span.id}
              data-event={span.event_id ?? undefined}
              data-kind={kind}
              data-status={status}
              data-estimated={span.estimated ? "" : undefined}
              aria-current={isChosen(span) ? "true" : undefined}
              x={LABELS + x}
              y={y}
              width={wide}
              height={ROW_HEIGHT}
              rx={Math.min(2, wide / 2)}
            >
              <title>{titleOf(span, hidden, cut)}</title>
            </rect>
          ))}
          {drawn.map(({ span, x, y, width: wide }) =>
            wide > 44 && span.kind !== "turn" && span.kind !== "session" ? (
              <text key={span.id} class="span-name" x={LABELS + x + 4} y={y + 8.5}>
                {shortened(span.kind === "response" ? modelName(span.name) : span.name, Math.floor((wide - 8) / 5.6))}
              </text>
            ) : null,
          )}
        </svg>
      </div>
    </section>
  );
}

function domainOf(t0: string | null, t1: string | null, whole: Domain): Domain {
  const [start, end] = [Number(t0), Number(t1)];
  const isInside = t0 !== null && t1 !== null && start >= whole.start && end <= whole.end + 1 && end - start >= 1;
  return isInside ? { start, end } : whole;
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
}

function titleOf(span: Span, hidden: number, cut: IdleCut | null): string {
  const length = `${span.estimated ? "≤ " : ""}${duration(span.end - span.start)}`;
  return [
    `${span.kind === "turn" ? `Turn: ${shortened(span.name, LONGEST_NAME)}` : span.name}  ${length}${span.status === "ok" ? "" : `  ${span.status}`}`,
    clock(cut ? cut.realTime(span.start) : span.start),
    ...(hidden > 0 ? [`and ${hidden} more here: zoom in`] : []),
  ].join("\n");
}
