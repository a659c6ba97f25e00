/** @module The tool get_session: one session, part by part. */
import { z } from "zod";
import { getSession, type SessionDetail } from "../../../query/session-detail.ts";
import { sessionTimeline, type TimelineRow } from "../../../query/timeline.ts";
import { type SessionToolCall, sessionToolCalls } from "../../../query/tool-calls.ts";
import { type Answer, counted, type Item, labelled, recordOf } from "../answer.ts";
import { safeId, safeName, safeWord, shortTime } from "../safe-words.ts";
import type { McpServices } from "../services.ts";
import { sessionOf } from "../session-of.ts";
import { ask, cursorField, cursorNumber, limitField, pageOf, QUOTED, readTool, refusal } from "../tool.ts";
import { blockText } from "./timeline.ts";

const PARTS = ["overview", "turns", "tool_calls", "files"] as const;
/** What is said between people and agent, from the transcript or, where there is none, from hooks. */
const TURN_TYPES = ["user.prompt", "assistant.text", "hook.user-prompt-submit", "hook.stop"];

export const getSessionTool = readTool({
  name: "get_session",
  title: "One session",
  description:
    "One session by part. overview: title, outcome, figures, how it ended. turns: prompts and answers. tool_calls: what it ran and how that went. files: what it changed.",
  input: {
    session_id: z.string().max(200).optional().describe("or a beginning of it; default: the session of this call"),
    part: z.enum(PARTS).default("overview"),
    failed: z.boolean().default(false).describe("tool_calls: only those that did not succeed"),
    limit: limitField(15, 100),
    cursor: cursorField,
  },
  output: {
    session_id: z.string().nullable(),
    part: z.enum(PARTS),
    total: z.int().optional(),
    figures: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).optional(),
    models: z.array(z.string()).optional(),
    quote: z.object(QUOTED).optional(),
    rows: pageOf({
      event_id: z.string().nullable().optional(),
      ts: z.string().nullable().optional(),
      type: z.string().optional(),
      status: z.string().optional(),
      duration_ms: z.number().nullable().optional(),
      child_session_id: z.string().nullable().optional(),
    }).rows.optional(),
    next_cursor: z.string().nullable().optional(),
  },
  async run({ session_id, part, failed, limit, cursor }, call) {
    const { services } = call;
    const sessionId = await sessionOf(call, session_id);
    const answer = (): Answer => {
      switch (part) {
        case "turns":
          return turns(services, sessionId, limit, cursorNumber(cursor, "t"));
        case "tool_calls":
          return toolCalls(services, { sessionId, limit, failed, offset: cursorNumber(cursor, "c") ?? 0 });
        default: {
          const detail = ask(services, (db) => getSession(db, { sessionId, now: services.clock() }));
          if (!detail) throw refusal("not_found", "there is no such session");
          return part === "files" ? files(detail, limit, cursorNumber(cursor, "f") ?? 0) : overview(detail);
        }
      }
    };
    return recordOf(sessionId, answer());
  },
});

function overview({ session, outcome, counts, children }: SessionDetail): Answer {
  const id = safeId(session.session_id);
  const texts = (items: readonly { readonly text: string }[] | undefined): string | null =>
    items && items.length > 0 ? items.map(({ text }) => text).join("; ") : null;
  const figures = {
    status: session.status,
    started_at: session.started_at,
    ended_at: session.ended_at,
    duration_s: session.duration_s,
    prompts: session.prompts,
    responses: session.responses,
    tool_calls: session.tool_calls,
    tool_failures: session.tool_failures,
    subagents: children.length,
    input_tokens: session.input_tokens,
    output_tokens: session.output_tokens,
    cache_creation_input_tokens: session.cache_creation_input_tokens,
    cache_read_input_tokens: session.cache_read_input_tokens,
    cost_usd: session.cost_usd,
    cost_usd_inclusive: session.cost_usd_inclusive,
    compactions: counts.compactions,
    files_changed: outcome?.files_changed ?? 0,
    commits_made: outcome?.commits_made ?? 0,
    is_subagent: session.parent_session_id !== null,
    source_missing: session.source_missing,
  };
  const told = Object.entries(figures).filter(([, value]) => value !== null && value !== 0 && value !== false);
  const models = session.models.flatMap((model) => safeName(model) ?? []);
  return {
    summary: `Session ${id ?? "?"}, ${session.status}.`,
    details: `${told.map(([name, value]) => `${name} ${value}`).join(", ")}; models ${models.join(", ") || "none"}.`,
    fields: { session_id: id, part: "overview", figures, models },
    quote: {
      author: session.identity,
      trust: "record",
      verified: true,
      limit: 1200,
      text: labelled({
        title: session.title,
        project: session.project,
        workspace: session.workspace,
        branch: session.git_branch,
        about: session.agent_description,
        result: session.agent_result,
        summary: outcome?.summary?.text,
        tasks_completed: texts(outcome?.tasks_completed),
        decisions: texts(outcome?.decisions),
        learnings: texts(outcome?.learnings),
        commits: texts(outcome?.commits),
      }),
    },
  };
}

function turns(services: McpServices, sessionId: string, limit: number, after: number | null): Answer {
  const page = ask(services, (db) =>
    sessionTimeline(db, { sessionId, types: TURN_TYPES, limit, ...(after !== null && { afterId: after }) }),
  );
  return {
    summary: `Session ${safeId(sessionId) ?? "?"}: prompts and answers, oldest first.`,
    fields: { session_id: safeId(sessionId), part: "turns" },
    items: page.rows.map(turnItem),
    next(shown) {
      const last = page.rows.slice(0, shown).findLast((row) => !row.is_live);
      return last && (shown < page.rows.length || page.has_after) ? `t${last.id}` : null;
    },
  };
}

function turnItem(row: TimelineRow): Item {
  const [eventId, type] = [safeId(row.event_id), row.role === "user" ? "prompt" : safeWord(row.role)];
  return {
    head: `${type}, ${shortTime(row.ts)}, event ${eventId ?? "?"}`,
    row: { event_id: eventId, ts: row.ts, type },
    quote: {
      author: "session",
      trust: "record",
      verified: false,
      text: row.blocks.map(blockText).join("\n"),
      limit: 400,
    },
  };
}

function toolCalls(
  services: McpServices,
  question: {
    readonly sessionId: string;
    readonly limit: number;
    readonly offset: number;
    readonly failed: boolean;
  },
): Answer {
  const { rows, total } = ask(services, (db) => sessionToolCalls(db, question));
  const { sessionId, offset, failed } = question;
  return {
    summary: `Session ${safeId(sessionId) ?? "?"}: ${counted(total, "tool call", "tool calls")}${failed ? " that did not succeed" : ""}, oldest first.`,
    fields: { session_id: safeId(sessionId), part: "tool_calls", total },
    items: rows.map(toolCallItem),
    next: (shown) => (shown > 0 && offset + shown < total ? `c${offset + shown}` : null),
  };
}

function toolCallItem(row: SessionToolCall): Item {
  const [eventId, status] = [safeId(row.call_event_id), safeWord(row.status)];
  return {
    head: `${status}, ${shortTime(row.started_at)}${row.duration_ms === null ? "" : `, ${row.duration_ms} ms`}, event ${eventId ?? "?"}`,
    row: {
      event_id: eventId,
      ts: row.started_at,
      status,
      duration_ms: row.duration_ms,
      child_session_id: safeId(row.child_session_id),
    },
    quote: {
      author: "session",
      trust: "record",
      verified: false,
      text: labelled({
        called: row.mcp_server === null ? row.tool : `${row.mcp_server}/${row.tool ?? "?"}`,
        input: row.summary,
        error: row.error,
      }),
      limit: 300,
    },
  };
}

function files({ session, outcome }: SessionDetail, limit: number, offset: number): Answer {
  const all = outcome?.files ?? [];
  const page = all.slice(offset, offset + limit);
  const id = safeId(session.session_id);
  return {
    summary: `Session ${id ?? "?"}: ${counted(all.length, "file", "files")} changed.`,
    fields: { session_id: id, part: "files", total: all.length },
    items: page.map(({ text, source }) => ({
      head: source,
      row: { type: source },
      quote: { author: "session", trust: "record", verified: false, text: labelled({ file: text }), limit: 300 },
    })),
    next: (shown) => (shown > 0 && offset + shown < all.length ? `f${offset + shown}` : null),
  };
}
