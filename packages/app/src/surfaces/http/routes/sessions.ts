/** @module /api/sessions…: lists, what is going on, facets, one session with its timeline, spans and tree. */
import { type Context, Hono } from "hono";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";
import { choiceOf, filterOf, idOf, numberOf, optionalNumberOf, timeZoneOf } from "../parameters.ts";
import { type Questions, SESSION_SORTS, TIMELINE_VIEWS, VIEW_TYPES } from "../questions.ts";

const MOST_ROWS = 500;
const MOST_TIMELINE_ROWS = 300;

export function sessionRoutes(questions: Questions): Hono<ServerEnv> {
  const idOfPath = (c: Context) => idOf(c.req.param("id"), "id");
  const notFound = (c: Context) => failure(c, 404, "not_found", "no session has this id");
  return new Hono<ServerEnv>()
    .get("/sessions", (c) =>
      c.json(
        questions.sessions({
          filter: filterOf(c),
          timeZone: timeZoneOf(c),
          limit: numberOf(c, "limit", 100, 0, MOST_ROWS),
          offset: numberOf(c, "offset", 0, 0, 10_000_000),
          sort: choiceOf(c, "sort", SESSION_SORTS, "newest"),
        }),
      ),
    )
    .get("/active", (c) =>
      c.json(
        questions.active({
          filter: filterOf(c),
          timeZone: timeZoneOf(c),
          limit: numberOf(c, "limit", 50, 0, MOST_ROWS),
        }),
      ),
    )
    .get("/facets", (c) => c.json(questions.facets({ filter: filterOf(c), timeZone: timeZoneOf(c) })))
    .get("/sessions/:id", (c) => {
      const session = questions.session(idOfPath(c));
      return session ? c.json(session) : notFound(c);
    })
    .get("/sessions/:id/timeline", (c) => {
      const after = optionalNumberOf(c, "after");
      const before = optionalNumberOf(c, "before");
      const around = c.req.query("around");
      const types = VIEW_TYPES[choiceOf(c, "view", TIMELINE_VIEWS, "all")];
      return c.json(
        questions.timeline({
          sessionId: idOfPath(c),
          limit: numberOf(c, "limit", 100, 1, MOST_TIMELINE_ROWS),
          ...(types === undefined ? {} : { types }),
          ...(after === undefined ? {} : { afterId: after }),
          ...(before === undefined ? {} : { beforeId: before }),
          ...(around === undefined ? {} : { aroundEventId: idOf(around, "around") }),
        }),
      );
    })
    .get("/sessions/:id/spans", (c) => c.json(questions.spans(idOfPath(c))))
    .get("/sessions/:id/tree", (c) => {
      const tree = questions.tree(idOfPath(c));
      return tree ? c.json(tree) : notFound(c);
    });
}
