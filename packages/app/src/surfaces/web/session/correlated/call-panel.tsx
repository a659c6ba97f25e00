/** @module A call of a model, opened: all its figures, who told of it, and the log lines that belong to it. */
import { Link } from "wouter-preact";
import type { CallDetail, LogRow, LogsAnswer, ModelCallRow, ModelCallsAnswer } from "../../../http/answers.ts";
import { inputOf } from "../../logs/call-figures.tsx";
import { Field } from "../../logs/field.tsx";
import { firstLine, plainText } from "../../logs/foreign-text.ts";
import { UNCORRELATED } from "../../logs/hrefs.ts";
import { LevelWord } from "../../logs/level-word.tsx";
import { callId, callIndex, isLineOfCall } from "../../logs/line-calls.ts";
import { LogTime } from "../../logs/log-time.tsx";
import { logsHref } from "../../logs/logs-url.ts";
import { count, duration, money } from "../../state/format.ts";
import { type Answer, useAnswer } from "../../state/use-answer.ts";
import { TextBox } from "../text-box.tsx";
import { RecordLink } from "./record-link.tsx";

/** Lines of its trace that are looked through. */
const MOST_LINES = 200;
const SHOWN = 30;

export interface CallPanelProps {
  readonly call: ModelCallRow;
  onGo(eventId: string | null, call?: string | null): void;
}

export function CallPanel({ call, onGo }: CallPanelProps) {
  const detail = useAnswer<CallDetail>(`calls/${encodeURIComponent(callId(call))}`);
  const { record = null, said = [] } = detail.data ?? {};
  const isOfTranscript = call.event_id !== null && call.told_by.includes("transcript");
  return (
    <div class="event-detail call-panel" data-testid="call-panel">
      <dl class="figures">
        <Field name="Model">{call.model ?? "unknown"}</Field>
        <Field name="Input">{input(call)}</Field>
        <Field name="Output">{call.output_tokens === null ? "unknown" : count(call.output_tokens)}</Field>
        <Field name="Cost">
          {call.response_id === null && call.cost_usd === null ? "unknown" : money(call.cost_usd)}
        </Field>
        <Field name="Latency">{call.duration_ms === null ? "unknown" : duration(call.duration_ms)}</Field>
        <Field name="First token">{call.first_token_ms === null ? "unknown" : duration(call.first_token_ms)}</Field>
        <Field name="Finish">
          {call.error === null ? (call.finish_reason ?? "unknown") : <b class="failures">failed</b>}
        </Field>
      </dl>
      {call.error === null ? null : <p class="failures">{call.error}</p>}
      <dl class="line-fields">
        <Field name="Told by">{call.told_by.map((teller) => TELLERS[teller] ?? teller).join(", ")}</Field>
        {call.provider === null ? null : <Field name="Provider">{call.provider}</Field>}
        {call.query_source === null ? null : <Field name="Made for">{call.query_source}</Field>}
        {call.request_id === null && call.message_id === null ? null : (
          <Field name="Ids">
            <span class="mono">{[call.message_id, call.request_id].filter(Boolean).join("  ")}</span>
          </Field>
        )}
        {call.trace_id === null ? null : (
          <Field name="Trace">
            <Link class="mono" href={logsHref({ trace: call.trace_id })} title="All lines of this trace">
              {call.trace_id}
            </Link>
          </Field>
        )}
        {call.interaction === null ? null : (
          <Field name="Interaction">
            <span class="mono">{call.interaction.file ?? ""}</span> line {call.interaction.number}
          </Field>
        )}
      </dl>
      {said.map((block) =>
        block.kind === "attachment" ? (
          <section key={block.label} class="call-said" data-testid="call-said" data-part={block.label}>
            <h3>{PARTS[block.label] ?? block.label}</h3>
            <TextBox text={plainText(block.text)} label={block.label} />
          </section>
        ) : null,
      )}
      {isOfTranscript || record ? (
        <p class="log-ways">
          <RecordLink
            sessionId={isOfTranscript ? (call.session_id ?? UNCORRELATED) : record!.session_id}
            eventId={isOfTranscript ? call.event_id! : record!.event_id}
          />
        </p>
      ) : null}
      <h3>Log lines</h3>
      <CallLines call={call} around={detail} onGo={onGo} />
    </div>
  );
}

interface CallLinesProps extends CallPanelProps {
  readonly around: Answer<CallDetail>;
}

function CallLines({ call, around, onGo }: CallLinesProps) {
  const session = call.session_id ?? UNCORRELATED;
  const calls = useAnswer<ModelCallsAnswer>(`sessions/${encodeURIComponent(session)}/calls`);
  const ofTrace = useAnswer<LogsAnswer>(call.trace_id === null ? null : "logs", {
    session,
    order: "oldest",
    limit: MOST_LINES,
    trace: call.trace_id ?? "",
  });
  if (!around.data || !calls.data || (call.trace_id !== null && !ofTrace.data)) {
    const error = around.error ?? ofTrace.error ?? calls.error;
    return <p class="faint">{error ? `They could not be loaded: ${error.message}` : "loading…"}</p>;
  }
  const index = callIndex(calls.data.rows);
  // Not every line has its trace's id: those of its time belong to it as well.
  const known = new Map([...(ofTrace.data?.rows ?? []), ...around.data.lines].map((line) => [line.event_id, line]));
  const found = [...known.values()]
    .filter((line) => isLineOfCall(line, callId(call), index) || isDuring(line, call))
    .sort((a, b) => Date.parse(a.ts ?? "") - Date.parse(b.ts ?? ""));
  if (found.length === 0) return <p class="faint">No log line belongs to this call.</p>;
  return (
    <ol class="call-lines">
      {found.slice(0, SHOWN).map((line) => (
        <li key={line.event_id}>
          <button
            type="button"
            data-testid="call-line"
            data-event-id={line.event_id}
            data-source="log"
            data-level={line.level}
            title={line.message}
            onClick={() => onGo(line.event_id)}
          >
            <LogTime ts={line.ts} hasDay={false} />
            <LevelWord level={line.level} />
            <span>{firstLine(line.message) || "(empty)"}</span>
          </button>
        </li>
      ))}
      {found.length > SHOWN ? <li class="faint">and {count(found.length - SHOWN)} more</li> : null}
    </ol>
  );
}

/** Calls may overlap: a line that names no trace belongs to all that ran when it was written. */
function isDuring(line: LogRow, call: ModelCallRow): boolean {
  if (line.trace_id !== null || line.ts === null || call.ts === null) return false;
  const after = Date.parse(line.ts) - Date.parse(call.ts);
  return after >= 0 && after <= (call.duration_ms ?? 0);
}

/** What a line of an interaction log says, in a reader's words. */
const PARTS: Readonly<Record<string, string>> = {
  input: "Asked",
  output: "Answered",
  error: "Error",
  usage: "Usage",
};

function input(call: ModelCallRow) {
  const all = inputOf(call);
  if (all === null) return "unknown";
  const cached = call.cache_read_input_tokens ?? 0;
  return (
    <>
      {count(all)}
      {cached > 0 ? <small> {count(cached)} cached</small> : null}
    </>
  );
}

const TELLERS: Readonly<Record<string, string>> = {
  transcript: "transcript",
  interaction: "interaction log",
  api_request: "client's telemetry",
  span: "trace span",
};
