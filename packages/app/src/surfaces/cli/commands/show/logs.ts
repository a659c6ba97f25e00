/** @module `clew show ID --logs`: from any id to its session's calls of models and log lines, and from one to the other. */
import { ClewError } from "../../../../base/error.ts";
import { severalError } from "../../../../base/foreign-words-error.ts";
import { parseCursor } from "../../../../query/correlated-cursor.ts";
import { CORRELATED_SOURCES } from "../../../../query/correlated-row.ts";
import { type Correlation, correlationOf } from "../../../../query/correlation-of.ts";
import { type FoundId, findId } from "../../../../query/find-id.ts";
import type { Reader } from "../../../../query/reader.ts";
import { resolveSessionId } from "../../../../query/sessions.ts";
import { wholeNumber } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { ask, NOTHING_YET } from "../../context.ts";
import type { Output } from "../../output.ts";
import { printCall, printCorrelated, printLogLine } from "../../render/log-line.ts";
import { bold, dim, styled } from "../../render/piece.ts";
import { fitWidth } from "../../render/width.ts";

export async function showLogs({ context, flags, operands }: Invocation): Promise<number> {
  const { clock, out, timeZone } = context;
  const word = operands[0]!;
  const limit = wholeNumber("limit", textFlag(flags, "limit"), 100, 1);
  const after = textFlag(flags, "after");
  if (after !== undefined && !parseCursor(after))
    throw new ClewError("usage", `--after ${after}: with --logs it takes the cursor that the page before ended with`);
  const question = {
    limit,
    ...(flags.transcript === true && { sources: CORRELATED_SOURCES }),
    ...(after !== undefined && { after }),
    ...(flags.last === true && { before: "" }),
  };
  const answer = await ask(context, (db) => correlationOf(db, foundFrom(db, word, clock()), question));
  if (!answer) throw new ClewError("not_found", NOTHING_YET);
  if (flags.json) out.json(answer);
  else print(out, answer, timeZone);
  return 0;
}

/** A session's id may be as short as everywhere; any other takes six characters. Throws `not_found` and `usage`. */
function foundFrom(db: Reader, word: string, now: number): FoundId {
  const session = resolveSessionId(db, word, now);
  const all = findId(db, session.kind === "one" ? session.sessionId : word);
  const found = session.kind === "one" ? all.filter(({ kind }) => kind === "session") : all;
  if (found.length === 1 || (found[0] && found.every(({ id }) => id === found[0]!.id))) return found[0]!;
  if (found.length === 0 && session.kind !== "many")
    throw new ClewError(
      "not_found",
      `nothing has the id ${word}: it may be that of a session, an event, a log line, a call, a trace or a span; six characters are the least`,
    );
  const several =
    session.kind === "many"
      ? session.candidates.map((row) => ({ kind: "session", id: row.session_id }))
      : found.map(({ kind, id }) => ({ kind, id }));
  throw severalError(
    `${word} could be several; give more of the id:`,
    several.slice(0, 12).map(({ kind, id }) => ({ id, line: `${kind}  ${id}`, about: kind })),
  );
}

function print(out: Output, { found, calls, calls_by: by, lines, at, timeline }: Correlation, timeZone: string): void {
  const options = { timeZone };
  out.line(bold(found.kind.replaceAll("_", " ")), "  ", styled("cyan", found.id));
  if (found.session_id !== null && found.kind !== "session")
    out.line(dim("session   "), styled("cyan", found.session_id));
  if (found.text !== "" && found.kind !== "log_line") out.line(dim(fitWidth(found.text, out.width)));
  if (timeline) {
    out.line("");
    for (const row of timeline.rows)
      printCorrelated(out, row, { ...options, isMarked: row.event_id === found.event_id && found.kind === "event" });
    if (timeline.rows.length === 0)
      out.line("No log lines and no calls of models. With --transcript: prompts, answers and tool calls too.");
    if (timeline.has_after) out.line(dim(`more: clew show ${found.session_id} --logs --after ${timeline.last_cursor}`));
    return;
  }
  if (calls.length > 0 || found.kind === "log_line") {
    out.line("");
    out.line(bold("calls of models"), dim(by === null ? "" : `  ${CALLS_BY[by]}`));
    for (const call of calls) {
      printCall(out, call, options);
      const key = call.call_key ?? call.response_id;
      if (key !== null && (calls.length > 1 || found.kind === "log_line")) out.line(dim(`    clew show ${key} --logs`));
    }
    if (calls.length === 0)
      out.line(dim(found.session_id === null ? "  it belongs to no session" : "  its session made none"));
  }
  out.line("");
  out.line(bold("log lines"));
  for (const [index, line] of lines.entries())
    printLogLine(out, line, { ...options, isMarked: found.kind === "log_line" && index === at });
  if (lines.length === 0) out.line(dim("  none"));
  if (found.session_id !== null) out.line(dim(`the whole session: clew show ${found.session_id} --logs`));
}

const CALLS_BY = {
  span: "of its span",
  time: "that ran when it was written",
  session: "nearest in its session",
} as const;
