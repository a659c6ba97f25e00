/** @module One row of the interleaved timeline, and what it opens to. */
import { memo } from "preact/compat";
import { Link } from "wouter-preact";
import type { CorrelatedRow, ModelCallRow } from "../../../http/answers.ts";
import { CallFigures } from "../../logs/call-figures.tsx";
import { firstLine } from "../../logs/foreign-text.ts";
import { sessionAtHref } from "../../logs/hrefs.ts";
import { LevelWord } from "../../logs/level-word.tsx";
import { callId, type LineCall } from "../../logs/line-calls.ts";
import { LogTime } from "../../logs/log-time.tsx";
import { duration } from "../../state/format.ts";
import { RowDetail } from "./row-detail.tsx";
import { SOURCE_LABELS } from "./sources.ts";

export interface TimelineRowProps {
  readonly row: CorrelatedRow;
  /** The page's session: rows of others name theirs. */
  readonly sessionId: string;
  /** The day is another one than the row before has. */
  readonly isNewDay: boolean;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  /** The call of a model that a log line belongs to. */
  readonly call: ModelCallRow | null;
  readonly callBy: LineCall["by"] | null;
  onToggle(row: CorrelatedRow): void;
  /** Goes to an event of this timeline, and opens it. */
  onGo(eventId: string | null, call?: string | null): void;
}

export const TimelineRow = memo(
  DrawnRow,
  (a, b) =>
    a.row === b.row &&
    a.isSelected === b.isSelected &&
    a.isOpen === b.isOpen &&
    a.isNewDay === b.isNewDay &&
    a.call === b.call &&
    a.callBy === b.callBy,
);

function DrawnRow({ row, sessionId, isNewDay, isSelected, isOpen, call, callBy, onToggle, onGo }: TimelineRowProps) {
  const link = call && callBy ? { call, by: callBy } : null;
  const own = row.call ? callId(row.call) : undefined;
  return (
    <li
      class="event"
      data-testid="timeline-row"
      data-key={row.key}
      data-event-id={row.event_id ?? undefined}
      data-source={row.source}
      data-call-key={own}
      data-level={row.level ?? undefined}
      data-type={row.type}
      data-open={isOpen ? "" : undefined}
      aria-current={isSelected ? "true" : undefined}
    >
      <div class="event-line">
        <span class="event-time">
          <LogTime ts={row.ts} hasDay={isNewDay} />
        </span>
        <span class="event-source">
          <i class="source-mark" data-source={row.source} aria-hidden="true" />
          {SOURCE_LABELS[row.source] ?? row.source}
        </span>
        <span class="event-what">
          {row.level ? <LevelWord level={row.level} /> : null}
          {row.source === "llm" || row.source === "log" ? null : <span class="event-type">{typeText(row)}</span>}
          {row.session_id === sessionId ? null : (
            <Link
              class="session-chip"
              href={sessionAtHref(row.session_id, row.event_id, own)}
              title={`Open ${row.session_title ?? row.session_id} at this row`}
            >
              {row.session_title ?? row.session_id}
            </Link>
          )}
        </span>
        <button type="button" class="event-text" aria-expanded={isOpen} onClick={() => onToggle(row)}>
          {row.service && !row.call ? <span class="event-service">{row.service} </span> : null}
          {row.call ? <CallFigures call={row.call} /> : firstLine(row.log?.message ?? row.text) || "(empty)"}
        </button>
        <span class="event-end">
          {row.duration_ms === null || row.call ? null : <span class="faint">{duration(row.duration_ms)}</span>}
          {row.status === null || row.status === "ok" || row.status === "unset" ? null : (
            <span class={row.status === "pending" ? "faint" : "failures"}>{row.status}</span>
          )}
          {link ? (
            <button
              type="button"
              class="more"
              data-testid="to-call"
              data-by={link.by}
              title={
                link.by === "time"
                  ? "The nearest call of a model in its session"
                  : `The call of a model in its ${link.by}`
              }
              onClick={() => onGo(link.call.event_id, callId(link.call))}
            >
              LLM call
            </button>
          ) : null}
        </span>
      </div>
      {isOpen ? <RowDetail row={row} sessionId={sessionId} onGo={onGo} /> : null}
    </li>
  );
}

function typeText({ type, source }: CorrelatedRow): string {
  return (source === "hook" ? type.replace(/^hook\./, "") : type).replaceAll("_", " ");
}
