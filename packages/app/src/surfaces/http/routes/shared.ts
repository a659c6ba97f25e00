/** @module /api/entries…, /api/inbox…, /api/messages…: reading them. routes/shared-changes.ts changes them. */
import { Hono } from "hono";
import { ENTRY_CATEGORIES, ENTRY_STATUSES } from "../../../model/entry.ts";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";
import { choiceOf, idOf, listOf, numberOf } from "../parameters.ts";
import { entryAnswer, threadAnswer } from "../shared-answers.ts";
import type { SharedQuestions } from "../shared-questions.ts";
import type { SharedWriter } from "../shared-writer.ts";

const MOST_ROWS = 200;
const LONGEST_TEXT = 2_000;

export interface SharedRoutesOptions {
  readonly questions: SharedQuestions;
  /** Absent: nothing can be written from here. */
  readonly writer?: SharedWriter | undefined;
}

export function sharedRoutes({ questions, writer }: SharedRoutesOptions): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get("/entries", (c) => {
      const session = c.req.query("session");
      return c.json(
        questions.entries({
          text: idOf(c.req.query("q") || " ", "q", LONGEST_TEXT),
          chosen: {
            status: listOf(c, "status", ENTRY_STATUSES),
            category: listOf(c, "category", ENTRY_CATEGORIES),
            project: listOf(c, "project"),
            assignee: listOf(c, "assignee"),
            tag: listOf(c, "tag"),
          },
          isMine: choiceOf(c, "mine", ["0", "1"], "0") === "1",
          sessionId: session ? idOf(session, "session") : null,
          limit: numberOf(c, "limit", 100, 0, MOST_ROWS),
          offset: numberOf(c, "offset", 0, 0, 1_000_000),
        }),
      );
    })
    .get("/entries/:id", (c) => {
      const entry = questions.entry(idOf(c.req.param("id"), "id"));
      return entry ? c.json(entryAnswer(entry, writer)) : failure(c, 404, "not_found", "no entry has this id");
    })
    .get("/inbox", (c) => c.json(questions.inbox({ all: choiceOf(c, "all", ["0", "1"], "0") === "1" })))
    .get("/inbox/count", (c) => c.json(questions.inboxCount()))
    .get("/messages", (c) => c.json(questions.threads({ limit: numberOf(c, "limit", 100, 1, MOST_ROWS) })))
    .get("/messages/:id", (c) => {
      const thread = questions.thread(idOf(c.req.param("id"), "id"));
      return thread ? c.json(threadAnswer(thread, writer)) : failure(c, 404, "not_found", "no thread has this id");
    })
    .get("/people", (c) => c.json({ ...questions.people(), can_write: writer !== undefined }));
}
