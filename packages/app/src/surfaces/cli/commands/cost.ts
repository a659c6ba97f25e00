/** @module `clew cost`: tokens and money, grouped; or the reason behind one response's figure. */
import { ClewError } from "../../../base/error.ts";
import type { CostAnswer, CostGrouping, UsageFigures } from "../../../model/answers.ts";
import { COST_GROUPINGS, costBy } from "../../../query/cost.ts";
import { isTimeZone } from "../../../query/filter/time-zone.ts";
import { oneOf } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import type { Output } from "../output.ts";
import { count, counted, money, tokens } from "../render/formats.ts";
import { bold, dim, type Piece } from "../render/piece.ts";
import { shortIds } from "../render/short-id.ts";
import { sparkline } from "../render/sparkline.ts";
import { type Column, table } from "../render/table.ts";

type CostRow = CostAnswer["rows"][number];

export const costCommand: CliCommand = {
  summary: "tokens and money by model, session, day, week, month, project, workspace, agent or identity",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    by: { type: "string", description: COST_GROUPINGS.join(", "), valueHint: "WHAT" },
    why: {
      type: "string",
      description: "the records, the rule and the price behind a response (its id, message id or event id)",
      valueHint: "RESPONSE",
    },
    ...FILTER_FLAGS,
    timezone: {
      type: "string",
      description: "IANA name of the zone that days are cut in; default: this machine's",
      valueHint: "ZONE",
    },
    ...JSON_FLAG,
  },
  examples: ["clew cost --by day --since 30d", "clew cost --by project model:opus", "clew cost --why msg_01AbC"],
  async run({ context, flags, operands }) {
    const why = textFlag(flags, "why");
    if (why !== undefined) return (await import("../explain-cost.ts")).explainCost(context, why, flags.json === true);
    const by = oneOf<CostGrouping>("by", textFlag(flags, "by"), COST_GROUPINGS, "model");
    const timeZone = textFlag(flags, "timezone") ?? context.timeZone;
    if (!isTimeZone(timeZone))
      throw new ClewError("usage", `--timezone ${timeZone} is unknown: use an IANA name such as Europe/Berlin`);
    const filter = filterFrom(operands, flags);
    const now = context.clock();
    const answer = await ask(context, (db) => costBy(db, { by, filter, timeZone, now }));
    if (flags.json) context.out.json(answer ?? { rows: [], totals: NO_USAGE });
    else if (!answer) context.out.line(NOTHING_YET);
    else if (answer.rows.length === 0) context.out.line("No model responses match.");
    else print(context.out, answer, by);
    return 0;
  },
};

const NO_USAGE: UsageFigures = {
  responses: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_creation_5m_input_tokens: 0,
  cache_creation_1h_input_tokens: 0,
  cache_read_input_tokens: 0,
  cost_usd: 0,
  unpriced_responses: 0,
  output_undercounted: false,
};

function label(row: CostRow, by: CostGrouping, shorten: (id: string) => string): string {
  const value = row[by];
  if (value === null || value === undefined)
    return by === "day" || by === "week" || by === "month" ? "undated" : "(none)";
  if (by === "session") return `${shorten(String(value))}  ${row.title ?? "(no title)"}`;
  return String(value);
}

function price(row: UsageFigures): Piece {
  const text = money(row.cost_usd) + (row.cost_usd !== null && row.unpriced_responses > 0 ? "*" : "");
  return row.cost_usd === null ? dim(text) : text;
}

function print(out: Output, answer: CostAnswer, by: CostGrouping): void {
  const total: CostRow = { ...answer.totals, [by]: "total" };
  const shorten = shortIds(by === "session" ? answer.rows.map((row) => row.session as string | null) : []);
  const columns: readonly Column<CostRow>[] = [
    {
      title: by.toUpperCase(),
      value: (row) => (row === total ? bold("total") : label(row, by, shorten)),
      shrinkTo: 12,
    },
    { title: "RESPONSES", value: (row) => count(row.responses), align: "right", leaves: 1 },
    { title: "INPUT", value: (row) => tokens(row.input_tokens), align: "right", leaves: 4 },
    {
      title: "OUTPUT",
      value: (row) => tokens(row.output_tokens) + (row.output_undercounted ? "+" : ""),
      align: "right",
      leaves: 2,
    },
    { title: "CACHE WRITE", value: (row) => tokens(row.cache_creation_input_tokens), align: "right", leaves: 5 },
    { title: "CACHE READ", value: (row) => tokens(row.cache_read_input_tokens), align: "right", leaves: 3 },
    { title: "COST", value: price, align: "right" },
  ];
  for (const line of table(columns, [...answer.rows, total], out.width)) out.line(...line);
  const isTime = by === "day" || by === "week" || by === "month";
  if (isTime && answer.rows.length > 2)
    out.line(
      dim(
        sparkline(
          answer.rows.filter((row) => row[by] !== null).map((row) => row.cost_usd ?? 0),
          out.width,
        ),
      ),
    );
  if (answer.totals.output_undercounted)
    out.line(dim("+ some clients wrote only placeholder output counts: the real figure is higher"));
  if (answer.totals.unpriced_responses > 0)
    out.line(
      dim(
        `${answer.totals.cost_usd === null ? "" : "* "}${counted(answer.totals.unpriced_responses, "response has", "responses have")} no known price and ${answer.totals.unpriced_responses === 1 ? "is" : "are"} not in the sum; prices.json can name one`,
      ),
    );
}
