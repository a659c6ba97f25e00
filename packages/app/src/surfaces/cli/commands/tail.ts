/** @module `clew tail`: events as they are indexed, of all sessions or of one with everything below it. */

import { ClewError } from "../../../base/error.ts";
import { ForeignWordsError } from "../../../base/foreign-words-error.ts";
import { clewPaths } from "../../../base/paths.ts";
import { changedEvent } from "../../../query/changed-event.ts";
import { type ChangedEvent, changesSince, latestSeq } from "../../../query/changes.ts";
import { correlatedRowsOfEvent } from "../../../query/correlated-of-event.ts";
import type { CorrelatedRow } from "../../../query/correlated-row.ts";
import { correlatedTimeline } from "../../../query/correlated-timeline.ts";
import { openReader, type Reader } from "../../../query/reader.ts";
import { isBelow } from "../../../query/session-family.ts";
import { listSessions, resolveSessionId } from "../../../query/sessions.ts";
import { type TimelineRow, timelineEvent } from "../../../query/timeline.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { printCorrelated, timeOf } from "../render/log-line.ts";
import { dim, styled } from "../render/piece.ts";
import { shortId } from "../render/short-id.ts";
import { fitWidth } from "../render/width.ts";
import { severalSessions } from "../session-id.ts";

/** Milliseconds between looks; one look costs a step in an index. */
const POLL_MS = 300;

export const tailCommand: CliCommand = {
  summary: "print events as they are indexed, until Ctrl-C; `clew up` must be running to see new ones",
  operands: "[ID | FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    ...FILTER_FLAGS,
    limit: { type: "string", description: "events from before to begin with; default 10", valueHint: "N", alias: "n" },
    follow: { type: "boolean", description: "stop after the events from before", default: true },
    ...JSON_FLAG,
  },
  examples: ["clew tail", "clew tail 7f3a", "clew tail --project web -n 50", "clew tail --json | jq .type"],
  async run(invocation) {
    const { context, flags } = invocation;
    let db: Reader;
    try {
      db = openReader(clewPaths(context.env).database);
    } catch (error) {
      if (!(error instanceof ClewError && error.code === "not_found")) throw error;
      if (!flags.json) context.out.line(NOTHING_YET);
      return 0;
    }
    try {
      const sessionId = sessionOf(db, invocation);
      await (sessionId === null ? follow(db, invocation) : followSession(db, invocation, sessionId));
    } finally {
      db.close();
    }
    return 0;
  },
};

async function follow(db: Reader, { context, flags, operands }: Invocation): Promise<void> {
  const filter = filterFrom(operands, flags);
  const isFiltered = filter.terms.length > 0 || filter.words.length > 0;
  const accepted = (): ReadonlySet<string> | null =>
    isFiltered
      ? new Set(
          listSessions(db, {
            filter,
            now: context.clock(),
            timeZone: context.timeZone,
            limit: -1,
            includeSubagents: true,
          }).rows.map((row) => row.session_id),
        )
      : null;
  const count = wholeNumber("limit", textFlag(flags, "limit"), 10);
  const newest = latestSeq(db);
  let sessions = accepted();
  const seq = Math.max(0, newest - (isFiltered ? count * 100 : count));
  const first = changesSince(db, { seq, limit: newest - seq || 1 });
  const before = first.events.filter((event) => sessions === null || sessions.has(event.session_id));
  for (const event of count === 0 ? [] : before.slice(-count)) print(db, event, context, flags.json === true);
  await newEvents(db, context, { from: newest, isOnce: flags.follow === false }, (events) => {
    if (events.length > 0) sessions = accepted();
    for (const event of events)
      if (sessions === null || sessions.has(event.session_id)) print(db, event, context, flags.json === true);
  });
}

/** A single word that is a session's id, or begins one; everything else is a filter. Throws `usage` where it begins several. */
function sessionOf(db: Reader, { context, operands, flags }: Invocation): string | null {
  const [word, ...more] = operands;
  if (word === undefined || more.length > 0) return null;
  const found = resolveSessionId(db, word, context.clock());
  if (found.kind === "one") return found.sessionId;
  if (found.kind === "many") {
    const { code, message, forAgents } = severalSessions(word, found.candidates);
    const hint = `to filter by it as text: clew tail '"${word}"'`;
    throw new ForeignWordsError(code, `${message}\n${hint}`, `${forAgents}\n${hint}`);
  }
  const { terms, words } = filterFrom(operands, flags);
  if (terms.length === 0 && words.length > 0 && !/\s|"/u.test(word))
    context.err.line(`no session ${word}: it is taken as text to filter by`);
  return null;
}

/** One session and everything below it: what is newest, then what comes. */
async function followSession(db: Reader, { context, flags }: Invocation, sessionId: string): Promise<void> {
  const isJson = flags.json === true;
  const limit = wholeNumber("limit", textFlag(flags, "limit"), 10);
  const from = latestSeq(db);
  const rows = limit === 0 ? [] : correlatedTimeline(db, { sessionId, before: "", limit }).rows;
  const seen = new Set<string>();
  for (const row of rows) {
    isNew(seen, row);
    if (!isJson) printCorrelated(context.out, row, { timeZone: context.timeZone });
    else if (row.event_id !== null) context.out.record(changedEvent(db, row.event_id));
  }
  if (rows.length === 0 && !isJson) context.out.line(dim(`nothing of ${sessionId} is dated yet`));
  await newEvents(db, context, { from, isOnce: flags.follow === false }, (events) => {
    for (const event of events) {
      if (!isBelow(db, event.session_id, sessionId)) continue;
      if (isJson) context.out.record(event);
      else
        for (const row of correlatedRowsOfEvent(db, event.event_id))
          if (isNew(seen, row)) printCorrelated(context.out, row, { timeZone: context.timeZone });
    }
  });
}

/** Several events tell of one row: it is shown once, a call of a tool again when its end is known. */
function isNew(seen: Set<string>, { key, tool_use_id: tool, status, call }: CorrelatedRow): boolean {
  const keys = call
    ? [call.call_key && `call ${call.call_key}`, call.response_id && `response ${call.response_id}`].filter(
        (one) => one !== null,
      )
    : [tool === null ? key : `${key} ${status}`];
  const isKnown = keys.some((one) => seen.has(one));
  for (const one of keys) seen.add(one);
  return !isKnown;
}

/** Tells of events as they are committed, until the user stops it. */
async function newEvents(
  db: Reader,
  { stopped }: Invocation["context"],
  { from, isOnce }: { readonly from: number; readonly isOnce: boolean },
  tell: (events: readonly ChangedEvent[]) => void,
): Promise<void> {
  let seq = from;
  let stop = isOnce;
  void stopped.then(() => {
    stop = true;
  });
  while (!stop) {
    const changes = changesSince(db, { seq, limit: 500 });
    tell(changes.events);
    seq = changes.seq;
    if (!changes.more) await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
  }
}

function print(db: Reader, event: ChangedEvent, { out, timeZone }: Invocation["context"], json: boolean): void {
  if (json) {
    out.record(event);
    return;
  }
  const row = timelineEvent(db, event.event_id);
  const time = timeOf(out, event.ts, timeZone);
  const head = `${time} ${shortId(event.session_id)} `;
  out.line(
    dim(time),
    " ",
    styled("cyan", shortId(event.session_id)),
    " ",
    fitWidth(`${event.type}  ${row ? gist(row) : ""}`, out.width - head.length),
  );
}

function gist(row: TimelineRow): string {
  const call = row.tool_call;
  if (call) return [call.tool, call.summary, call.part === "result" ? call.status : ""].filter(Boolean).join(" ");
  const block = row.blocks[0];
  return block === undefined || block.kind === "tool_call" ? "" : block.text.slice(0, 400).replace(/\s+/gu, " ");
}
