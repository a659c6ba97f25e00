/** @module What a row of the timeline opens to: all that it says, and the ways on from it. */
import { Link } from "wouter-preact";
import type { CorrelatedRow } from "../../../http/answers.ts";
import { plainText } from "../../logs/foreign-text.ts";
import { LineCalls } from "../../logs/line-calls-list.tsx";
import { LineFields } from "../../logs/line-fields.tsx";
import { LineText } from "../../logs/line-text.tsx";
import { logsHref } from "../../logs/logs-url.ts";
import { TextBox } from "../text-box.tsx";
import { CallPanel } from "./call-panel.tsx";
import { RecordLink } from "./record-link.tsx";

export interface RowDetailProps {
  readonly row: CorrelatedRow;
  readonly sessionId: string;
  onGo(eventId: string | null, call?: string | null): void;
}

export function RowDetail({ row, onGo }: RowDetailProps) {
  if (row.call) return <CallPanel call={row.call} onGo={onGo} />;
  const { log } = row;
  if (log) {
    return (
      <div class="event-detail" data-testid="event-detail">
        <LineText line={log} />
        <LineFields line={log} />
        <h3>LLM calls</h3>
        <LineCalls line={log} />
        <p class="log-ways">
          <Link class="more" href={logsHref({ session: log.session_id, event: log.event_id })}>
            Open in Logs
          </Link>
          {log.trace_id === null ? null : (
            <Link class="more" href={logsHref({ trace: log.trace_id, event: log.event_id })}>
              All lines of this trace
            </Link>
          )}
          {log.tool_use_id === null ? null : (
            <Link class="more" href={logsHref({ tool: log.tool_use_id, event: log.event_id })}>
              All lines under this tool call
            </Link>
          )}
        </p>
      </div>
    );
  }
  return (
    <div class="event-detail" data-testid="event-detail">
      <TextBox text={plainText(row.text) || "(empty)"} label={row.type} />
      <p class="log-ways">
        {row.event_id === null ? null : <RecordLink sessionId={row.session_id} eventId={row.event_id} />}
        {row.source === "transcript" && row.tool_use_id !== null ? (
          <Link class="more" href={logsHref({ tool: row.tool_use_id })}>
            Log lines under this tool call
          </Link>
        ) : null}
      </p>
    </div>
  );
}
