/** @module The tool logs_find: lines of applications' logs, each with the session that caused it. */
import { z } from "zod";
import { LOG_LEVELS } from "../../../model/telemetry.ts";
import { isTimeValue, resolveTime } from "../../../query/filter/time-value.ts";
import { findLogs } from "../../../query/log-lines.ts";
import type { LogRow } from "../../../query/log-row.ts";
import { counted, type Item, labelled } from "../answer.ts";
import { safeId, shortTime } from "../safe-words.ts";
import type { McpServices } from "../services.ts";
import { sessionOf } from "../session-of.ts";
import { ask, cursorField, limitField, pageOf, readTool, refusal } from "../tool.ts";

const BUDGET_MS = 1000;
const CURSOR = /^l-?\d{1,16}\.\d{1,16}$/;

export const logsFindTool = readTool({
  name: "logs_find",
  title: "Find log lines",
  description:
    "Log lines of applications, newest first, with the session and tool call that caused each: by words, session, level, service, trace or time. A session_id also finds the lines of its subagents and child processes.",
  input: {
    query: z.string().max(500).optional(),
    session_id: z.string().max(200).optional().describe("or a beginning of it; default: all sessions"),
    levels: z.array(z.enum(LOG_LEVELS)).optional(),
    services: z.array(z.string().max(100)).max(10).optional(),
    trace_id: z.string().max(64).optional(),
    tool_use_id: z.string().max(200).optional().describe("only lines that ran under this tool call"),
    since: z.string().max(40).optional().describe("a day, a time, or a span such as 2h or 7d back"),
    until: z.string().max(40).optional(),
    limit: limitField(10),
    cursor: cursorField,
  },
  output: {
    total: z.int().nullable().describe("null: more than 10,000"),
    stopped_early: z.boolean(),
    ...pageOf({
      event_id: z.string().nullable(),
      session_id: z.string().nullable(),
      tool_use_id: z.string().nullable(),
      ts: z.string().nullable(),
      level: z.string(),
    }),
  },
  async run({ query, session_id, levels, services: names, trace_id, tool_use_id, since, until, limit, cursor }, call) {
    const { services } = call;
    if (cursor !== undefined && !CURSOR.test(cursor))
      throw refusal("usage", "cursor is none that this tool gave out: leave it away to start anew");
    const sessionId = session_id === undefined ? undefined : await sessionOf(call, session_id);
    const question = {
      ...(query !== undefined && query.trim() !== "" && { words: query }),
      ...(sessionId !== undefined && { sessionId }),
      ...(levels && { levels }),
      ...(names && { services: names }),
      ...(trace_id !== undefined && { traceId: trace_id }),
      ...(tool_use_id !== undefined && { toolUseId: tool_use_id }),
      ...(since !== undefined && { since: timeOf("since", since, services) }),
      ...(until !== undefined && { until: timeOf("until", until, services) }),
      ...(cursor !== undefined && { cursor: cursor.slice(1) }),
      budgetMs: BUDGET_MS,
    };
    const found = ask(services, (db) => findLogs(db, { ...question, limit }));
    const total = found.total === null ? "More than 10,000 log lines" : counted(found.total, "log line", "log lines");
    return {
      summary: `${total}, newest first.${found.stopped_early ? " The time was up before everything was looked at." : ""}`,
      fields: { total: found.total, stopped_early: found.stopped_early },
      items: found.rows.map(logItem),
      next(shown) {
        const next = shown === found.rows.length ? found.next : shown > 0 ? shorter(services, question, shown) : null;
        return next === null ? null : `l${next}`;
      },
    };
  },
});

function shorter(services: McpServices, question: Parameters<typeof findLogs>[1], limit: number): string | null {
  return ask(services, (db) => findLogs(db, { ...question, limit })).next;
}

function timeOf(which: "since" | "until", value: string, { clock, timeZone }: McpServices): number {
  if (!isTimeValue(value)) throw refusal("usage", `${which} is a day, a time, or a span such as 2h or 7d back`);
  return resolveTime(value, which, clock(), timeZone);
}

function logItem(row: LogRow): Item {
  const [eventId, sessionId, toolUseId] = [safeId(row.event_id), safeId(row.session_id), safeId(row.tool_use_id)];
  return {
    head: [
      shortTime(row.ts),
      row.level,
      sessionId === null ? "no session" : `session ${sessionId}`,
      ...(toolUseId === null ? [] : [`tool call ${toolUseId}`]),
      `event ${eventId ?? "?"}`,
    ].join(", "),
    row: { event_id: eventId, session_id: sessionId, tool_use_id: toolUseId, ts: row.ts, level: row.level },
    quote: {
      author: "log",
      trust: "record",
      verified: false,
      text: labelled({ from: [row.service, row.logger].filter(Boolean).join(" / "), line: row.message }),
      limit: 340,
    },
  };
}
