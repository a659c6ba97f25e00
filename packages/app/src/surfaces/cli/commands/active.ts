/** @module `clew active`: what is going on now. */
import { activeSessions } from "../../../query/active.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { printSessions } from "../render/session-table.ts";

export const activeCommand: CliCommand = {
  summary: "list sessions in which something happened within the last five minutes, subagents included",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: { ...FILTER_FLAGS, ...JSON_FLAG },
  examples: ["clew active", "clew active --project web"],
  async run({ context, flags, operands }) {
    const { clock, timeZone, out } = context;
    const now = clock();
    const filter = filterFrom(operands, flags);
    const answer = await ask(context, (db) => activeSessions(db, { now, timeZone, filter }));
    if (flags.json) out.json(answer ?? { rows: [], total: 0 });
    else if (!answer) out.line(NOTHING_YET);
    else if (answer.rows.length === 0)
      out.line("Nothing is active. `clew sessions` lists what was; `clew up` keeps the list current.");
    else printSessions(out, answer.rows, now, timeZone);
    return 0;
  },
};
