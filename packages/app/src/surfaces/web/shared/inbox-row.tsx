/** @module One thing of the inbox: what it is, who did what, and when. */
import { Link } from "wouter-preact";
import type { EntryStatus } from "../../../model/entry.ts";
import type { WebInboxItem } from "../../http/answers.ts";
import { absolute, ago } from "../state/format.ts";
import { entryHref } from "./entry-row.tsx";
import { StatusMark } from "./status-mark.tsx";
import { TaintedBadge } from "./trust-badges.tsx";
import { Who } from "./who.tsx";
import { fieldWord } from "./words.ts";

export interface InboxRowProps {
  readonly item: WebInboxItem;
  readonly isActive: boolean;
  readonly isOpen: boolean;
}

export function InboxRow({ item, isActive, isOpen }: InboxRowProps) {
  const { message } = item;
  const isUnread = item.kind === "message" ? !item.is_read : item.kind !== "change";
  return (
    <li
      class="inbox-row"
      data-testid="inbox-row"
      data-kind={item.kind}
      data-unread={isUnread ? "" : undefined}
      aria-current={isActive || isOpen ? "true" : undefined}
    >
      <i class="unread-dot" aria-hidden="true" />
      {item.status === null ? <MessageMark /> : <StatusMark status={item.status as EntryStatus} />}
      <div class="inbox-what">
        <p class="inbox-title">
          <Link href={hrefOf(item)}>
            {isUnread ? <span class="hidden">new: </span> : null}
            {message ? firstLine(message.text) : (item.title ?? item.id)}
          </Link>
          {item.tainted ? <TaintedBadge /> : null}
        </p>
        <p class="inbox-said">
          <Who identity={item.by.at(-1) ?? "unknown"} />
          {item.by.length > 1 ? <span>and {item.by.length - 1} more</span> : null}
          <span>{didWhat(item)}</span>
          {item.project ? <span class="inbox-project">{item.project}</span> : null}
        </p>
      </div>
      <time dateTime={item.at ?? undefined} title={absolute(item.at)}>
        {ago(item.at)}
      </time>
    </li>
  );
}

function MessageMark() {
  return (
    <svg class="status-mark" data-status="message" viewBox="0 0 16 16" role="img" aria-label="Message">
      <path d="M2 4h12v8.500H2ZM2 4.500l6 4.500 6-4.500" />
    </svg>
  );
}

export function hrefOf(item: WebInboxItem): string {
  const { message } = item;
  if (item.target === "entry" || !message) return item.target === "entry" ? entryHref(item.id) : "/inbox?tab=messages";
  return threadHref(message.thread_id);
}

export function threadHref(threadId: string): string {
  const parameters = new URLSearchParams(location.search);
  parameters.delete("compose");
  parameters.set("thread", threadId);
  return `/inbox?${parameters}`;
}

function didWhat({ kind, target, changed, message }: WebInboxItem): string {
  if (kind === "message")
    return message?.to_kind === "all" ? "to everybody" : message?.to_kind === "project" ? "to a project" : "to you";
  if (target === "message") return "acknowledged your message";
  if (kind === "assigned") return "· assigned to you";
  if (kind === "mention") return "· mentions you";
  const isNew = changed.includes("category") && changed.includes("title");
  const words = changed.filter((one) => one !== "workspace" && one !== "project").map(fieldWord);
  if (isNew) return "wrote it down";
  if (words.length === 1 && words[0] === "note") return "added a note";
  return `changed ${words.slice(0, 3).join(", ")}${words.length > 3 ? ", …" : ""}`;
}

export function firstLine(text: string): string {
  const line = text
    .trim()
    .split("\n", 1)[0]!
    .replace(/\*\*|`|^#+ /gu, "");
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
