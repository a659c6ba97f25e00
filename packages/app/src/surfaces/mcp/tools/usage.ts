/** @module The tool get_usage: tokens and money by model, day, project and the like. */
import { z } from "zod";
import type { UsageFigures } from "../../../model/answers.ts";
import { COST_GROUPINGS, costBy } from "../../../query/cost.ts";
import { counted, type Item, labelled } from "../answer.ts";
import { safeId, safeName } from "../safe-words.ts";
import { ask, cursorField, cursorNumber, limitField, pageOf, readTool } from "../tool.ts";
import { filterField, filterOf } from "./session-list.ts";

const FIGURES = {
  responses: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cache_creation_input_tokens: z.int(),
  cache_read_input_tokens: z.int(),
  cost_usd: z.number().nullable(),
};
/** Groupings whose keys are days and names of models: no words of anybody. */
const OWN_KEYS: ReadonlySet<string> = new Set(["model", "day", "week", "month"]);

export const usageTool = readTool({
  name: "get_usage",
  title: "Tokens and cost",
  description:
    "Tokens and cost of all recorded sessions, grouped by model, session, day, week, month, project, workspace, agent or identity; narrowed by a filter such as since:7d project:web.",
  input: {
    by: z.enum(COST_GROUPINGS as unknown as readonly [string, ...string[]]).default("model"),
    filter: filterField,
    limit: limitField(15, 100),
    cursor: cursorField,
  },
  output: {
    by: z.string(),
    total: z.int(),
    totals: z.object(FIGURES),
    ...pageOf({ key: z.string().nullable(), session_id: z.string().nullable().optional(), ...FIGURES }),
  },
  run({ by, filter, limit, cursor }, { services }) {
    const { clock, timeZone } = services;
    const grouping = COST_GROUPINGS.find((name) => name === by)!;
    const answer = ask(services, (db) =>
      costBy(db, { by: grouping, filter: filterOf(filter), now: clock(), timeZone }),
    );
    // Days come oldest first; who asks for usage means the newest.
    const rows =
      grouping === "day" || grouping === "week" || grouping === "month" ? answer.rows.toReversed() : answer.rows;
    const offset = cursorNumber(cursor, "u") ?? 0;
    return {
      summary: `Usage by ${by}, ${counted(rows.length, "row", "rows")}. In all: ${figureText(answer.totals)}.`,
      fields: { by, total: rows.length, totals: figures(answer.totals) },
      items: rows.slice(offset, offset + limit).map((row) => usageItem(by, row)),
      next: (shown) => (shown > 0 && offset + shown < rows.length ? `u${offset + shown}` : null),
    };
  },
});

function usageItem(by: string, row: UsageFigures & Readonly<Record<string, unknown>>): Item {
  const key = typeof row[by] === "string" ? row[by] : null;
  const own = by === "session" ? safeId(key) : OWN_KEYS.has(by) ? safeName(key) : null;
  const words =
    by === "session"
      ? labelled({ title: textOf(row.title), project: textOf(row.project) })
      : OWN_KEYS.has(by)
        ? ""
        : labelled({ [by]: key });
  return {
    head: `${own === null ? "" : `${own}: `}${figureText(row)}`,
    row: { key: own, ...figures(row) },
    ...(words !== "" && {
      quote: { author: "session", trust: "record", verified: false, text: words, limit: 200 } as const,
    }),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function figures(row: UsageFigures) {
  return {
    responses: row.responses,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    cache_creation_input_tokens: row.cache_creation_input_tokens,
    cache_read_input_tokens: row.cache_read_input_tokens,
    cost_usd: row.cost_usd,
  };
}

function figureText(row: UsageFigures): string {
  const cost = row.cost_usd === null ? "no price" : `$${row.cost_usd.toFixed(2)}`;
  return `${cost}, ${row.responses} responses, ${row.input_tokens} in, ${row.output_tokens} out, cache ${row.cache_creation_input_tokens} written and ${row.cache_read_input_tokens} read`;
}
