/** @module The tool get_timeline: what happened in a session and below it, in the order of time. */
import { z } from "zod";
import type { Block } from "../../../model/present.ts";
import { LOG_LEVELS } from "../../../model/telemetry.ts";
import { changedEvent } from "../../../query/changed-event.ts";
import { CORRELATED_SOURCES, type CorrelatedRow } from "../../../query/correlated-row.ts";
import { correlatedTimeline } from "../../../query/correlated-timeline.ts";
import { timelineEvent } from "../../../query/timeline.ts";
import { type Answer, counted, type Item } from "../answer.ts";
import { safeId, safeWord, shortTime } from "../safe-words.ts";
import type { ToolCall } from "../services.ts";
import { sessionOf } from "../session-of.ts";
import { ask, cursorField, limitField, pageOf, readTool, refusal } from "../tool.ts";

export const timelineTool = readTool({
  name: "get_timeline",
  title: "What happened, in order",
  description:
    "Prompts, answers, tool calls, calls of models, log lines and spans of a session and its subagents, by time. With event_id: what stands around that event; with full too: everything that one event says.",
  input: {
    session_id: z.string().max(200).optional().describe("or a beginning of it; default: the session of this call"),
    event_id: z.string().max(200).optional(),
    full: z.boolean().default(false).describe("the whole text of event_id, as far as max_tokens goes"),
    sources: z.array(z.enum(CORRELATED_SOURCES)).optional(),
    levels: z.array(z.enum(LOG_LEVELS)).optional().describe("only log lines of these levels"),
    from_end: z.boolean().default(false).describe("the last rows instead of the first"),
    limit: limitField(15),
    cursor: cursorField,
  },
  output: {
    session_id: z.string().nullable(),
    ...pageOf({
      event_id: z.string().nullable(),
      session_id: z.string().nullable(),
      ts: z.string().nullable(),
      source: z.string(),
      type: z.string(),
      status: z.string().nullable(),
      duration_ms: z.number().nullable(),
    }),
  },
  async run({ session_id, event_id, full, sources, levels, from_end, limit, cursor }, call) {
    const { services } = call;
    const at = event_id === undefined ? null : ask(services, (db) => changedEvent(db, event_id));
    if (event_id !== undefined && !at) throw refusal("not_found", "there is no such event");
    if (full && !at) throw refusal("usage", "full needs event_id");
    if (full) return wholeEvent(call, event_id!, at!.session_id);
    const sessionId = at && session_id === undefined ? at.session_id : await sessionOf(call, session_id);
    const chosen = { sessionId, ...(sources && { sources }), ...(levels && { levels }) };
    const start =
      startOf(cursor) ?? (event_id !== undefined ? { aroundEventId: event_id } : from_end ? { before: "" } : {});
    const page = (most: number) => ask(services, (db) => correlatedTimeline(db, { ...chosen, ...start, limit: most }));
    const whole = page(limit);
    // What does not fit is left away at the end: that has to be what is farther away.
    const goesBack = "before" in start;
    const rows = goesBack ? whole.rows.toReversed() : whole.rows;
    const order = goesBack ? "newest" : "oldest";
    return {
      summary: `Session ${safeId(sessionId) ?? "?"}: ${counted(rows.length, "row", "rows")}, ${order} first.`,
      fields: { session_id: safeId(sessionId) },
      items: rows.map(timelineItem),
      next(shown) {
        const isAll = shown === rows.length;
        if (goesBack) {
          const before = isAll && !whole.has_before ? null : (isAll ? whole : page(shown)).first_cursor;
          return before ? `b${before}` : null;
        }
        if (isAll) return whole.has_after && whole.last_cursor ? `a${whole.last_cursor}` : null;
        // Around an event a shorter page stands elsewhere.
        if ("aroundEventId" in start) return null;
        const cut = page(shown).last_cursor;
        return cut ? `a${cut}` : null;
      },
    };
  },
});

function startOf(cursor: string | undefined): { readonly after: string } | { readonly before: string } | null {
  if (cursor === undefined) return null;
  const rest = cursor.slice(1);
  if (cursor.startsWith("a") && rest !== "") return { after: rest };
  if (cursor.startsWith("b") && rest !== "") return { before: rest };
  throw refusal("usage", "cursor is none that this tool gave out: leave it away to start anew");
}

function timelineItem(row: CorrelatedRow): Item {
  const [eventId, sessionId, type] = [safeId(row.event_id), safeId(row.session_id), safeWord(row.type)];
  const status = row.status === null ? null : safeWord(row.status);
  return {
    head: [
      shortTime(row.ts),
      type,
      ...(status === null ? [] : [status]),
      ...(row.level === null ? [] : [row.level]),
      ...(row.duration_ms === null ? [] : [`${Math.round(row.duration_ms)} ms`]),
      ...(eventId === null ? [] : [`event ${eventId}`]),
    ].join(", "),
    row: {
      event_id: eventId,
      session_id: sessionId,
      ts: row.ts,
      source: row.source,
      type,
      status,
      duration_ms: row.duration_ms,
    },
    quote: {
      author: "session",
      trust: "record",
      // What a program printed may be anybody's words, whatever its session has read.
      ...(row.source !== "log" && { session: row.session_id }),
      verified: false,
      text: row.text,
      limit: 300,
    },
  };
}

function wholeEvent({ services, maxTokens }: ToolCall, eventId: string, sessionId: string): Answer {
  const event = ask(services, (db) => timelineEvent(db, eventId));
  if (!event) throw refusal("not_found", "there is no such event");
  const [id, type] = [safeId(event.event_id), safeWord(event.type)];
  const row = {
    event_id: id,
    session_id: safeId(sessionId),
    ts: event.ts,
    source: "transcript",
    type,
    status: null,
    duration_ms: null,
  };
  const text = event.blocks.map(blockText).join("\n\n");
  return {
    summary: `Event ${id ?? "?"} in full.`,
    fields: { session_id: safeId(sessionId) },
    items: [
      {
        head: `${shortTime(event.ts)}, ${type}, session ${safeId(sessionId) ?? "?"}`,
        row,
        quote: { author: "session", trust: "record", session: sessionId, verified: false, text, limit: maxTokens * 4 },
      },
    ],
  };
}

/** What a block says, without its form. */
export function blockText(block: Block): string {
  switch (block.kind) {
    case "tool_call":
      return `${block.name} ${JSON.stringify(block.input)}`;
    case "attachment":
    case "notice":
      return `${block.label}: ${block.text}`;
    default:
      return block.text;
  }
}
