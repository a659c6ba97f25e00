/** @module POST to /api/entries…, /api/inbox…, /api/messages…: what the person who is signed in writes down and changes. */
import { type Context, Hono } from "hono";
import { ClewError } from "../../../base/error.ts";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";
import { type BodyFields, bodyOf, guardRequest, limitBody } from "../json-body.ts";
import { BadParameter, idOf } from "../parameters.ts";
import { entryAnswer, threadAnswer } from "../shared-answers.ts";
import type { SharedQuestions } from "../shared-questions.ts";
import type { EntryEdit, MessageMark, NewEntry, SharedWriter } from "../shared-writer.ts";

export interface SharedChangesOptions {
  readonly questions: SharedQuestions;
  readonly writer: SharedWriter;
}

type Handler = (body: BodyFields, c: Context<ServerEnv>) => Promise<Response>;

export function sharedChangeRoutes({ questions, writer }: SharedChangesOptions): Hono<ServerEnv> {
  const entryNow = (id: string) => {
    const entry = questions.entry(id);
    return entry && entryAnswer(entry, writer);
  };
  const threadNow = (id: string) => {
    const thread = questions.thread(id);
    return thread && threadAnswer(thread, writer);
  };
  const routes = new Hono<ServerEnv>();
  const post = (path: string, handle: Handler): void => {
    routes.post(path, guardRequest, limitBody, async (c) => {
      try {
        return await handle(await bodyOf(c), c);
      } catch (error) {
        if (error instanceof ClewError && error.code === "usage") return failure(c, 400, "usage", error.message);
        if (error instanceof ClewError && error.code === "not_found")
          return failure(c, 404, "not_found", error.message);
        throw error;
      }
    });
  };
  const idIn = (c: Context<ServerEnv>): string => idOf(c.req.param("id"), "id");

  post("/entries", async (body, c) => {
    const written = await writer.addEntry(newEntryOf(body));
    return c.json({ ...written, entry: entryNow(written.entry_id) }, 201);
  });
  post("/entries/:id", async (body, c) => {
    const id = idIn(c);
    const written = await writer.editEntry(id, entryEditOf(body));
    return c.json({ ...written, entry: entryNow(id) });
  });
  post("/entries/:id/approval", async (body, c) => {
    const id = idIn(c);
    const entry = entryNow(id);
    if (!entry) return failure(c, 404, "not_found", "no entry has this id");
    const hash = body.requiredText("content_hash");
    if (hash !== entry.content_hash) return c.json({ ...CHANGED, entry }, 409);
    const written = await writer.approve("entry", id, hash, body.flag("approved") ?? true);
    return c.json({ ...written, entry: entryNow(id) });
  });
  post("/messages", async (body, c) => {
    const [to, reply_to] = [body.text("to"), body.text("reply_to")];
    const written = await writer.send({
      text: body.requiredText("text"),
      ...(to !== undefined && { to }),
      ...(reply_to !== undefined && { reply_to }),
    });
    return c.json({ ...written, thread: threadNow(written.thread_id) }, 201);
  });
  post("/messages/:id/mark", async (body, c) => {
    const mark = body.requiredText("mark");
    if (!isMark(mark)) throw new BadParameter("mark must be read or acknowledged");
    return c.json(await writer.markMessage(idIn(c), mark));
  });
  post("/messages/:id/approval", async (body, c) => {
    const id = idIn(c);
    const threadId = body.requiredText("thread_id");
    const thread = threadNow(threadId);
    const found = thread?.messages.find(({ message }) => message.message_id === id);
    if (!found) return failure(c, 404, "not_found", "no message of this thread has this id");
    const hash = body.requiredText("content_hash");
    if (hash !== found.content_hash) return c.json({ ...CHANGED, thread }, 409);
    const written = await writer.approve("message", id, hash, body.flag("approved") ?? true);
    return c.json({ ...written, thread: threadNow(threadId) });
  });
  post("/inbox/seen", async (body, c) => {
    // Never further than there is anything: what comes later would be hidden.
    const upTo = Math.min(body.number("up_to"), questions.inbox({ all: false }).up_to);
    await writer.seeInbox(upTo);
    return c.json({ up_to: upTo });
  });
  return routes;
}

const CHANGED = {
  error: { code: "changed", message: "this was changed meanwhile: look at it again as it stands now" },
} as const;

const isMark = (text: string): text is MessageMark => text === "read" || text === "acknowledged";

/** Without what is not there. */
function given<Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function newEntryOf(body: BodyFields): NewEntry {
  return {
    category: body.requiredText("category"),
    title: body.requiredText("title"),
    ...given({
      body: body.text("body"),
      status: body.text("status"),
      tags: body.texts("tags"),
      links: body.texts("links"),
      assignee: body.text("assignee"),
      session_id: body.text("session_id"),
      project_id: body.text("project_id"),
    }),
  };
}

function entryEditOf(body: BodyFields): EntryEdit {
  return {
    seen: body.number("seen"),
    ...given({
      category: body.text("category"),
      status: body.text("status"),
      title: body.text("title"),
      body: body.text("body"),
      assignee: body.textOrNull("assignee"),
      add_tags: body.texts("add_tags"),
      remove_tags: body.texts("remove_tags"),
      note: body.text("note"),
      deleted: body.flag("deleted"),
    }),
  };
}
