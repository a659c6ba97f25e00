/** @module `clew logs find`: log lines by words, session, level, service, trace and time. */
import { ClewError } from "../../../../base/error.ts";
import { severalError } from "../../../../base/foreign-words-error.ts";
import { LOG_LEVELS, type LogLevel } from "../../../../model/telemetry.ts";
import { closestOf } from "../../../../query/filter/closest.ts";
import { isTimeValue, resolveTime } from "../../../../query/filter/time-value.ts";
import { findId, type IdKind } from "../../../../query/find-id.ts";
import { type LogContextAnswer, logContext } from "../../../../query/log-context.ts";
import { findLogs, type LogsAnswer, type LogsQuestion, parseLogCursor } from "../../../../query/log-lines.ts";
import type { LogRow } from "../../../../query/log-row.ts";
import type { Reader } from "../../../../query/reader.ts";
import { requireWorkspace, workspaceIdFrom } from "../../../../query/require-workspace.ts";
import { listFlag, rowLimit, wholeNumber } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { ask, type CliContext, NOTHING_YET } from "../../context.ts";
import type { Output } from "../../output.ts";
import { counted } from "../../render/formats.ts";
import { type LineOptions, printLogLine } from "../../render/log-line.ts";
import { dim, styled } from "../../render/piece.ts";
import { shortIds } from "../../render/short-id.ts";
import { sessionIdFrom } from "../../session-id.ts";

interface Found {
  readonly answer: LogsAnswer;
  readonly contexts: ReadonlyMap<string, LogContextAnswer>;
  /** No line at all has been read yet. */
  readonly isBare: boolean;
  /** Nothing was found, though there are lines: what else to try. */
  readonly hint: string;
}

/** What `--limit all` still leaves out. */
const MOST_LINES = 100_000;

export async function findLogLines({ context, flags, operands }: Invocation): Promise<number> {
  const { out, timeZone } = context;
  const around = wholeNumber("context", textFlag(flags, "context"), 0);
  const given = rowLimit(textFlag(flags, "limit"), 50);
  const limit = given < 0 ? MOST_LINES : given;
  const cursor = textFlag(flags, "cursor");
  if (cursor !== undefined && !parseLogCursor(cursor))
    throw new ClewError("usage", `--cursor ${cursor} is none of ours`);
  refuseContradictions(flags);
  const question = { ...askedBy(context, flags, operands), limit, ...(cursor !== undefined && { cursor }) };
  if (question.since !== undefined && question.until !== undefined && question.since >= question.until)
    throw new ClewError("usage", "--since is after --until: no time is left between them");
  const found = await ask(context, (db): Found => {
    const scope = scopeBy(db, context, flags);
    const answer = findLogs(db, { ...question, ...idsBy(db, flags), ...scope });
    const contexts = new Map<string, LogContextAnswer>();
    if (around > 0) {
      for (const { event_id: eventId } of answer.rows) {
        const lines = logContext(db, { eventId, before: around, after: around });
        if (lines) contexts.set(eventId, lines);
      }
    }
    const isBare = answer.rows.length === 0 && findLogs(db, { limit: 1 }).rows.length === 0;
    return { answer, contexts, isBare, hint: hintFor(scope, flags, operands) };
  });
  if (flags.json) {
    const answer = found?.answer ?? NO_LINES;
    const contexts = [...(found?.contexts ?? [])].map(([event_id, lines]) => ({ event_id, ...lines }));
    out.json(around > 0 ? { ...answer, contexts } : answer);
  } else if (!found) out.line(NOTHING_YET);
  else print(out, found, timeZone);
  return 0;
}

const NO_LINES: LogsAnswer = {
  rows: [],
  total: 0,
  more: false,
  next: null,
  facets: { level: [], service: [], logger: [], joined_by: [] },
  stopped_early: false,
  took_ms: 0,
};

function askedBy(context: CliContext, flags: Invocation["flags"], operands: readonly string[]): LogsQuestion {
  const words = operands.join(" ").trim();
  const levels = manyOf(flags, "level");
  const services = manyOf(flags, "service");
  const loggers = manyOf(flags, "logger");
  return {
    ...(words !== "" && { words }),
    ...(levels.length > 0 && { levels: levels.map(levelOf) }),
    ...(services.length > 0 && { services }),
    ...(loggers.length > 0 && { loggers }),
    ...(flags.uncorrelated === true && { joined: ["none"] as const }),
    ...moment(context, flags, "since"),
    ...moment(context, flags, "until"),
    order: flags.oldest === true ? "oldest" : "newest",
  };
}

/** Throws `usage` where flags leave nothing to find. */
function refuseContradictions(flags: Invocation["flags"]): void {
  const session = textFlag(flags, "session");
  if (flags.alone === true && session === undefined)
    throw new ClewError("usage", "--alone goes with --session ID: only that session's own lines");
  if (flags.uncorrelated === true && session !== undefined)
    throw new ClewError("usage", "--uncorrelated lines belong to no session: leave out --session or --uncorrelated");
}

/** A trace and a tool call by their ids, or by how only theirs begins. */
function idsBy(db: Reader, flags: Invocation["flags"]): LogsQuestion {
  const trace = textFlag(flags, "trace")?.toLowerCase();
  const tool = textFlag(flags, "tool");
  return {
    ...(trace !== undefined && { traceId: idOf(db, "trace", trace, "--trace") }),
    ...(tool !== undefined && { toolUseId: idOf(db, "tool_call", tool, "--tool") }),
  };
}

function idOf(db: Reader, kind: IdKind, word: string, flag: string): string {
  const ids = [...new Set(findId(db, word).flatMap((found) => (found.kind === kind ? found.id : [])))];
  const noun = kind.replaceAll("_", " ");
  if (ids.length === 1) return ids[0]!;
  if (ids.length === 0)
    throw new ClewError(
      "not_found",
      `${flag} ${word}: no ${noun} has this id or begins so (six characters are the least)`,
    );
  throw severalError(
    `${flag} ${word} could be several; give more of the id:`,
    ids.map((id) => ({ id, line: id })),
  );
}

/** Only what applies: advice that was followed already is none. */
function hintFor(scope: LogsQuestion, flags: Invocation["flags"], operands: readonly string[]): string {
  const word = operands.flatMap((operand) => LEVEL_TERM.exec(operand) ?? [])[1];
  const level = LOG_LEVELS.find((one) => one === word?.toLowerCase());
  if (level) return ` Words are looked for as they stand: --level ${level} means the level.`;
  const isWithin = scope.workspaceId !== undefined || scope.sessionId !== undefined;
  const tips = [
    ...(isWithin ? ["`clew logs find --uncorrelated` lists those that belong to no session"] : []),
    ...(scope.workspaceId !== undefined ? ["--all-workspaces looks everywhere"] : []),
    ...(flags.alone === true ? ["without --alone the lines below the session count too"] : []),
  ];
  return tips.length === 0 ? "" : ` ${tips.join(", ")}.`;
}

const LEVEL_TERM = /^level:(\w+)$/iu;

/** The session, or the workspace that reading keeps to. */
function scopeBy(db: Reader, { env, clock }: CliContext, flags: Invocation["flags"]): LogsQuestion {
  const word = textFlag(flags, "session");
  const sessionId = word === undefined ? undefined : sessionIdFrom(db, word, clock());
  const named = textFlag(flags, "workspace");
  const workspaceId =
    flags["all-workspaces"] === true
      ? undefined
      : named === undefined
        ? env.CLEW_WORKSPACE || undefined
        : workspaceIdFrom(db, named);
  if (sessionId !== undefined && workspaceId !== undefined) requireWorkspace(db, sessionId, workspaceId);
  return {
    ...(sessionId !== undefined && { sessionId, alone: flags.alone === true }),
    // Uncorrelated lines belong to no workspace: who asks for them means all of them.
    ...(workspaceId !== undefined && flags.uncorrelated !== true && { workspaceId }),
  };
}

/** Given several times, or with commas. */
function manyOf(flags: Invocation["flags"], name: string): readonly string[] {
  return listFlag(flags, name).flatMap((value) => value.split(",").filter(Boolean));
}

function levelOf(word: string): LogLevel {
  const found = LOG_LEVELS.find((level) => level === word.toLowerCase());
  if (found) return found;
  const near = closestOf(word, LOG_LEVELS);
  throw new ClewError(
    "usage",
    `--level ${word} is unknown: ${near ? `did you mean ${near}?` : `use ${LOG_LEVELS.join(", ")}`}`,
  );
}

function moment(
  { clock, timeZone }: CliContext,
  flags: Invocation["flags"],
  name: "since" | "until",
): { readonly [name in "since" | "until"]?: number } {
  const text = textFlag(flags, name);
  if (text === undefined) return {};
  if (!isTimeValue(text))
    throw new ClewError("usage", `--${name} takes a day, a moment, or a span such as 2h, not ${text}`);
  return { [name]: resolveTime(text, name, clock(), timeZone) };
}

function print(out: Output, { answer, contexts, isBare, hint }: Found, timeZone: string): void {
  const { rows } = answer;
  const shown = [...rows, ...[...contexts.values()].flatMap((lines) => lines.rows)];
  const shorten = shortIds(shown.flatMap((row) => [row.event_id, row.session_id]));
  const options = { timeZone, withId: true, shorten };
  if (contexts.size === 0) for (const row of rows) printLogLine(out, row, options);
  else
    for (const [index, row] of rows.entries())
      printAround(out, row, contexts.get(row.event_id), { ...options, isFirst: index === 0 });
  if (rows.length > 0) {
    const total = answer.total === null ? "more than can be counted quickly" : counted(answer.total, "line");
    out.line(dim(`${total}, in ${answer.took_ms.toFixed(1)} ms`));
    if (answer.next !== null) out.line(dim(`the next ones: --cursor ${answer.next}`));
    out.line(dim(`clew show ${rows[0]!.event_id} --logs leads from a line to its calls and its session`));
  } else if (isBare) {
    out.line(
      "No log lines yet: `clew logs add PATH` reads files, `clew run -- COMMAND` a program's output; docs/logs.md says more.",
    );
  } else if (!answer.stopped_early) {
    out.line(`No line found.${hint}`);
  }
  if (answer.stopped_early)
    out.line(styled("yellow", "Stopped when its time was up: --session, --since and --until narrow it down."));
}

function printAround(
  out: Output,
  row: LogRow,
  lines: LogContextAnswer | undefined,
  { isFirst, ...options }: LineOptions & { readonly isFirst: boolean },
): void {
  if (!isFirst) out.line(dim("--"));
  for (const [index, line] of (lines?.rows ?? [row]).entries())
    printLogLine(out, line, { ...options, isMarked: lines === undefined || index === lines.at });
}
