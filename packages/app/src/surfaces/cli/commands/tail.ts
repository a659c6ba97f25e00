/** @module `clew tail`: events as they are indexed, of all sessions or of one with everything below it. */

import { ClewError } from "../../../base/error.ts";
import { clewPaths } from "../../../base/paths.ts";
import { changedEvent } from "../../../query/changed-event.ts";
import { type ChangedEvent, changesSince, latestSeq } from "../../../query/changes.ts";
import { correlatedTimeline } from "../../../query/correlated-timeline.ts";
import { logRowsById } from "../../../query/log-row.ts";
import { openReader, type Reader } from "../../../query/reader.ts";
import { isBelow } from "../../../query/session-family.ts";
import { listSessions, resolveSessionId } from "../../../query/sessions.ts";
import { type TimelineRow, timelineEvent } from "../../../query/timeline.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { shortId } from "../render/formats.ts";
import { printCorrelated, printLogLine } from "../render/log-line.ts";
import { dim, styled } from "../render/piece.ts";
import { fitWidth } from "../render/width.ts";

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

/** A single word that is a session's id, or begins one and no other; everything else is a filter. */
function sessionOf(db: Reader, { context, operands }: Invocation): string | null {
  const [word, ...more] = operands;
  if (word === undefined || more.length > 0) return null;
  const found = resolveSessionId(db, word, context.clock());
  return found.kind === "one" ? found.sessionId : null;
}

/** One session and everything below it: what is newest, then what comes. */
async function followSession(db: Reader, { context, flags }: Invocation, sessionId: string): Promise<void> {
  const isJson = flags.json === true;
  const limit = wholeNumber("limit", textFlag(flags, "limit"), 10);
  const from = latestSeq(db);
  const rows = limit === 0 ? [] : correlatedTimeline(db, { sessionId, before: "", limit }).rows;
  for (const row of rows) {
    if (!isJson) printCorrelated(context.out, row, { timeZone: context.timeZone });
    else if (row.event_id !== null) context.out.record(changedEvent(db, row.event_id));
  }
  if (rows.length === 0 && !isJson) context.out.line(dim(`nothing of ${sessionId} is dated yet`));
  await newEvents(db, context, { from, isOnce: flags.follow === false }, (events) => {
    for (const event of events) {
      if (!isBelow(db, event.session_id, sessionId)) continue;
      const line = isJson ? undefined : logRowsById(db, [event.id])[0];
      if (line) printLogLine(context.out, line, { timeZone: context.timeZone });
      else print(db, event, context, isJson);
    }
  });
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

function print(db: Reader, event: ChangedEvent, { out }: Invocation["context"], json: boolean): void {
  if (json) {
    out.record(event);
    return;
  }
  const row = timelineEvent(db, event.event_id);
  const head = `${event.ts?.slice(11, 19) ?? "--:--:--"} ${shortId(event.session_id)} `;
  out.line(
    dim(event.ts?.slice(11, 19) ?? "--:--:--"),
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
