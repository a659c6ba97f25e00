/** @module Takes in the file of the MCP memory server: JSON lines of entities and relations. The same file again changes nothing. */

import { isUtf8 } from "node:buffer";
import { groupsNamed } from "../query/graph-groups.ts";
import type { Author } from "./author.ts";
import {
  addEntities,
  checkedEntity,
  type GivenEntity,
  type GivenRelation,
  groupFor,
  groupsIn,
  LONGEST_OBSERVATION,
  LONGEST_TYPE,
  relationChange,
} from "./graph.ts";
import { entityIdOf, relationIdOf } from "./graph-ids.ts";
import type { Authoring, MadeChange } from "./open-authoring.ts";

export interface GraphImported {
  readonly lines: number;
  readonly entities: number;
  readonly relations: number;
  /** Entities and relations of the file that were new, or had something new. */
  readonly changed: number;
  /** Lines that were left out: neither, or of what was deleted, or a relation without one of its ends; with the number of each and why; at most 100. */
  readonly malformed: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const MOST_PROBLEMS = 100;
const WAS_DELETED = "was deleted: `clew graph undelete NAME` brings it back";

type Read = { readonly entity: GivenEntity } | { readonly relation: GivenRelation } | { readonly problem: string };

function readLine(line: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: "it is no JSON" };
  }
  const record = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { type, name, entityType, observations = [], from, to, relationType } = record;
  if (type === "entity") {
    if (typeof name !== "string") return { problem: "an entity without a name" };
    if (!Array.isArray(observations) || observations.some((one) => typeof one !== "string"))
      return { problem: "observations that are no list of texts" };
    const texts = (observations as string[]).filter((text) => text.trim() !== "");
    if (texts.some((text) => text.trim().length > LONGEST_OBSERVATION))
      return { problem: `an observation of more than ${LONGEST_OBSERVATION} characters` };
    try {
      return {
        entity: checkedEntity({ name, type: typeof entityType === "string" ? entityType : "", observations: texts }),
      };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }
  if (type !== "relation") return { problem: "neither an entity nor a relation" };
  if (typeof from !== "string" || typeof to !== "string" || typeof relationType !== "string")
    return { problem: "a relation without from, to or relationType" };
  if ([from, to, relationType].some((text) => text.trim() === "") || relationType.length > LONGEST_TYPE)
    return { problem: "a relation with an empty or too long name" };
  return { relation: { from, to, type: relationType.trim().normalize("NFC") } };
}

/** Null: bytes that are no text. */
function linesOf(text: string | Buffer): readonly (string | null)[] {
  if (typeof text === "string") return text.replace(/^\uFEFF/, "").split("\n");
  if (isUtf8(text)) return linesOf(text.toString());
  const lines: (string | null)[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf(0x0a, at);
    const line = text.subarray(at, end < 0 ? text.length : end);
    lines.push(isUtf8(line) ? line.toString().replace(/^\uFEFF/, "") : null);
    at = end < 0 ? text.length + 1 : end + 1;
  }
  return lines;
}

/** Whose words these are nobody knows: what is new is marked as from elsewhere. */
export async function importGraph(authoring: Authoring, text: string | Buffer, author: Author): Promise<GraphImported> {
  const entities: GivenEntity[] = [];
  const relations: (GivenRelation & { readonly line: number })[] = [];
  const problems: { line: number; message: string }[] = [];
  const groups = groupsIn(authoring);
  let lines = 0;
  let malformed = 0;
  for (const [index, line] of linesOf(text).entries()) {
    if (line?.trim() === "") continue;
    lines++;
    const read = line === null ? { problem: "it is no text in UTF-8" } : readLine(line);
    const tell = (message: string): void => {
      malformed++;
      if (problems.length < MOST_PROBLEMS) problems.push({ line: index + 1, message });
    };
    if ("problem" in read) tell(read.problem);
    else if ("relation" in read) relations.push({ ...read.relation, line: index + 1 });
    else if (groupFor(groups, read.entity.name, true)?.deleted) tell(`its entity ${WAS_DELETED}`);
    else entities.push(read.entity);
  }
  const from = { ...author, tainted: true };
  // By its exact names the same graph comes back, also one with two that differ in letter case.
  const added = await addEntities(authoring, entities, from, { exact: true });
  const { changes, dangling } = relationChanges(authoring, relations, new Map(added.map((one) => [one.name, one.id])));
  await authoring.writeAll(changes, from);
  const changed = new Set(added.filter((one) => one.changed).map(({ id }) => id)).size + changes.length;
  return {
    lines,
    entities: entities.length,
    relations: relations.length - dangling.length,
    changed,
    malformed: malformed + dangling.length,
    problems: [...problems, ...dangling].sort((a, b) => a.line - b.line).slice(0, MOST_PROBLEMS),
  };
}

/** A relation needs both its ends: `dangling` are those without. */
function relationChanges(
  authoring: Authoring,
  relations: readonly (GivenRelation & { readonly line: number })[],
  added: ReadonlyMap<string, string>,
): {
  readonly changes: readonly MadeChange[];
  readonly dangling: readonly { readonly line: number; readonly message: string }[];
} {
  const groups = groupsIn(authoring);
  const known = new Map<string, string | null>(added);
  const dangling: { line: number; message: string }[] = [];
  /** Null: deleted. Undefined: not known. */
  const idOf = (given: string): string | null | undefined => {
    const name = given.normalize("NFC").trim();
    if (known.has(name)) return known.get(name);
    const [group] = groupsNamed(groups, name, entityIdOf(name));
    const found = group?.deleted ? null : group?.id;
    if (found !== undefined) known.set(name, found);
    return found;
  };
  const changes = new Map<string, MadeChange>();
  for (const { from, to, type, line } of relations) {
    const [start, end] = [idOf(from), idOf(to)];
    if (!start || !end) {
      const [word, isGone] = start ? ["to", end === null] : ["from", start === null];
      dangling.push({ line, message: isGone ? `its \`${word}\` ${WAS_DELETED}` : `its \`${word}\` is not known` });
      continue;
    }
    const ends = { from: start, to: end };
    const id = relationIdOf(ends.from, type, ends.to);
    const change = relationChange(authoring, { id, ...ends, type }, true);
    if (change) changes.set(id, change);
  }
  return { changes: [...changes.values()], dangling };
}
