/** @module The lines before and after a line: ten of each, more on demand, the line itself marked. */
import { useEffect, useState } from "preact/hooks";
import type { LogContextAnswer } from "../../http/answers.ts";
import { useAnswer } from "../state/use-answer.ts";
import { firstLine } from "./foreign-text.ts";
import { LevelWord } from "./level-word.tsx";
import { LogTime } from "./log-time.tsx";

const FIRST = 10;
const STEP = 40;
const MOST = 250;

export interface LogContextProps {
  readonly eventId: string;
  onOpen(eventId: string): void;
}

export function LogContext({ eventId, onOpen }: LogContextProps) {
  const [size, setSize] = useState({ before: FIRST, after: FIRST });
  useEffect(() => setSize({ before: FIRST, after: FIRST }), [eventId]);
  const answer = useAnswer<LogContextAnswer>(`logs/${encodeURIComponent(eventId)}/context`, size);
  const { data } = answer;
  if (answer.error && !data)
    return <p class="faint">The lines around it could not be loaded: {answer.error.message}</p>;
  if (!data) return <p class="faint">loading…</p>;
  const hasBefore = data.at >= size.before && size.before < MOST;
  const hasAfter = data.rows.length - 1 - data.at >= size.after && size.after < MOST;
  return (
    <div class="log-context" data-testid="log-context" aria-busy={answer.loading ? "true" : undefined}>
      <p class="faint">{BY[data.by]}</p>
      {hasBefore ? (
        <button
          type="button"
          class="more"
          onClick={() => setSize({ ...size, before: Math.min(MOST, size.before + STEP) })}
        >
          {STEP} lines before
        </button>
      ) : null}
      <ol>
        {data.rows.map((row, index) => (
          <li key={row.event_id}>
            <button
              type="button"
              data-event-id={row.event_id}
              data-source="log"
              data-level={row.level}
              aria-current={index === data.at ? "true" : undefined}
              title={row.message}
              onClick={() => onOpen(row.event_id)}
            >
              <LogTime ts={row.ts} hasDay={false} />
              <LevelWord level={row.level} />
              <span>{firstLine(row.message) || "(empty)"}</span>
            </button>
          </li>
        ))}
      </ol>
      {hasAfter ? (
        <button
          type="button"
          class="more"
          onClick={() => setSize({ ...size, after: Math.min(MOST, size.after + STEP) })}
        >
          {STEP} lines after
        </button>
      ) : null}
    </div>
  );
}

const BY: Readonly<Record<LogContextAnswer["by"], string>> = {
  file: "As they stand in its file.",
  session: "Of its session, by time.",
  time: "Of all lines, by time.",
};
