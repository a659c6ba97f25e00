/** @module What a log line says of itself beside its message, and by what it came to its session. */
import { Link } from "wouter-preact";
import type { LogRow } from "../../http/answers.ts";
import { Field } from "./field.tsx";
import { logsHref } from "./logs-url.ts";
import { ToolCallField } from "./tool-call-field.tsx";

export function LineFields({ line }: { readonly line: LogRow }) {
  return (
    <dl class="line-fields">
      <Field name="Joined">{joinedText(line)}</Field>
      {line.service === null ? null : <Field name="Service">{line.service}</Field>}
      {line.logger === null ? null : <Field name="Logger">{line.logger}</Field>}
      {line.pid === null && line.host === null ? null : (
        <Field name="Process">
          {line.pid === null ? "" : `pid ${line.pid}`}
          {line.host === null ? null : <span class="faint"> on {line.host}</span>}
        </Field>
      )}
      {line.trace_id === null ? null : (
        <Field name="Trace">
          <Link
            class="mono"
            href={logsHref({ trace: line.trace_id, event: line.event_id })}
            title="All lines of this trace"
          >
            {line.trace_id}
          </Link>
          {line.span_id === null ? null : <span class="mono faint"> span {line.span_id}</span>}
        </Field>
      )}
      {line.tool_use_id === null ? null : <ToolCallField toolUseId={line.tool_use_id} />}
      {line.path === null ? null : (
        <Field name="File">
          <span class="mono" title={line.path}>
            {line.path}
          </span>
          {line.file_offset === null ? null : <span class="faint"> byte {line.file_offset}</span>}
        </Field>
      )}
      <Field name="Read as">{line.format}</Field>
    </dl>
  );
}

export const JOIN_LABELS: Readonly<Record<string, string>> = {
  id: "by id",
  trace: "by trace",
  process: "by process",
  none: "uncorrelated",
};

/** A sentence. */
export function joinedText({ joined_by, named_session, trace_id, pid }: LogRow): string {
  switch (joined_by) {
    case "id":
      return "By id: the line names its session.";
    case "trace":
      return "By trace: its trace, or the span it ran in, belongs to the session.";
    case "process":
      return `By process: ${pid === null ? "its process" : `pid ${pid}`} was running this session at that time.`;
    case null:
      return [
        named_session === null ? "To no session: it names none" : `To no session, though it names ${named_session}`,
        trace_id === null ? "has no trace id" : "no session is known in its trace",
        pid === null ? "and tells no process." : `and no session, or more than one, ran in pid ${pid} then.`,
      ].join(", ");
  }
}
