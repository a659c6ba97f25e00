/** @module /api/memory… and /api/graph…: the agents' memory files with their versions, and what is known. They read only. */
import { type Context, Hono } from "hono";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";
import type { MemoryQuestions } from "../memory-questions.ts";
import { BadParameter, idOf, numberOf } from "../parameters.ts";

const LONGEST_WORDS = 2_000;
/** As long as the key of a memory file can be. */
const LONGEST_KEY = 400;
const LONGEST_TYPE = 400;
const MOST_FILES = 200;
const MOST_ENTITIES = 500;
const MOST_NODES = 60;
const MOST_DEPTH = 3;

export function memoryRoutes(questions: MemoryQuestions): Hono<ServerEnv> {
  const idOfPath = (c: Context) => idOf(c.req.param("id"), "id", LONGEST_KEY);
  const noFile = (c: Context) => failure(c, 404, "not_found", "no memory file has this id");
  const noEntity = (c: Context) => failure(c, 404, "not_found", "no entity has this id");
  return new Hono<ServerEnv>()
    .get("/memory/files", (c) => c.json(questions.files()))
    .get("/memory/search", (c) =>
      c.json(
        questions.search({
          words: textOf(c, "q", LONGEST_WORDS) ?? "",
          files: numberOf(c, "limit", 50, 1, MOST_FILES),
        }),
      ),
    )
    .get("/memory/files/:id", (c) => {
      const file = questions.file(idOfPath(c));
      return file ? c.json(file) : noFile(c);
    })
    .get("/memory/files/:id/text", (c) => {
      const version = idOf(c.req.query("version"), "version", LONGEST_KEY);
      const text = questions.text({ id: idOfPath(c), version });
      return text ? c.json(text) : failure(c, 404, "not_found", "the file has no such version");
    })
    .get("/graph/entities", (c) =>
      c.json(
        questions.entities({
          words: textOf(c, "q", LONGEST_WORDS) ?? "",
          type: typeOf(c),
          limit: numberOf(c, "limit", 200, 1, MOST_ENTITIES),
        }),
      ),
    )
    .get("/graph/entities/:id", (c) => {
      const entity = questions.entity(idOfPath(c));
      return entity ? c.json(entity) : noEntity(c);
    })
    .get("/graph/entities/:id/around", (c) => {
      const around = questions.around({ id: idOfPath(c), ...reachOf(c) });
      return around ? c.json(around) : noEntity(c);
    })
    .get("/graph/around", (c) => c.json(questions.around({ id: null, ...reachOf(c) })));
}

/** "-": those that have none. */
function typeOf(c: Context): string | undefined {
  const type = textOf(c, "type", LONGEST_TYPE);
  return type === "-" ? "" : type === "" ? undefined : type;
}

function reachOf(c: Context) {
  return { depth: numberOf(c, "depth", 1, 1, MOST_DEPTH), limit: numberOf(c, "limit", MOST_NODES, 1, MOST_NODES) };
}

/** Text of sane length; undefined when absent. */
function textOf(c: Context, name: string, longest: number): string | undefined {
  const text = c.req.query(name);
  if (text !== undefined && text.length > longest)
    throw new BadParameter(`${name} is longer than ${longest} characters`);
  return text;
}
