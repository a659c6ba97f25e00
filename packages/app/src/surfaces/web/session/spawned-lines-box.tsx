/** @module Under a tool call: the log lines of the programs that it ran, closed until one wants them. */
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { LogsAnswer } from "../../http/answers.ts";
import { firstLine } from "../logs/foreign-text.ts";
import { sessionAtHref, UNCORRELATED } from "../logs/hrefs.ts";
import { LevelWord } from "../logs/level-word.tsx";
import { LogTime } from "../logs/log-time.tsx";
import { logsHref } from "../logs/logs-url.ts";
import { useAnswer } from "../state/use-answer.ts";
import { spawnedLines } from "./spawned-lines.ts";
import { titleOf } from "./spawned-lines-title.ts";

const SHOWN = 50;

export function SpawnedLinesBox({ toolUseId }: { readonly toolUseId: string }) {
  const spawned = spawnedLines.value.get(toolUseId);
  const [isOpen, setOpen] = useState(false);
  if (!spawned) return null;
  return (
    <details
      class="spawned"
      data-testid="spawned-lines"
      data-tool-use-id={toolUseId}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{titleOf(spawned)}</summary>
      {isOpen ? <Lines toolUseId={toolUseId} /> : null}
    </details>
  );
}

function Lines({ toolUseId }: { readonly toolUseId: string }) {
  const answer = useAnswer<LogsAnswer>("logs", { tool: toolUseId, order: "oldest", limit: SHOWN });
  const { data } = answer;
  if (!data)
    return <p class="faint">{answer.error ? `They could not be loaded: ${answer.error.message}` : "loading…"}</p>;
  const sessions = new Map(data.rows.flatMap((row) => (row.session_id ? [[row.session_id, row.session_title]] : [])));
  return (
    <>
      <ol>
        {data.rows.map((row) => (
          <li key={row.event_id}>
            <Link
              href={sessionAtHref(row.session_id ?? UNCORRELATED, row.event_id)}
              data-event-id={row.event_id}
              data-source="log"
              data-level={row.level}
              title={row.message}
            >
              <LogTime ts={row.ts} hasDay={false} />
              <LevelWord level={row.level} />
              {row.service ? <span class="event-service">{row.service}</span> : null}
              <span>{firstLine(row.message) || "(empty)"}</span>
            </Link>
          </li>
        ))}
      </ol>
      <p class="log-ways">
        {[...sessions].slice(0, 6).map(([id, title]) => (
          <Link key={id} class="session-chip" href={`/sessions/${encodeURIComponent(id)}?tab=timeline`} title={id}>
            {title ?? id}
          </Link>
        ))}
        <Link class="more" href={logsHref({ tool: toolUseId })}>
          {data.next === null ? "Open in Logs" : "All of them in Logs"}
        </Link>
      </p>
    </>
  );
}
