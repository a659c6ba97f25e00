/** @module /api/cost, /api/cost/series, /api/tools and /api/search. */
import { Hono } from "hono";
import type { CostGrouping } from "../../../model/answers.ts";
import type { ServerEnv } from "../env.ts";
import { choiceOf, filterOf, numberOf, optionalNumberOf, timeZoneOf } from "../parameters.ts";
import { type Questions, SEARCH_SORTS, SERIES_SPLITS, SERIES_UNITS } from "../questions.ts";

const GROUPINGS: readonly CostGrouping[] = [
  "model",
  "session",
  "day",
  "week",
  "month",
  "project",
  "workspace",
  "agent",
  "identity",
];

export function analysisRoutes(questions: Questions): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get("/cost", (c) =>
      c.json(questions.cost({ filter: filterOf(c), timeZone: timeZoneOf(c), by: choiceOf(c, "by", GROUPINGS, "day") })),
    )
    .get("/cost/series", (c) =>
      c.json(
        questions.costSeries({
          filter: filterOf(c),
          timeZone: timeZoneOf(c),
          unit: choiceOf(c, "unit", SERIES_UNITS, "day"),
          split: choiceOf(c, "split", SERIES_SPLITS, "model"),
        }),
      ),
    )
    .get("/tools", (c) => c.json(questions.tools({ filter: filterOf(c), timeZone: timeZoneOf(c) })))
    .get("/search", (c) => {
      const before = optionalNumberOf(c, "before");
      return c.json(
        questions.search({
          filter: filterOf(c, "search"),
          timeZone: timeZoneOf(c),
          limit: numberOf(c, "limit", 50, 1, 200),
          sort: choiceOf(c, "sort", SEARCH_SORTS, "newest"),
          ...(before === undefined ? {} : { before }),
        }),
      );
    });
}
