/** @module `clew active`: what is going on now, who waits for somebody first. */
import type { SessionRow } from "../../../model/answers.ts";
import type { SessionActivity } from "../../../model/record.ts";
import { activeSessions, liveSessions, newestEventAt, withLost } from "../../../query/active.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import type { Output } from "../output.ts";
import { duration, money, shortModel } from "../render/formats.ts";
import { dim, type Style, styled } from "../render/piece.ts";
import { sessionTitle } from "../render/session-table.ts";
import { shortIds } from "../render/short-id.ts";
import { table } from "../render/table.ts";
import { asOf, isDaemonThere, processCheck } from "../without-daemon.ts";

/** The daemon's word for it. */
const PROCESS_GONE = "process gone";

export const activeCommand: CliCommand = {
  summary: "list sessions that are going on: waiting, working, idle; subagents included",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: { ...FILTER_FLAGS, ...JSON_FLAG },
  examples: ["clew active", "clew active --project web"],
  async run({ context, flags, operands }) {
    const { clock, timeZone, out } = context;
    const now = clock();
    const filter = filterFrom(operands, flags);
    const isGone = (await isDaemonThere(context.env)) ? null : await processCheck();
    const found = await ask(context, (db) => {
      const answer = activeSessions(db, { now, timeZone, filter });
      if (!isGone) return { answer, note: null };
      return {
        answer: withLost(answer, liveSessions(db), isGone, PROCESS_GONE),
        note: asOf(context, newestEventAt(db, context.clock())),
      };
    });
    const answer = found?.answer;
    if (flags.json) out.json(answer ?? { rows: [], total: 0 });
    else if (!answer) out.line(NOTHING_YET);
    else if (answer.rows.length === 0)
      out.line("Nothing is active. `clew sessions` lists what was; `clew up` keeps the list current.");
    else printActive(out, answer.rows, now);
    if (!flags.json && found?.note) out.line(dim(found.note));
    return 0;
  },
};

const STYLES: Readonly<Record<SessionActivity, Style>> = {
  waiting: "yellow",
  failed: "red",
  working: "green",
  idle: "dim",
  ended: "dim",
  lost: "dim",
};

/** Without hooks all that is known is an event in the last minutes. */
function activity(row: SessionRow): { readonly text: string; readonly style: Style } {
  const text = row.activity ?? "active";
  return {
    text: row.activity_reason ? `${text}: ${row.activity_reason}` : text,
    style: row.activity ? STYLES[row.activity] : "green",
  };
}

function printActive(out: Output, rows: readonly SessionRow[], now: number): void {
  const since = (row: SessionRow): string => {
    const time = row.activity_since ?? row.ended_at;
    return time === null ? "–" : duration(Math.max(0, now - Date.parse(time)));
  };
  const shorten = shortIds(rows.map((row) => row.session_id));
  const lines = table<SessionRow>(
    [
      { title: "ID", value: (row) => styled("cyan", shorten(row.session_id)), shrinkTo: 13 },
      { title: "ACTIVITY", value: (row) => styled(activity(row).style, activity(row).text), shrinkTo: 10 },
      { title: "FOR", value: since, align: "right" },
      { title: "PROJECT", value: (row) => row.project, shrinkTo: 8, leaves: 1 },
      { title: "TITLE", value: sessionTitle, shrinkTo: 12 },
      { title: "MODEL", value: (row) => row.models.map(shortModel).join(" "), shrinkTo: 10, leaves: 3 },
      {
        title: "COST",
        value: (row) => (row.cost_usd_inclusive === null ? dim("unpriced") : money(row.cost_usd_inclusive)),
        align: "right",
        leaves: 2,
      },
    ],
    rows,
    out.width,
  );
  for (const line of lines) out.line(...line);
}
