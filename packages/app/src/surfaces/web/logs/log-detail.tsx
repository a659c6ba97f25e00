/** @module An opened log line: all it says, where it belongs, what stands around it, and the ways on from it. */
import { useEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import type { LogContextAnswer, LogRow } from "../../http/answers.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { useAnswer } from "../state/use-answer.ts";
import { sessionAtHref } from "./hrefs.ts";
import { LevelWord } from "./level-word.tsx";
import { LineCalls } from "./line-calls-list.tsx";
import { LineFields } from "./line-fields.tsx";
import { LineText } from "./line-text.tsx";
import { LogContext } from "./log-context.tsx";
import { LogTime } from "./log-time.tsx";
import { logsHref } from "./logs-url.ts";

export interface LogDetailProps {
  readonly eventId: string;
  /** The line, where the list has it already. */
  readonly known: LogRow | undefined;
  onOpen(eventId: string): void;
  onClose(): void;
}

export function LogDetail({ eventId, known, onOpen, onClose }: LogDetailProps) {
  const box = useRef<HTMLElement>(null);
  const asked = useAnswer<LogContextAnswer>(known ? null : `logs/${encodeURIComponent(eventId)}/context`, {
    before: 0,
    after: 0,
  });
  const line = known ?? asked.data?.rows[asked.data.at];
  const isOther = line !== undefined && line.event_id !== eventId;
  useEffect(() => box.current?.scrollTo({ top: 0 }), [eventId]);
  return (
    <aside
      class="log-detail"
      aria-label="Log line"
      data-testid="log-detail"
      data-event-id={eventId}
      ref={box}
      tabIndex={0}
    >
      <header class="log-detail-head">
        {line ? (
          <>
            <LevelWord level={line.level} />
            <LogTime ts={line.ts} />
          </>
        ) : null}
        <span class="log-detail-tools">
          <CopyButton text={() => location.href} label="Copy a link to this line" />
          <button type="button" class="ghost" aria-label="Close the line" title="Close (Esc)" onClick={onClose}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="m4.5 4.5 7 7m0-7-7 7" />
            </svg>
          </button>
        </span>
      </header>
      {!line && asked.error ? <Failure error={asked.error} retry={asked.retry} /> : null}
      {!line && !asked.error ? <Loading rows={4} /> : null}
      {line && !isOther ? <Opened line={line} onOpen={onOpen} /> : null}
    </aside>
  );
}

function Opened({ line, onOpen }: { readonly line: LogRow; onOpen(eventId: string): void }) {
  return (
    <>
      <LineText line={line} />
      <p class="log-ways">
        {line.session_id === null ? null : (
          <Link class="button" href={sessionAtHref(line.session_id, line.event_id)} data-testid="open-in-session">
            Open in session
          </Link>
        )}
        {line.session_id === null ? null : (
          <Link class="more" href={logsHref({ session: line.session_id, event: line.event_id })}>
            All lines of this session
          </Link>
        )}
        {line.trace_id === null ? null : (
          <Link class="more" href={logsHref({ trace: line.trace_id, event: line.event_id })} data-testid="open-trace">
            All lines of this trace
          </Link>
        )}
      </p>
      {line.session_id === null ? null : (
        <p class="log-session-line">
          <span class="faint">Session</span>{" "}
          <Link href={`/sessions/${encodeURIComponent(line.session_id)}`}>{line.session_title ?? line.session_id}</Link>
        </p>
      )}
      <LineFields line={line} />
      <h3>LLM calls</h3>
      <LineCalls line={line} />
      <h3>Around it</h3>
      <LogContext eventId={line.event_id} onOpen={onOpen} />
    </>
  );
}
