/** @module One session on the terminal. */
import { hasPrograms } from "../../../model/session-below.ts";
import type { SessionDetail } from "../../../query/session-detail.ts";
import type { Output } from "../output.ts";
import { activityLine } from "./activity.ts";
import { count, counted, duration, localTime, money, percent, tokens, when } from "./formats.ts";
import { bold, dim, type Piece, styled } from "./piece.ts";
import { printAgents, printGiven, printMcp, printOutcome } from "./session-outcome.ts";
import { sessionTitle } from "./session-table.ts";
import { shortId } from "./short-id.ts";
import { fitWidth } from "./width.ts";

const MOST_FACTS = 12;
const FACT_TITLES: readonly (readonly [string, string])[] = [
  ["file", "files"],
  ["commit", "commits"],
  ["pull_request", "pull requests"],
  ["skill", "skills"],
  ["mcp_server", "MCP servers"],
  ["todo", "to do"],
  ["branch", "branches"],
  ["version", "client versions"],
  ["mode", "modes"],
];

export function printDetail(out: Output, detail: SessionDetail, now: number, timeZone: string): void {
  const { session, counts } = detail;
  const row = (name: string, ...pieces: readonly Piece[]): void => out.line("  ", dim(name.padEnd(14)), ...pieces);
  out.line(bold(sessionTitle(session)));
  row("session", styled("cyan", session.session_id));
  row(
    "status",
    ...activityLine(session, now),
    session.source_missing ? dim("  its transcript is gone; Clew kept what it read") : "",
  );
  if (session.status === "failed") {
    const why = session.agent_result ?? session.activity_reason;
    if (why) row("error", styled("red", fitWidth(why.replace(/\s+/gu, " ").trim(), out.width - 16)));
  }
  row(
    "when",
    `${localTime(session.started_at, timeZone)} to ${localTime(session.ended_at, timeZone)}  (${when(session.ended_at, now, timeZone)}, ${duration(session.duration_s === null ? null : session.duration_s * 1000)})`,
  );
  row(
    "where",
    fitWidth(
      `${session.project}  ${session.workspace}${session.git_branch ? `  on ${session.git_branch}` : ""}`,
      out.width - 16,
    ),
  );
  row(
    "who",
    [
      session.identity,
      session.person && `by ${session.person.replace(/^person:/u, "")}`,
      session.agent_type,
      session.client_version && `client ${session.client_version}`,
    ]
      .filter(Boolean)
      .join("  "),
  );
  if (detail.process) row("process", String(detail.process.pid));
  if (detail.parent)
    row("started by", `${shortId(detail.parent.session_id)}  ${fitWidth(sessionTitle(detail.parent), out.width - 30)}`);
  if (session.forked_from !== null)
    row("forked from", `${session.forked_from}, ${counted(session.shared_events, "event")} shared`);
  for (const copy of detail.copied_by)
    row("repeated in", `${shortId(copy.session_id)}  ${counted(copy.events, "event")}  ${copy.title ?? ""}`);
  row("models", session.models.join(", ") || "–");
  row(
    "work",
    `${counted(session.prompts, "prompt")}, ${counted(session.responses, "response")}, ${counted(session.tool_calls, "tool call")} (${count(session.tool_failures)} failed)`,
  );
  const events = [
    [counts.interruptions, "interruption"],
    [counts.denials, "denial"],
    [counts.api_errors, "API error"],
    [counts.compactions, "compaction"],
    [counts.web_searches, "web search", "web searches"],
  ] as const;
  const happened = events.filter(([number]) => number > 0).map(([number, one, many]) => counted(number, one, many));
  if (happened.length > 0) row("also", happened.join(", "));
  row(
    "tokens",
    `${tokens(session.input_tokens)} in, ${tokens(session.output_tokens)} out${session.output_undercounted ? " or more" : ""}, ${tokens(session.cache_creation_input_tokens)} cache written, ${tokens(session.cache_read_input_tokens)} read`,
  );
  row(
    "cost",
    money(session.cost_usd),
    detail.children.length > 0
      ? `, ${money(session.cost_usd_inclusive)} with ${hasPrograms(detail.children) ? "sessions below" : "its agents"}`
      : "",
    session.unpriced_responses > 0 ? dim(`  ${counted(session.unpriced_responses, "response")} unpriced`) : "",
  );
  if (detail.client_cost)
    row(
      "client says",
      `${money(detail.client_cost.client_usd)}`,
      dim(
        `  ${money(Math.abs(detail.client_cost.difference_usd))} ${detail.client_cost.difference_usd >= 0 ? "more" : "less"}; its total may hold calls that no transcript has`,
      ),
    );
  printOutcome(out, detail);
  if (detail.tools.length > 0) {
    out.line("");
    out.line(bold("tools"));
    for (const tool of detail.tools.slice(0, MOST_FACTS)) {
      const name = tool.mcp_server === null ? tool.tool : `${tool.mcp_server}/${tool.tool}`;
      out.line(
        `  ${fitWidth(name, 32).padEnd(32)} ${count(tool.calls).padStart(6)}  `,
        dim(
          `${tool.failures > 0 ? `${percent(tool.failures, tool.calls)} failed  ` : ""}${tool.total_ms > 0 ? duration(tool.total_ms) : ""}`,
        ),
      );
    }
  }
  printMcp(out, detail);
  for (const [kind, title] of FACT_TITLES) printFacts(out, title, detail.facts[kind] ?? []);
  printAgents(out, detail.children);
  printGiven(out, detail, now, timeZone);
  if (detail.problems.length > 0) {
    out.line("");
    out.line(bold("could not be read"));
    for (const problem of detail.problems)
      out.line(
        `  ${problem.reason}: ${fitWidth(problem.message, out.width - 20)}`,
        dim(`  byte ${problem.offset ?? 0}`),
      );
  }
  out.line("");
  out.line(dim(`clew show ${session.session_id} --transcript prints what was said`));
}

function printFacts(out: Output, title: string, facts: SessionDetail["facts"][string]): void {
  if (facts.length === 0) return;
  out.line("");
  out.line(bold(title));
  const statuses = new Map(facts.map(({ key, detail }) => [key, detail?.status]));
  const lines = facts.flatMap((fact) => factLines(fact, statuses));
  for (const line of lines.slice(0, MOST_FACTS)) out.line(`  ${fitWidth(line, out.width - 2)}`);
  if (lines.length > MOST_FACTS) out.line(dim(`  and ${count(lines.length - MOST_FACTS)} more (--json has all)`));
}

/** A to-do list is one fact, and each of its items a line; a task is two, its words and how it stands. */
function factLines(
  { key, detail }: SessionDetail["facts"][string][number],
  statuses: ReadonlyMap<string, unknown>,
): readonly string[] {
  const { items, subject } = detail ?? {};
  if (Array.isArray(items))
    return items.map((item: { readonly content?: unknown; readonly status?: unknown } | null) =>
      factLine(item?.status, String(item?.content ?? "")),
    );
  if (typeof subject === "string") return [factLine(statuses.get(`${key}:status`), subject)];
  const [, task] = /^(task:.+):status$/u.exec(key) ?? [];
  return task !== undefined && statuses.has(task) ? [] : [factLine(detail?.status, key)];
}

function factLine(status: unknown, text: string): string {
  return typeof status === "string" ? `[${status}] ${text}` : text;
}
