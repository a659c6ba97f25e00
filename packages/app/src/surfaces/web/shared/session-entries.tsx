/** @module Beside a session: the entries that were written in it, and the way to write one about it. */
import { Link } from "wouter-preact";
import type { WebEntriesAnswer } from "../../http/answers.ts";
import { selection } from "../session/selection.ts";
import { useAnswer } from "../state/use-answer.ts";
import { entryHref } from "./entry-row.tsx";
import { usePeople } from "./people.ts";
import { StatusMark } from "./status-mark.tsx";

const SHOWN = 8;
const EVERY_MS = 1_000;

/** What stands there; null: nothing does, and nothing can be written. */
export function useSessionEntries(sessionId: string) {
  const people = usePeople();
  const answer = useAnswer<WebEntriesAnswer>(
    "entries",
    { session: sessionId, limit: SHOWN },
    { follow: "all", every: EVERY_MS },
  );
  const canWrite = people?.can_write === true;
  const total = answer.data?.total ?? 0;
  return total > 0 || canWrite ? { rows: answer.data?.rows ?? [], total, canWrite } : null;
}

export interface SessionEntriesProps {
  readonly sessionId: string;
  readonly entries: NonNullable<ReturnType<typeof useSessionEntries>>;
}

export function SessionEntries({ sessionId, entries: { rows, total, canWrite } }: SessionEntriesProps) {
  const event = selection.value?.eventId;
  const about = new URLSearchParams({ new: "1", about: sessionId });
  if (event) about.set("link", `event:${event}`);
  return (
    <div class="session-entries" data-testid="session-entries">
      {rows.length > 0 ? (
        <ul>
          {rows.map((row) => (
            <li key={row.entry_id}>
              <Link href={entryHref(row.entry_id)} title={row.title}>
                <StatusMark status={row.status} />
                <span>{row.title}</span>
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
      {total > rows.length ? (
        <Link class="more" href={`/entries?session=${encodeURIComponent(sessionId)}&status=all`}>
          all {total}
        </Link>
      ) : null}
      {canWrite ? (
        <Link class="button" href={`/entries?${about}`}>
          Log an entry about this {event ? "event" : "session"}
        </Link>
      ) : null}
    </div>
  );
}
