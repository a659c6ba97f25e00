/** @module One line of the list of log lines. */
import { memo } from "preact/compat";
import { Link } from "wouter-preact";
import type { LogRow } from "../../http/answers.ts";
import { firstLine } from "./foreign-text.ts";
import { sessionAtHref } from "./hrefs.ts";
import { LevelWord } from "./level-word.tsx";
import { LogTime } from "./log-time.tsx";

export interface LogListRowProps {
  readonly index: number;
  readonly row: LogRow | undefined;
  readonly href: string;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  onOpen(event: MouseEvent): void;
}

export const LogListRow = memo(
  DrawnRow,
  (a, b) =>
    a.row === b.row && a.index === b.index && a.href === b.href && a.isActive === b.isActive && a.isOpen === b.isOpen,
);

function DrawnRow({ index, row, href, isActive, isOpen, onOpen }: LogListRowProps) {
  if (!row) {
    return (
      <div class="log-row" role="row" aria-rowindex={index + 2}>
        <div class="log-message" role="cell">
          <span class="hidden">loading</span>
        </div>
      </div>
    );
  }
  return (
    <div
      class="log-row"
      role="row"
      aria-rowindex={index + 2}
      aria-current={isActive || isOpen ? "true" : undefined}
      data-testid="log-row"
      data-event-id={row.event_id}
      data-source="log"
      data-level={row.level}
      data-joined={row.joined_by ?? "none"}
      data-open={isOpen ? "" : undefined}
    >
      <div class="log-time" role="cell">
        <LogTime ts={row.ts} />
      </div>
      <div class="log-level" role="cell">
        <LevelWord level={row.level} />
      </div>
      <div class="log-service" role="cell" title={row.service ?? undefined}>
        {row.service ?? ""}
      </div>
      <div class="log-logger" role="cell" title={row.logger ?? undefined}>
        {row.logger ?? ""}
      </div>
      <div class="log-message" role="cell">
        <Link href={href} onClick={onOpen} title={row.message}>
          {firstLine(row.message) || "(empty)"}
        </Link>
      </div>
      <div class="log-session" role="cell">
        {row.session_id === null ? (
          <span class="faint">uncorrelated</span>
        ) : (
          <Link
            class="session-chip"
            href={sessionAtHref(row.session_id, row.event_id)}
            title={`Open ${row.session_title ?? row.session_id} at this line`}
          >
            {row.session_title ?? row.session_id}
          </Link>
        )}
      </div>
    </div>
  );
}
