/** @module One row of the session list, and the row of headings that sorts it. */
import { Link } from "wouter-preact";
import type { SessionRow } from "../../../model/answers.ts";
import { activityText, liveActivity } from "../state/activity.ts";
import type { UrlState } from "../state/filter-url.ts";
import { absolute, ago, compact, count, duration, modelName, money } from "../state/format.ts";
import { Badges } from "./badges.tsx";
import { StatusDot } from "./status-dot.tsx";

const HEADS: readonly { readonly name: string; readonly label: string; readonly sort?: string }[] = [
  { name: "title", label: "Session" },
  { name: "project", label: "Project" },
  { name: "branch", label: "Branch" },
  { name: "model", label: "Model" },
  { name: "tools", label: "Tools", sort: "tools" },
  { name: "duration", label: "Duration", sort: "duration" },
  { name: "tokens", label: "Tokens", sort: "tokens" },
  { name: "cost", label: "Cost", sort: "cost" },
  { name: "started", label: "Started", sort: "newest" },
];

export function HeadRow({ url, sort }: { readonly url: UrlState; readonly sort: string }) {
  return (
    <div class="list-columns" role="rowgroup">
      <div class="row head" role="row" aria-rowindex={1}>
        {HEADS.map((head) => {
          const isSorted = head.sort === sort || (head.sort === "newest" && sort === "oldest");
          const next = head.sort === "newest" && sort === "newest" ? "oldest" : head.sort;
          return (
            <div
              key={head.name}
              class={`cell ${head.name}`}
              role="columnheader"
              aria-sort={isSorted ? (sort === "oldest" ? "ascending" : "descending") : undefined}
            >
              {head.sort ? (
                <button type="button" onClick={() => url.set({ sort: next === "newest" ? null : next! })}>
                  {head.label} <i aria-hidden="true">{isSorted ? (sort === "oldest" ? "↑" : "↓") : ""}</i>
                </button>
              ) : (
                head.label
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

export interface SessionListRowProps {
  readonly index: number;
  readonly row: SessionRow | undefined;
  readonly isActive: boolean;
  onOpen(): void;
}

export function SessionListRow({ index, row, isActive, onOpen }: SessionListRowProps) {
  if (!row) {
    return (
      <div class="row waiting" role="row" aria-rowindex={index + 2}>
        <div class="cell title" role="cell">
          <span class="hidden">loading</span>
        </div>
      </div>
    );
  }
  return (
    <div
      class="row"
      role="row"
      aria-rowindex={index + 2}
      data-testid="session-row"
      data-session={row.session_id}
      aria-current={isActive ? "true" : undefined}
    >
      <div class="cell title" role="cell">
        <StatusDot session={row} />
        <Link
          href={`/sessions/${encodeURIComponent(row.session_id)}`}
          onClick={onOpen}
          title={row.title ?? row.session_id}
        >
          {row.title ?? <em>{row.session_id}</em>}
        </Link>
        <NeedsYou row={row} />
        <SessionType type={row.session_type} />
        <Badges row={row} />
      </div>
      <div class="cell project" role="cell" title={row.workspace}>
        {row.project}
      </div>
      <div class="cell branch" role="cell" title={row.git_branch ?? undefined}>
        {row.git_branch ?? ""}
      </div>
      <div class="cell model" role="cell" title={row.models.join(", ")}>
        {row.models.length > 0 ? modelName(row.models[0]!) : ""}
        {row.models.length > 1 ? <span class="faint"> +{row.models.length - 1}</span> : null}
      </div>
      <div
        class="cell tools"
        role="cell"
        title={`${count(row.tool_calls)} tool calls, ${count(row.tool_failures)} failed`}
      >
        {row.tool_failures > 0 ? <span class="failures">{compact(row.tool_failures)}✕</span> : null}
        {compact(row.tool_calls)}
      </div>
      <div class="cell duration" role="cell">
        {duration(row.duration_s === null ? null : row.duration_s * 1_000)}
      </div>
      <div class="cell tokens" role="cell" title={tokensTitle(row)}>
        {compact(row.input_tokens + row.output_tokens + row.cache_creation_input_tokens + row.cache_read_input_tokens)}
      </div>
      <Cost row={row} />
      <div class="cell started" role="cell" title={absolute(row.started_at)}>
        {ago(row.started_at)}
      </div>
    </div>
  );
}

/** What most sessions are says nothing about one. */
const USUAL_TYPE = "general";

function SessionType({ type }: { readonly type: string | null }) {
  if (type === null || type === USUAL_TYPE) return null;
  return (
    <span class="badge row-type" data-testid="session-type" title={`Type of session: ${type}`}>
      <span class="hidden">type: </span>
      {type}
    </span>
  );
}

/** Who waits, and why; what only works or idles has its dot. */
function NeedsYou({ row }: { readonly row: SessionRow }) {
  const activity = liveActivity(row);
  if (activity !== "waiting" && activity !== "failed") return null;
  const text = activityText(row);
  return (
    <span class="row-activity" data-activity={activity} title={text}>
      {text}
    </span>
  );
}

/** Inclusive first; the session's own below it where subagents make the difference. */
function Cost({ row }: { readonly row: SessionRow }) {
  const differs = row.cost_usd_inclusive !== row.cost_usd;
  return (
    <div
      class="cell cost"
      role="cell"
      title={`${money(row.cost_usd_inclusive)} with sessions below, ${money(row.cost_usd)} without`}
    >
      <span class={row.cost_usd_inclusive === null ? "unpriced" : undefined}>{money(row.cost_usd_inclusive)}</span>
      {differs ? <small>{money(row.cost_usd)} own</small> : null}
    </div>
  );
}

function tokensTitle(row: SessionRow): string {
  return [
    `${count(row.input_tokens)} input`,
    `${count(row.output_tokens)} output`,
    `${count(row.cache_creation_input_tokens)} cache writes`,
    `${count(row.cache_read_input_tokens)} cache reads`,
  ].join("\n");
}
