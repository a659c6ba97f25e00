/** @module /api/logs…, /api/find/:id and a session's calls and interleaved timeline: from a log line to its cause and back. */
import { type Context, Hono } from "hono";
import { LOG_LEVELS } from "../../../model/telemetry.ts";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";
import { BadParameter, choiceOf, idOf, numberOf } from "../parameters.ts";
import { CORRELATED_SOURCES, LOG_JOINS, type Questions } from "../questions.ts";

const MOST_ROWS = 500;
const MOST_AROUND = 250;
const MOST_TIMELINE_ROWS = 300;
const LONGEST_WORDS = 2_000;
const LONGEST_CURSOR = 700;
/** A call's id holds a provider's, which may be as long as a session's and more. */
const LONGEST_CALL_ID = 1_000;
/** Values of one choice; nobody ticks more. */
const MOST_VALUES = 50;
const ORDERS = ["newest", "oldest"] as const;

export function logRoutes(questions: Questions): Hono<ServerEnv> {
  const idOfPath = (c: Context) => idOf(c.req.param("id"), "id");
  return new Hono<ServerEnv>()
    .get("/logs", (c) => {
      const words = textOf(c, "words", LONGEST_WORDS);
      const sessionId = textOf(c, "session");
      const traceId = textOf(c, "trace");
      const toolUseId = textOf(c, "tool");
      const cursor = textOf(c, "cursor", LONGEST_CURSOR);
      if (cursor !== undefined && !/^-?\d{1,16}\.\d{1,16}$/u.test(cursor))
        throw new BadParameter("cursor is not one of ours");
      return c.json(
        questions.logs({
          ...(words !== undefined && { words }),
          ...(sessionId !== undefined && { sessionId, alone: isSet(c, "alone") }),
          ...(traceId !== undefined && { traceId }),
          ...(toolUseId !== undefined && { toolUseId }),
          ...(cursor !== undefined && { cursor }),
          ...someOf(c, "level", "levels", LOG_LEVELS),
          ...someOf(c, "joined", "joined", LOG_JOINS),
          ...someOf(c, "service", "services"),
          ...someOf(c, "logger", "loggers"),
          ...momentOf(c, "since"),
          ...momentOf(c, "until"),
          order: choiceOf(c, "order", ORDERS, "newest"),
          limit: numberOf(c, "limit", 100, 1, MOST_ROWS),
        }),
      );
    })
    .get("/logs/:event/context", (c) => {
      const context = questions.logContext({
        eventId: idOf(c.req.param("event"), "event"),
        before: numberOf(c, "before", 10, 0, MOST_AROUND),
        after: numberOf(c, "after", 10, 0, MOST_AROUND),
      });
      return context ? c.json(context) : failure(c, 404, "not_found", "no log line has this id");
    })
    .get("/sessions/:id/correlated", (c) => {
      const around = textOf(c, "around");
      const after = correlatedCursor(c, questions, "after");
      const before = c.req.query("before") === "end" ? "" : correlatedCursor(c, questions, "before");
      return c.json(
        questions.correlated({
          sessionId: idOfPath(c),
          alone: isSet(c, "alone"),
          limit: numberOf(c, "limit", 100, 1, MOST_TIMELINE_ROWS),
          ...someOf(c, "source", "sources", CORRELATED_SOURCES),
          ...someOf(c, "level", "levels", LOG_LEVELS),
          ...someOf(c, "service", "services"),
          ...(after !== undefined && { after }),
          ...(before !== undefined && { before }),
          ...(around !== undefined && { aroundEventId: around }),
        }),
      );
    })
    .get("/sessions/:id/calls", (c) =>
      c.json(
        questions.calls({
          sessionId: idOfPath(c),
          alone: isSet(c, "alone"),
          limit: numberOf(c, "limit", 1_000, 1, 5_000),
        }),
      ),
    )
    .get("/calls/:id", (c) => {
      const detail = questions.call(idOf(c.req.param("id"), "id", LONGEST_CALL_ID));
      return detail ? c.json(detail) : failure(c, 404, "not_found", "no call of a model has this id");
    })
    .get("/find/:id", (c) => c.json({ rows: questions.find(idOfPath(c)) }));
}

/** Text of sane length; undefined when absent or empty. */
function textOf(c: Context, name: string, longest = 600): string | undefined {
  const text = c.req.query(name);
  if (text === undefined || text === "") return undefined;
  if (text.length > longest) throw new BadParameter(`${name} is longer than ${longest} characters`);
  return text;
}

const isSet = (c: Context, name: string): boolean => ["1", "true"].includes(c.req.query(name) ?? "");

/** Several values with commas, or the parameter several times; of a fixed list where there is one. */
function someOf<Key extends string, Value extends string>(
  c: Context,
  name: string,
  key: Key,
  choices?: readonly Value[],
): Partial<Record<Key, readonly Value[]>> {
  const given = c.req.queries(name) ?? [];
  const values = (given.length === 1 ? given[0]!.split(",") : given).filter((value) => value !== "");
  if (values.length === 0) return {};
  if (values.length > MOST_VALUES || values.some((value) => value.length > 600))
    throw new BadParameter(`${name} has too many or too long values`);
  if (choices && !values.every((value) => choices.includes(value as Value)))
    throw new BadParameter(`${name} must be some of ${choices.join(", ")}`);
  return { [key]: values } as unknown as Record<Key, readonly Value[]>;
}

/** A moment, ISO 8601, as milliseconds. */
function momentOf<Name extends "since" | "until">(c: Context, name: Name): Partial<Record<Name, number>> {
  const text = textOf(c, name, 40);
  if (text === undefined) return {};
  const time = /^\d{4}-\d{2}-\d{2}/u.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new BadParameter(`${name} must be a moment such as 2026-07-01T09:00:00Z`);
  return { [name]: time } as Record<Name, number>;
}

function correlatedCursor(c: Context, questions: Questions, name: "after" | "before"): string | undefined {
  const text = textOf(c, name, LONGEST_CURSOR);
  if (text !== undefined && !questions.isCorrelatedCursor(text))
    throw new BadParameter(`${name} is not one of our cursors`);
  return text;
}
