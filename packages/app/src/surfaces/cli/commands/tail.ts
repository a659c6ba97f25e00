/** @module `clew tail`: events as they are indexed. */

import { ClewError } from "../../../base/error.ts";
import { clewPaths } from "../../../base/paths.ts";
import { type ChangedEvent, changesSince, latestSeq } from "../../../query/changes.ts";
import { openReader, type Reader } from "../../../query/reader.ts";
import { listSessions } from "../../../query/sessions.ts";
import { type TimelineRow, timelineEvent } from "../../../query/timeline.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { shortId } from "../render/formats.ts";
import { dim, styled } from "../render/piece.ts";
import { fitWidth } from "../render/width.ts";

/** Milliseconds between looks; one look costs a step in an index. */
const POLL_MS = 300;

export const tailCommand: CliCommand = {
  summary: "print events as they are indexed, until Ctrl-C; `clew up` must be running to see new ones",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    ...FILTER_FLAGS,
    limit: { type: "string", description: "events from before to begin with; default 10", valueHint: "N", alias: "n" },
    follow: { type: "boolean", description: "stop after the events from before", default: true },
    ...JSON_FLAG,
  },
  examples: ["clew tail", "clew tail --project web -n 50", "clew tail --json | jq .type"],
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
      await follow(db, invocation);
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
  let seq = Math.max(0, newest - (isFiltered ? count * 100 : count));
  const first = changesSince(db, { seq, limit: newest - seq || 1 });
  const before = first.events.filter((event) => sessions === null || sessions.has(event.session_id));
  for (const event of count === 0 ? [] : before.slice(-count)) print(db, event, context, flags.json === true);
  seq = newest;
  let stop = flags.follow === false;
  void context.stopped.then(() => {
    stop = true;
  });
  while (!stop) {
    const changes = changesSince(db, { seq, limit: 500 });
    if (changes.events.length > 0) sessions = accepted();
    for (const event of changes.events)
      if (sessions === null || sessions.has(event.session_id)) print(db, event, context, flags.json === true);
    seq = changes.seq;
    if (!changes.more) await Promise.race([context.stopped, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
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
