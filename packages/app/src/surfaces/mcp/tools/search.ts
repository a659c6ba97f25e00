/** @module The tool search: full text of everything that was said and done. */
import { z } from "zod";
import { UNCORRELATED_SESSION } from "../../../base/ids.ts";
import type { SearchRow } from "../../../model/answers.ts";
import { changedEvent } from "../../../query/changed-event.ts";
import { memoryKey } from "../../../query/memory-key.ts";
import { searchEvents } from "../../../query/search.ts";
import { counted, type Item, labelled } from "../answer.ts";
import { safeId, safeWord, shortTime } from "../safe-words.ts";
import type { ToolCall } from "../services.ts";
import { asSpeaker } from "../speaker.ts";
import { ask, cursorField, cursorNumber, limitField, pageOf, readTool, refusal } from "../tool.ts";
import { ownIdentities, trustOf } from "../trust.ts";
import { filterOf } from "./session-list.ts";

/** An agent waits for the answer: half of the time that people are given. Milliseconds. */
const BUDGET_MS = 1000;

export const searchTool = readTool({
  name: "search",
  title: "Search what was said and done",
  description:
    'Finds words in prompts, answers, tool calls, their results and logs of all recorded sessions, newest first. All words must stand in one record; "exact phrase", word*, -word and filters such as project:web since:30d narrow it. get_timeline with event_id shows a hit in its place.',
  input: {
    query: z.string().min(1).max(500),
    types: z
      .array(z.string().max(48))
      .max(10)
      .optional()
      .describe("kinds of events, e.g. user.prompt, assistant.text, tool.*"),
    sort: z.enum(["newest", "relevance"]).default("newest"),
    limit: limitField(8),
    cursor: cursorField,
  },
  output: {
    total: z.int(),
    total_is_lower_bound: z.boolean(),
    stopped_early: z.boolean(),
    ...pageOf({
      session_id: z.string().nullable(),
      event_id: z.string().nullable(),
      ts: z.string().nullable(),
      kind: z.string(),
      target: z.string().optional(),
      subject: z.string().nullable().optional().describe("id of what was changed"),
      category: z.string().optional(),
      status: z.string().optional(),
    }),
  },
  async run({ query, types, sort, limit, cursor }, call) {
    const { services } = call;
    const { clock, timeZone } = services;
    const filter = filterOf(query, "search");
    if (filter.words.every((word) => word.negated))
      throw refusal("usage", "query needs a word to find: search_sessions lists sessions by a filter alone");
    const before = cursorNumber(cursor, "e");
    const found = ask(services, (db) =>
      searchEvents(db, {
        filter,
        now: clock(),
        timeZone,
        limit,
        sort,
        budgetMs: BUDGET_MS,
        ...(types && { types }),
        ...(before !== null && { before }),
      }),
    );
    const { rows, total, total_is_lower_bound, stopped_early } = found;
    const own = rows.some(({ subject }) => subject !== undefined) ? await ownOf(call) : new Set<string>();
    const hits = `${total_is_lower_bound ? "At least " : ""}${counted(total, "hit", "hits")}`;
    const early = stopped_early ? " The time was up before everything was looked at: add words or a filter." : "";
    return {
      summary: `${hits}${rows.length === 0 ? "" : sort === "newest" ? ", newest first" : ", best of the newest first"}.${early}`,
      fields: { total, total_is_lower_bound, stopped_early },
      items: rows.map((row) => (row.subject === undefined ? hitItem(row) : changeItem(row, row.subject, own))),
      next(shown) {
        const last = rows[shown - 1];
        if (!last || sort === "relevance" || (shown === rows.length && found.next_before === null)) return null;
        const id = services.ask((db) => changedEvent(db, last.event_id)?.id);
        return id === null || id === undefined ? null : `e${id}`;
      },
    };
  },
});

function ownOf(call: ToolCall): Promise<ReadonlySet<string>> {
  return asSpeaker(
    call,
    ({ authoring, author }) => authoring.read((db) => ownIdentities(db, author)) ?? new Set<string>(),
  );
}

function sessionOf({ session_id }: SearchRow): string | null {
  return session_id === UNCORRELATED_SESSION ? null : safeId(session_id);
}

/** A change of something that is shared: its words are of those who have written in it. */
function changeItem(row: SearchRow, subject: string, own: ReadonlySet<string>): Item {
  const { target, category, status, subject_title, author = "unknown", authors = [], tainted = true } = row;
  const id = target === "memory" ? memoryKey(subject) : safeId(subject);
  const [sessionId, eventId, kind] = [sessionOf(row), safeId(row.event_id), safeWord(row.kind)];
  const about = [target, category, status].filter((word) => word !== null && word !== undefined).map(safeWord);
  return {
    head: `${kind} of ${id ?? "?"}, ${about.join(", ")}, ${shortTime(row.ts)}, event ${eventId ?? "?"}`,
    row: {
      session_id: sessionId,
      event_id: eventId,
      ts: row.ts,
      kind,
      target: safeWord(target),
      subject: id,
      ...(category && { category: safeWord(category) }),
      ...(status && { status: safeWord(status) }),
    },
    quote: {
      author,
      trust: trustOf(tainted, authors, own),
      verified: true,
      text: labelled({ title: subject_title, hit: row.snippet }),
      limit: 340,
    },
  };
}

function hitItem(row: SearchRow): Item {
  const [sessionId, eventId, kind] = [sessionOf(row), safeId(row.event_id), safeWord(row.kind)];
  return {
    head: `${kind}, ${shortTime(row.ts)}, ${row.session_id === UNCORRELATED_SESSION ? "no session" : `session ${sessionId ?? "?"}`}, event ${eventId ?? "?"}`,
    row: { session_id: sessionId, event_id: eventId, ts: row.ts, kind },
    quote: {
      author: "session",
      trust: "record",
      session: row.session_id,
      verified: false,
      text: labelled({ session: [row.session_title, row.project].filter(Boolean).join(" / "), hit: row.snippet }),
      limit: 340,
    },
  };
}
