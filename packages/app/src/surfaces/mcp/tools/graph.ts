/** @module The tools of the memory graph: what is known of things, and how they belong together. */
import { z } from "zod";
import type { Author } from "../../../authoring/author.ts";
import { addEntities, entityMeant, groupsIn, relateEntities, removeObservations } from "../../../authoring/graph.ts";
import { deleteEntity } from "../../../authoring/graph-edit.ts";
import type { Authoring } from "../../../authoring/open-authoring.ts";
import { authorHandle } from "../../../base/fence.ts";
import { type EntityDetail, type EntityRow, entityDetail, searchGraph } from "../../../query/graph.ts";
import { type Answer, counted, type Item, labelled } from "../answer.ts";
import { safeId, shortTime } from "../safe-words.ts";
import { asSpeaker } from "../speaker.ts";
import { lineField, textField } from "../text-fields.ts";
import { ask, cursorField, cursorNumber, limitField, pageOf, readTool, refusal, writeTool } from "../tool.ts";
import { ownIdentities, trustOf } from "../trust.ts";

const wordField = lineField(200).describe("name or id");

export const graphSearchTool = readTool({
  name: "graph_search",
  title: "Search the memory graph",
  description:
    "Entities of the memory graph whose names, types or observations have all the words; without words the newest. graph_get shows one with its observations and relations.",
  input: { query: z.string().max(500).default(""), limit: limitField(10), cursor: cursorField },
  output: {
    total: z.int(),
    ...pageOf({ entity_id: z.string().nullable(), observations: z.int(), relations: z.int() }),
  },
  run: ({ query, limit, cursor }, call) =>
    asSpeaker(call, ({ authoring, author }): Answer => {
      const offset = cursorNumber(cursor, "g") ?? 0;
      const { rows, total } = ask(call.services, (db) => searchGraph(db, query, offset + limit));
      const own = ownOf(authoring, author);
      return {
        summary: `${counted(total, "entity", "entities")}.`,
        fields: { total },
        items: rows.slice(offset).map((row) => entityItem(row, own)),
        next: (shown) => (shown > 0 && offset + shown < total ? `g${offset + shown}` : null),
      };
    }),
});

function ownOf(authoring: Authoring, author: Author): ReadonlySet<string> {
  return authoring.read((db) => ownIdentities(db, author)) ?? new Set();
}

function entityItem(row: EntityRow, own: ReadonlySet<string>): Item {
  const id = safeId(row.id);
  const { observations, relations } = row;
  return {
    head: `${id ?? "?"}, ${counted(observations, "observation", "observations")}, ${counted(relations, "relation", "relations")}, changed ${shortTime(row.changed_at)}`,
    row: { entity_id: id, observations, relations },
    quote: {
      author: row.changed_by,
      trust: trustOf(row.tainted, row.authors, own),
      verified: true,
      text: labelled({ name: row.name, type: row.type }),
      limit: 300,
    },
  };
}

export const graphGetTool = readTool({
  name: "graph_get",
  title: "One entity of the memory graph",
  description: "An entity with its observations and relations, each with who said it and when.",
  input: { entity: wordField, limit: limitField(20, 100), cursor: cursorField },
  output: {
    entity_id: z.string().nullable(),
    ...pageOf({
      what: z.enum(["entity", "observation", "relation"]),
      other_id: z.string().nullable().optional(),
      session_id: z.string().nullable().optional(),
      at: z.string().nullable().optional(),
    }),
  },
  run: ({ entity, limit, cursor }, call) =>
    asSpeaker(call, ({ authoring, author }): Answer => {
      const groups = groupsIn(authoring);
      const group = entityMeant(authoring, entity, groups);
      const offset = cursorNumber(cursor, "g") ?? 0;
      const detail = authoring.read((db) => entityDetail(db, groups, group, offset + limit));
      if (!detail) throw refusal("not_found", "there is no such entity");
      const all = detailItems(detail, ownOf(authoring, author));
      const total = all.length + detail.relations_left;
      return {
        summary: `Entity ${safeId(detail.id) ?? "?"}${detail.deleted ? ", deleted" : ""}: ${counted(detail.observations.length, "observation", "observations")}, ${counted(detail.relations.length + detail.relations_left, "relation", "relations")}.`,
        fields: { entity_id: safeId(detail.id) },
        items: all.slice(offset, offset + limit),
        next: (shown) => (shown > 0 && offset + shown < total ? `g${offset + shown}` : null),
      };
    }),
});

function detailItems(detail: EntityDetail, own: ReadonlySet<string>): readonly Item[] {
  const { id, name, type, merged } = detail;
  const head: Item = {
    head: "entity",
    row: { what: "entity" },
    quote: {
      author: detail.changed_by,
      trust: trustOf(detail.tainted, detail.authors, own),
      verified: true,
      text: labelled({ name, type, "also called": merged.map((one) => one.name).join(", ") }),
      limit: 300,
    },
  };
  const said = [
    ...detail.observations.map((one) => ({ ...one, what: "observation" as const, other: null })),
    ...detail.relations.map(({ from, from_id, type: kind, to, to_id, evidence }) => ({
      what: "relation" as const,
      text: `${from} -- ${kind} -- ${to}`,
      other: from_id === id ? to_id : from_id,
      evidence,
    })),
  ];
  return [
    head,
    ...said.map(({ what, text, other, evidence }): Item => {
      const first = evidence[0];
      const [otherId, sessionId] = [safeId(other), safeId(first?.session_id)];
      return {
        head: [
          what,
          shortTime(first?.ts ?? null),
          ...(sessionId === null ? [] : [`session ${sessionId}`]),
          ...(otherId === null ? [] : [`with ${otherId}`]),
        ].join(", "),
        row: { what, other_id: otherId, session_id: sessionId, at: first?.ts ?? null },
        quote: {
          author: first?.author ?? "unknown",
          trust: trustOf(
            evidence.some(({ tainted }) => tainted),
            evidence.map((one) => one.author),
            own,
          ),
          verified: true,
          text,
        },
      };
    }),
  ];
}

const CHANGED = z.array(z.object({ id: z.string().nullable(), changed: z.boolean() }));

function changedAnswer(
  what: string,
  done: readonly { readonly id: string; readonly changed: boolean }[],
  author: Author,
): Answer {
  const changed = done.filter((one) => one.changed).length;
  const ids = done.map(({ id }) => safeId(id) ?? "?").join(", ");
  return {
    summary: `${what} ${ids} as ${authorHandle(author.identity)}: ${counted(changed, "change", "changes")}.`,
    fields: { done: done.map(({ id, changed: isChanged }) => ({ id: safeId(id), changed: isChanged })) },
  };
}

export const graphAddTool = writeTool({
  name: "graph_add",
  title: "Add to the memory graph",
  description:
    "Writes down things that are worth knowing later, with observations of each; adds to those that are known.",
  isIdempotent: true,
  input: {
    entities: z
      .array(
        z.strictObject({
          name: lineField(200),
          type: lineField(100).optional().describe("e.g. service, person, table"),
          observations: z.array(textField(4000)).max(100).default([]),
        }),
      )
      .min(1)
      .max(50),
  },
  output: { done: CHANGED },
  run: ({ entities }, call) =>
    asSpeaker(call, async ({ authoring, author }) => {
      const given = entities.map(({ name, type, observations }) => ({
        name,
        ...(type !== undefined && { type }),
        observations,
      }));
      return changedAnswer("Wrote", await addEntities(authoring, given, author), author);
    }),
});

const RELATION = z.strictObject({
  from: wordField,
  type: lineField(100).describe("in active voice, e.g. depends on"),
  to: wordField,
});

export const graphRelateTool = writeTool({
  name: "graph_relate",
  title: "Relate entities",
  description: "Writes down how entities of the memory graph belong together. Both ends have to be known already.",
  isIdempotent: true,
  input: { relations: z.array(RELATION).min(1).max(50) },
  output: { done: CHANGED },
  run: ({ relations }, call) =>
    asSpeaker(call, async ({ authoring, author }) =>
      changedAnswer("Related", await relateEntities(authoring, relations, author), author),
    ),
});

export const graphForgetTool = writeTool({
  name: "graph_forget",
  title: "Take something out of the memory graph",
  description:
    "Takes away observations of an entity (by their whole text), relations, or with neither the entity itself. The history keeps it, and people can undo it.",
  isDestructive: true,
  isIdempotent: true,
  input: {
    entity: wordField.optional(),
    observations: z.array(textField(4000)).min(1).max(100).optional().describe("of the entity"),
    relations: z.array(RELATION).min(1).max(50).optional(),
  },
  output: { done: CHANGED },
  run: ({ entity, observations, relations }, call) =>
    asSpeaker(call, async ({ authoring, author }) => {
      if ((entity === undefined) === (relations === undefined))
        throw refusal("usage", "give an entity, with observations or without, or relations");
      if (relations !== undefined) {
        if (observations !== undefined) throw refusal("usage", "observations belong to an entity");
        return changedAnswer("Took away", await relateEntities(authoring, relations, author, false), author);
      }
      const done = observations
        ? await removeObservations(authoring, entity!, observations, author)
        : await deleteEntity(authoring, entity!, author);
      return changedAnswer("Took from", [done], author);
    }),
});
