/** @module Threads of messages, the newest first. */
import { Link } from "wouter-preact";
import type { ThreadRow } from "../../http/answers.ts";
import { absolute, ago, plural } from "../state/format.ts";
import { firstLine, threadHref } from "./inbox-row.tsx";
import { Who } from "./who.tsx";

export interface ThreadListProps {
  readonly rows: readonly ThreadRow[];
  readonly opened: string | null;
  readonly active: number;
}

export function ThreadList({ rows, opened, active }: ThreadListProps) {
  return (
    <ul class="inbox-list" aria-label="Threads">
      {rows.map((row, index) => (
        <li
          key={row.thread_id}
          class="inbox-row"
          data-testid="thread-row"
          data-unread={row.unread > 0 ? "" : undefined}
          aria-current={row.thread_id === opened || index === active ? "true" : undefined}
        >
          <i class="unread-dot" aria-hidden="true" />
          <Who identity={row.newest.from} markOnly />
          <div class="inbox-what">
            <p class="inbox-title">
              <Link href={threadHref(row.thread_id)}>
                {row.unread > 0 ? <span class="hidden">unread: </span> : null}
                {firstLine(row.begins)}
              </Link>
            </p>
            <p class="inbox-said">
              {row.people.map((identity) => (
                <Who key={identity} identity={identity} />
              ))}
              <span>{plural(row.messages, "message")}</span>
              {row.project ? <span class="inbox-project">{row.project}</span> : null}
              {row.newest.to_kind === "all" ? <span class="inbox-project">all</span> : null}
            </p>
          </div>
          <time dateTime={row.newest.sent_at ?? undefined} title={absolute(row.newest.sent_at)}>
            {ago(row.newest.sent_at)}
          </time>
        </li>
      ))}
    </ul>
  );
}
