/** @module An event that came through the spool, and what reading one takes whoever wrote it: its session's id, its time. */
import { createHash } from "node:crypto";
import { UNKNOWN_SESSION } from "../base/ids.ts";
import { isSessionId } from "../base/session-id.ts";
import type { SpoolRecord } from "../base/spool-record.ts";
import type { Fact, ParsedRecord, ProblemFact } from "../model/record.ts";
import { shortString } from "./claude/json.ts";

export { isSessionId } from "../base/session-id.ts";

export interface SpooledEvent extends ParsedRecord {
  /** events.source */
  readonly source: "hook" | "clew" | "log" | "otlp";
  /** Of its session: "claude-code" for a hook; what a session's start says of an own one, "script" for an application's; else "unknown". */
  readonly agent: string;
  readonly rootSessionId: string;
  /** Where it happened: a hook's project directory, else its working directory. */
  readonly cwd: string | null;
  /** Own events alone say it. */
  readonly workspaceId: string | null;
  /** Bytes of a spool record that holds this one event: all that reading and showing it again takes. */
  readonly body: Buffer;
  /** Transcript that something is being written to; as foreign as the rest, and only ever a place to look. */
  readonly transcriptPath: string | null;
}

export { UNKNOWN_SESSION };
/** Longer bodies are kept, not read. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** A clock that is wrong by less is believed. */
export const FUTURE_LIMIT_MS = 24 * 3600 * 1000;
/** A record that is wrong all over says so once or twice, not a thousand times. */
const MAX_PROBLEMS = 20;

/** First `digits` hex digits of SHA-256. */
export function hexOf(content: Buffer | string, digits: number): string {
  return createHash("sha256").update(content).digest("hex").slice(0, digits);
}

/** An id that can stand anywhere, also in a file's name: the given one, or a hash of one that is no id. */
export function safeId(given: string, what: string, facts: Fact[]): string {
  if (isSessionId(given)) return given;
  pushProblem(facts, `${what} is no id`);
  return `h-${hexOf(given, 32)}`;
}

/** Appends a field that is not as it should be. The message names the field and never quotes it. */
export function pushProblem(facts: Fact[], message: string, reason: ProblemFact["reason"] = "broken_field"): void {
  const problems = facts.filter((fact): fact is ProblemFact => fact.kind === "problem");
  if (problems.length >= MAX_PROBLEMS || problems.some((problem) => problem.message === message)) return;
  facts.push({ kind: "problem", reason, message });
}

/** Session that a header names; for bodies that name none. */
export function sessionOfHeader(header: SpoolRecord["fields"], facts: Fact[]): string {
  return header.session ? safeId(header.session, "the header's session", facts) : UNKNOWN_SESSION;
}

/** An identity as somebody wrote it down: one line of at most 200 characters, all of them visible. */
export function identityOf(value: unknown): string | undefined {
  const identity = shortString(value, 200)?.trim();
  return identity && !/[\p{Cc}\p{Cf}\uFFFD]/u.test(identity) ? identity : undefined;
}

/** When the spool's header says that it happened, milliseconds UTC; null when it does not say, or cannot be right. */
export function timeOfHeader({ at }: SpoolRecord["fields"], now: number, facts: Fact[]): number | null {
  const time = at !== undefined && /^\d{1,15}(\.\d{1,12})?$/.test(at) ? Number.parseInt(at, 10) : null;
  if (time === null) pushProblem(facts, "the record says no time");
  else if (time > now + FUTURE_LIMIT_MS) pushProblem(facts, "the record is of the future", "future_time");
  else return time;
  return null;
}

const TIMED: ReadonlySet<Fact["kind"]> = new Set([
  "hook_tool",
  "activity",
  "process",
  "outcome",
  "state",
  "injected",
  "log_line",
  "trace",
] as const);

/** Facts that may be told: none of a session that nobody named but problems, and without a time only what needs none. */
export function tellable(facts: readonly Fact[], sessionId: string, ts: number | null): readonly Fact[] {
  if (sessionId === UNKNOWN_SESSION) return facts.filter(({ kind }) => kind === "problem");
  return ts === null ? facts.filter(({ kind }) => !TIMED.has(kind)) : facts;
}
