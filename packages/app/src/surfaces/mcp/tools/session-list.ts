/** @module The tool search_sessions: sessions by the filter language. */
import { z } from "zod";
import type { SessionRow } from "../../../model/answers.ts";
import type { Filter } from "../../../query/filter/filter.ts";
import { type FilterMode, parseFilter } from "../../../query/filter/parse.ts";
import { listSessions, SESSION_SORTS } from "../../../query/sessions.ts";
import { counted, type Item, labelled } from "../answer.ts";
import { safeId, safeName, safeWord, shortTime } from "../safe-words.ts";
import { ask, cursorField, cursorNumber, limitField, pageOf, readTool, refusal } from "../tool.ts";

/** Throws `usage` with the first thing that is not understood. */
export function filterOf(text: string | undefined, mode: FilterMode = "list"): Filter {
  const filter = parseFilter(text ?? "", mode);
  const problem = filter.problems[0];
  if (problem) throw refusal("usage", `filter, column ${problem.column}: ${problem.message}`);
  return filter;
}

export const filterField = z
  .string()
  .max(500)
  .optional()
  .describe("e.g. project:web status:failed since:7d model:opus branch:main file:src/* has:errors cost:>1 tool:Bash");

/** A session's words, one line each. */
export function sessionWords(row: SessionRow): string {
  return labelled({
    title: row.title,
    project: row.project,
    branch: row.git_branch,
    about: row.agent_description,
  });
}

export function sessionItem(row: SessionRow): Item {
  const id = safeId(row.session_id);
  const cost = row.cost_usd_inclusive;
  const agent = safeWord(row.agent_type ?? row.agent);
  return {
    head: [
      id ?? "(no id)",
      row.status,
      shortTime(row.ended_at ?? row.started_at),
      `${row.prompts} prompts`,
      `${row.tool_calls} tool calls`,
      ...(cost === null ? [] : [`$${cost.toFixed(2)}`]),
      ...(row.parent_session_id === null ? [] : [`subagent (${agent})`]),
    ].join(", "),
    row: {
      session_id: id,
      status: row.status,
      started_at: row.started_at,
      ended_at: row.ended_at,
      agent,
      models: row.models.flatMap((model) => safeName(model) ?? []),
      prompts: row.prompts,
      tool_calls: row.tool_calls,
      tool_failures: row.tool_failures,
      cost_usd: cost,
    },
    quote: {
      author: row.identity,
      trust: "record",
      session: row.session_id,
      verified: true,
      text: sessionWords(row),
      limit: 300,
    },
  };
}

export const SESSION_SHAPE = {
  session_id: z.string().nullable(),
  status: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  agent: z.string(),
  models: z.array(z.string()),
  prompts: z.int(),
  tool_calls: z.int(),
  tool_failures: z.int(),
  cost_usd: z.number().nullable(),
};

export const searchSessionsTool = readTool({
  name: "search_sessions",
  title: "Find sessions",
  description:
    "Lists sessions of coding agents that ran on this machine, newest first: id, status, times, cost, title. Filter by project, status, time, model, branch, changed file, tool and more. For words that were said, use search.",
  input: {
    filter: filterField,
    sort: z.enum(SESSION_SORTS).default("newest"),
    include_subagents: z.boolean().default(false),
    limit: limitField(10),
    cursor: cursorField,
  },
  output: { total: z.int(), ...pageOf(SESSION_SHAPE) },
  run({ filter, sort, include_subagents: includeSubagents, limit, cursor }, { services }) {
    const { clock, timeZone } = services;
    const offset = cursorNumber(cursor, "s") ?? 0;
    const question = { filter: filterOf(filter), now: clock(), timeZone, sort, includeSubagents, limit, offset };
    const { rows, total } = ask(services, (db) => listSessions(db, question));
    return {
      summary: `${counted(total, "session", "sessions")}, ${sort} first${offset > 0 ? `, from number ${offset + 1}` : ""}.`,
      fields: { total },
      items: rows.map(sessionItem),
      next: (shown) => (shown > 0 && offset + shown < total ? `s${offset + shown}` : null),
    };
  },
});
