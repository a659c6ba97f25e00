/** @module From a log line to the calls of models that belong to it: one click each. */
import { useMemo } from "preact/hooks";
import { Link } from "wouter-preact";
import type { LogRow, ModelCallsAnswer } from "../../http/answers.ts";
import { useAnswer } from "../state/use-answer.ts";
import { CallFigures } from "./call-figures.tsx";
import { sessionAtHref } from "./hrefs.ts";
import { callId, callIndex, callsOfLine, type LineCall } from "./line-calls.ts";

const MOST_SHOWN = 5;

export function LineCalls({ line }: { readonly line: LogRow }) {
  const path = line.session_id === null ? null : `sessions/${encodeURIComponent(line.session_id)}/calls`;
  const answer = useAnswer<ModelCallsAnswer>(
    path,
    {},
    line.session_id === null ? {} : { follow: line.session_id, every: 2_000 },
  );
  const calls = useMemo(() => callIndex(answer.data?.rows ?? []), [answer.data]);
  const found = callsOfLine(line, calls, MOST_SHOWN);
  if (path === null || (answer.data && found.length === 0)) {
    return (
      <p class="faint">
        {path === null ? "Only lines of a session lead to its calls." : "Its session has called no model."}
      </p>
    );
  }
  if (answer.error && !answer.data) return <p class="faint">The calls could not be loaded: {answer.error.message}</p>;
  return (
    <ul class="line-calls">
      {found.map(({ call, by }) => (
        <li key={callId(call)}>
          <Link
            href={sessionAtHref(line.session_id!, call.event_id, callId(call))}
            data-testid="line-call"
            data-call-key={callId(call)}
          >
            <CallFigures call={call} />
            <small>{BY[by]}</small>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const BY: Readonly<Record<LineCall["by"], string>> = {
  span: "same span",
  trace: "same trace",
  time: "nearest in its session",
};
