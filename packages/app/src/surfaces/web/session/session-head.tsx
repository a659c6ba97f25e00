/** @module The head of a session's page: what it was, where, and what it cost. */
import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import { hasPrograms, isProgram } from "../../../model/session-below.ts";
import type { SessionDetail } from "../../http/answers.ts";
import { Badges } from "../parts/badges.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { StatusDot } from "../parts/status-dot.tsx";
import { absolute, ago, compact, count, duration, modelName, money } from "../state/format.ts";
import { LiveLine } from "./live-line.tsx";

export interface SessionHeadProps {
  readonly detail: SessionDetail;
  /** Wants to read all of the outcome. */
  onOutcome(): void;
}

export function SessionHead({ detail, onOutcome }: SessionHeadProps) {
  const { session, parent, counts, client_cost, outcome } = detail;
  const isMixed = isProgram(session.agent) || hasPrograms(detail.children);
  const word = isMixed ? "sessions below" : "subagents";
  const tokens =
    session.input_tokens +
    session.output_tokens +
    session.cache_creation_input_tokens +
    session.cache_read_input_tokens;
  return (
    <header class="session-head">
      <nav aria-label="Where this session belongs" class="crumbs">
        <Link href="/">Sessions</Link>
        {session.project ? (
          <>
            <span aria-hidden="true">/</span>
            <Link href={`/?q=${encodeURIComponent(`project:"${session.project}"`)}`}>{session.project}</Link>
          </>
        ) : null}
        {parent ? (
          <>
            <span aria-hidden="true">/</span>
            <Link href={`/sessions/${encodeURIComponent(parent.session_id)}`}>{parent.title ?? parent.session_id}</Link>
          </>
        ) : null}
      </nav>
      <h1>
        <StatusDot session={session} />
        <span>{session.title ?? session.agent_description ?? session.session_id}</span>
        <Badges row={session} />
      </h1>
      <LiveLine detail={detail} />
      <p class="session-meta">
        <span title={absolute(session.started_at)}>{ago(session.started_at)}</span>
        {session.git_branch ? <span class="mono">{session.git_branch}</span> : null}
        {session.models.length > 0 ? <span>{session.models.map(modelName).join(", ")}</span> : null}
        {session.agent_type ? <span>{session.agent_type}</span> : null}
        <span title="The identity that acted, and the person behind it">
          {session.identity}
          {session.person ? <span class="faint"> by {personName(session.person)}</span> : null}
        </span>
        {session.client_version ? <span>client {session.client_version}</span> : null}
        <span class="mono id">
          {session.session_id}
          <CopyButton text={session.session_id} label="Copy the session's id" />
        </span>
      </p>
      <dl class="figures">
        <Figure
          name="Cost"
          value={money(session.cost_usd_inclusive)}
          note={
            session.cost_usd !== session.cost_usd_inclusive ? `${money(session.cost_usd)} without ${word}` : undefined
          }
        />
        {client_cost ? (
          <Figure
            name="Client says"
            value={money(client_cost.client_usd)}
            note={differenceOf(client_cost.difference_usd)}
            title="The client's own running total. It may hold calls that no transcript has; it is shown beside Clew's figure, never added."
          />
        ) : null}
        <Figure
          name="Tokens"
          value={compact(tokens)}
          note={`${compact(session.output_tokens)} out · ${compact(session.cache_read_input_tokens)} cache reads`}
          title={`${count(session.input_tokens)} input\n${count(session.output_tokens)} output\n${count(session.cache_creation_input_tokens)} cache writes\n${count(session.cache_read_input_tokens)} cache reads`}
        />
        <Figure
          name="Duration"
          value={duration(session.duration_s === null ? null : session.duration_s * 1_000)}
          note={counts.turn_ms > 0 ? `${duration(counts.turn_ms)} working` : undefined}
        />
        <Figure name="Prompts" value={count(session.prompts)} note={`${count(session.responses)} responses`} />
        <Figure
          name="Tool calls"
          value={count(session.tool_calls)}
          note={
            session.tool_failures > 0 ? <b class="failures">{count(session.tool_failures)} failed</b> : "none failed"
          }
        />
        {session.subagents > 0 ? (
          <Figure name={word === "subagents" ? "Subagents" : "Sessions below"} value={count(session.subagents)} />
        ) : null}
      </dl>
      {outcome?.summary ? (
        <p class="outcome-line">
          <button type="button" onClick={onOutcome} title={outcome.summary.text}>
            <b>Outcome</b> {outcome.summary.text}
          </button>
        </p>
      ) : null}
    </header>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note?: ComponentChildren;
  readonly title?: string;
}

function Figure({ name, value, note, title }: FigureProps) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
      {note ? <dd class="note">{note}</dd> : null}
    </div>
  );
}

/** "person:ada" → "ada" */
function personName(person: string): string {
  return person.replace(/^person:/, "");
}

function differenceOf(difference: number | null): string {
  if (difference === null) return "";
  if (Math.abs(difference) < 0.005) return "equal to ours";
  return `${difference > 0 ? "+" : "−"}${money(Math.abs(difference))} beside ours`;
}
