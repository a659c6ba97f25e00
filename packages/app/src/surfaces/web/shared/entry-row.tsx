/** @module One entry of the list. */
import { Link } from "wouter-preact";
import type { WebEntryRow } from "../../http/answers.ts";
import { absolute, ago } from "../state/format.ts";
import { plainName } from "./people.ts";
import { StatusMark } from "./status-mark.tsx";
import { TaintedBadge } from "./trust-badges.tsx";
import { Who } from "./who.tsx";
import { CATEGORY_WORDS } from "./words.ts";

export interface EntryListRowProps {
  readonly index: number;
  readonly row: WebEntryRow | undefined;
  readonly isActive: boolean;
  onOpen(): void;
}

const TAGS_SHOWN = 3;

export function EntryListRow({ index, row, isActive, onOpen }: EntryListRowProps) {
  if (!row)
    return (
      <div class="entry-row waiting" role="row" aria-rowindex={index + 1}>
        <div class="entry-title" role="cell">
          <span class="hidden">loading</span>
        </div>
      </div>
    );
  return (
    <div
      class="entry-row"
      role="row"
      aria-rowindex={index + 1}
      aria-current={isActive ? "true" : undefined}
      data-testid="entry-row"
      data-entry={row.entry_id}
      data-done={row.status === "resolved" ? "" : undefined}
    >
      <div class="entry-status" role="cell">
        <StatusMark status={row.status} />
      </div>
      <div class="entry-category" role="cell" data-category={row.category}>
        {CATEGORY_WORDS[row.category] ?? row.category}
      </div>
      <div class="entry-author" role="cell" title={`Written by ${plainName(row.created_by)}`}>
        <span class="hidden">written by </span>
        <Who identity={row.created_by} markOnly />
      </div>
      <div class="entry-title" role="cell">
        <span class="entry-id mono">{row.entry_id}</span>
        <Link href={entryHref(row.entry_id)} onClick={onOpen} title={`${row.entry_id}: ${row.title}`}>
          {row.title}
        </Link>
        {row.conflicts.length > 0 ? (
          <span class="badge warn" title={`Set to several values: ${row.conflicts.join(", ")}`}>
            conflict
          </span>
        ) : null}
        {row.tainted ? <TaintedBadge /> : null}
        {row.tags.length > 0 ? (
          <span class="entry-tags">
            {row.tags.slice(0, TAGS_SHOWN).map((tag) => (
              <span class="tag" key={tag}>
                {tag}
              </span>
            ))}
            {row.tags.length > TAGS_SHOWN ? <span class="tag">+{row.tags.length - TAGS_SHOWN}</span> : null}
          </span>
        ) : null}
      </div>
      <div class="entry-notes" role="cell" title={row.notes > 0 ? `notes: ${row.notes}` : undefined}>
        {row.notes > 0 ? (
          <>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="M2.500 3h11v8h-6L4.500 13.500V11h-2Z" />
            </svg>
            <span class="hidden">notes: </span>
            {row.notes}
          </>
        ) : null}
      </div>
      <div class="entry-project" role="cell" title={row.project_id ?? undefined}>
        {row.project ?? ""}
      </div>
      <div
        class="entry-assignee"
        role="cell"
        title={row.assignee ? `Assigned to ${plainName(row.assignee)}` : undefined}
      >
        {row.assignee ? <Who identity={row.assignee} markOnly /> : <span class="hidden">nobody</span>}
      </div>
      <div class="entry-changed" role="cell" title={`${absolute(row.changed_at)}, by ${row.changed_by}`}>
        {ago(row.changed_at)}
      </div>
    </div>
  );
}

export function entryHref(entryId: string): string {
  return `/entries/${encodeURIComponent(entryId)}`;
}
