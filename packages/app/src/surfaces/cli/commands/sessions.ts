/** @module `clew sessions`: a list of sessions. */

import { newestEventAt } from "../../../query/active.ts";
import { EMPTY_FILTER } from "../../../query/filter/filter.ts";
import { listSessions, SESSION_SORTS } from "../../../query/sessions.ts";
import { oneOf, rowLimit, wholeNumber } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { dim } from "../render/piece.ts";
import { printSessions } from "../render/session-table.ts";
import { asOf, isDaemonThere } from "../without-daemon.ts";

export const sessionsCommand: CliCommand = {
  summary: "list sessions",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    ...FILTER_FLAGS,
    all: { type: "boolean", description: "also sessions that another session started (subagents)", alias: "a" },
    sort: { type: "string", description: SESSION_SORTS.join(", "), valueHint: "ORDER" },
    limit: { type: "string", description: "rows to show, or all; default 50", valueHint: "N", alias: "n" },
    offset: { type: "string", description: "rows to skip", valueHint: "N" },
    ...JSON_FLAG,
  },
  examples: [
    "clew sessions since:7d tool:Bash has:errors",
    "clew sessions --project web --sort cost",
    "clew sessions '\"flaky test\" -status:active'",
  ],
  async run({ context, flags, operands }) {
    const filter = filterFrom(operands, flags);
    const limit = rowLimit(textFlag(flags, "limit"), 50);
    const offset = wholeNumber("offset", textFlag(flags, "offset"), 0);
    const sort = oneOf("sort", textFlag(flags, "sort"), SESSION_SORTS, "newest");
    const { clock, timeZone, out } = context;
    const now = clock();
    const found = await ask(context, (db) => {
      const question = { filter, now, timeZone, limit, offset, sort, includeSubagents: flags.all === true };
      const answer = listSessions(db, question);
      const archive =
        answer.total > 0 ? answer.total : listSessions(db, { now, timeZone, filter: EMPTY_FILTER, limit: 0 }).total;
      return { answer, isEmpty: archive === 0 };
    });
    const answer = found?.answer ?? { rows: [], total: 0 };
    if (flags.json) out.json(answer);
    else if (!found || found.isEmpty) out.line(NOTHING_YET);
    else if (answer.rows.length === 0)
      out.line("No session matches. Take a term away, or try `clew search` for text inside sessions.");
    else {
      printSessions(out, answer.rows, now, timeZone);
      if (answer.total > answer.rows.length)
        out.line(dim(`${answer.rows.length} of ${answer.total}; --limit all shows the rest`));
      // Only what is said to live can have died since.
      if (
        answer.rows.some(({ status, activity }) => status === "active" && activity !== null) &&
        !(await isDaemonThere(context.env))
      ) {
        const note = await ask(context, (db) => asOf(context, newestEventAt(db, context.clock())));
        out.line(dim(`${note} \`clew active\` looks which processes still live.`));
      }
    }
    return 0;
  },
};
