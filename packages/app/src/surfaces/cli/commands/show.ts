/** @module `clew show`: one session, or its transcript; an entry or a message; with --logs what belongs to an id of any kind. */
import { ClewError } from "../../../base/error.ts";
import { getSession } from "../../../query/session-detail.ts";
import { sessionEntries } from "../../../query/session-entries.ts";
import { sessionTimeline } from "../../../query/timeline.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { sayRecords } from "../records-shown.ts";
import { printEntries } from "../render/entry-line.ts";
import { dim } from "../render/piece.ts";
import { printDetail } from "../render/session-detail.ts";
import { printEvents } from "../render/transcript.ts";
import { sessionIdFrom } from "../session-id.ts";

/** An entry's or a message's id, or a beginning of one. */
const SHARED_ID = /^[em]-[0-9a-f]{0,12}$/;

export const showCommand: CliCommand = {
  summary: "show one session: what it did, touched and cost; or its transcript; an entry or a message with its history",
  operands: "ID",
  arity: [0, 1],
  flags: {
    transcript: { type: "boolean", description: "its events, oldest first", alias: "t" },
    logs: {
      type: "boolean",
      description:
        "calls of models and log lines, interleaved; ID may be a session's, a line's, an event's, a call's, a trace's, …",
      alias: "l",
    },
    last: { type: "boolean", description: "with --transcript or --logs: the last events" },
    after: {
      type: "string",
      description: "with --transcript: events after this number (`id` in --json); with --logs: after a cursor",
      valueHint: "N",
    },
    limit: {
      type: "string",
      description: "with --transcript or --logs: how many; default 100",
      valueHint: "N",
      alias: "n",
    },
    "title-match": { type: "string", description: "an entry, by words of its title", valueHint: "WORDS" },
    full: { type: "boolean", description: "with --transcript: long blocks too, whole" },
    ...JSON_FLAG,
  },
  examples: [
    "clew show 7f3a",
    "clew show 7f3a --transcript --last",
    "clew show 7f3a --transcript --full | less",
    "clew show 7f3a --logs",
    "clew show req_011CSHoEeqs5C35K2UUqR7Fy --logs",
    "clew show e-7f3a",
    "clew show --title-match refunds",
  ],
  async run(invocation) {
    const { context, flags, operands } = invocation;
    if (SHARED_ID.test(operands[0] ?? "") || flags["title-match"] !== undefined)
      return (await import("./show/shared.ts")).showShared(invocation);
    if (operands.length === 0) throw new ClewError("usage", "clew show needs ID: see `clew show --help`");
    if (flags.logs) return (await import("./show/logs.ts")).showLogs(invocation);
    const { clock, timeZone, out } = context;
    const now = clock();
    const limit = wholeNumber("limit", textFlag(flags, "limit"), 100, 1);
    const after = textFlag(flags, "after");
    const place = flags.last
      ? { beforeId: Number.MAX_SAFE_INTEGER }
      : after === undefined
        ? {}
        : { afterId: Number(wholeOrNegative(after)) };
    const found = await ask(context, (db) => {
      const sessionId = sessionIdFrom(db, operands[0]!, now, nothingHas(operands[0]!));
      const transcript =
        flags.transcript || flags.last || after !== undefined
          ? sessionTimeline(db, { sessionId, limit, ...place })
          : null;
      const entries = sessionEntries(db, sessionId);
      return { detail: { ...getSession(db, { sessionId, now })!, entries }, transcript };
    });
    if (!found) throw new ClewError("not_found", NOTHING_YET);
    const { detail, transcript } = found;
    await sayRecords(context, [{ session_id: detail.session.session_id }]);
    if (flags.json) out.json(transcript ? { ...detail, transcript } : detail);
    else if (transcript) {
      printEvents(out, transcript.rows, { timeZone, full: flags.full === true });
      if (transcript.has_after)
        out.line(dim(`more: clew show ${detail.session.session_id} --after ${transcript.last_id}`));
    } else {
      printDetail(out, detail, now, timeZone);
      printEntries(out, detail.entries);
    }
    return 0;
  },
};

function nothingHas(word: string): string {
  return `nothing has the id ${word}: it takes that of a session (\`clew sessions\` lists them), an entry (e-…, \`clew list\`) or a message (m-…, \`clew messages\`)`;
}

function wholeOrNegative(text: string): string {
  if (!/^-?\d+$/u.test(text)) throw new ClewError("usage", `--after takes an event's number, not ${text}`);
  return text;
}
