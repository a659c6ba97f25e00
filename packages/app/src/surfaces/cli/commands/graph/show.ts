/** @module The sub-commands of `clew graph` that show something: an entity, those that words find, an entity's history. */
import { authorHandle } from "../../../../base/fence.ts";
import { isMadeId } from "../../../../base/made-id.ts";
import type { Change } from "../../../../model/change.ts";
import type { EntityDetail, EntityRow, Evidence } from "../../../../query/graph.ts";
import { wholeNumber } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { foreignJson, isForeign, printLines } from "../../render/foreign.ts";
import { localTime, shortId, when } from "../../render/formats.ts";
import { bold, dim, type Piece, styled } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";
import { authoringHere } from "../shared/here.ts";

export async function showEntity({ context, flags, operands }: Invocation): Promise<number> {
  const { out, clock, timeZone } = context;
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const [{ entityMeant, groupsIn }, { entityDetail }] = await Promise.all([
      import("../../../../authoring/graph.ts"),
      import("../../../../query/graph.ts"),
    ]);
    const groups = groupsIn(authoring);
    const group = entityMeant(authoring, operands[0] ?? "", groups);
    const entity = authoring.read((db) => entityDetail(db, groups, group))!;
    if (flags.json) out.json(foreignJson(entity, author, entity));
    else
      printLines(
        out,
        linesOf(entity, (evidence) => said(evidence, clock(), timeZone)),
        author,
        entity,
      );
    return 0;
  });
}

function said(evidence: readonly Evidence[], now: number, timeZone: string): Piece {
  const [first] = evidence;
  if (!first) return "";
  const session = first.session_id === null ? "" : `, session ${shortId(first.session_id)}`;
  const more = evidence.length > 1 ? `, and ${evidence.length - 1} more` : "";
  return dim(`  (${first.author}, ${when(first.ts, now, timeZone)}${session}${more})`);
}

function linesOf(
  entity: EntityDetail,
  saidBy: (evidence: readonly Evidence[]) => Piece,
): readonly (readonly Piece[])[] {
  const { id, name, type, deleted, merged, observations, relations, relations_left: left, conflicts } = entity;
  return [
    [bold(name), dim(`  ${[type, id].filter(Boolean).join(", ")}`)],
    ...(deleted ? [[styled("yellow", "It was deleted: "), "`clew graph undelete` brings it back."]] : []),
    ...(merged.length > 0 ? [[dim(`with ${merged.map((one) => one.name).join(", ")}, merged into it`)]] : []),
    ...conflicts.map(({ field, values }) => [styled("yellow", "conflict: "), `${field} is ${values.join(" or ")}`]),
    ...observations.map(({ text, evidence }) => [`- ${text.replaceAll("\n", " ")}`, saidBy(evidence)]),
    ...relations.map(({ from, type: relation, to, evidence }) => [`  ${from} → ${relation} → ${to}`, saidBy(evidence)]),
    ...(left > 0 ? [[dim(`  and ${left} more relations`)]] : []),
  ];
}

export async function searchEntities({ context, flags, operands }: Invocation): Promise<number> {
  const { out, clock, timeZone } = context;
  const limit = wholeNumber("limit", textFlag(flags, "limit"), 20, 1);
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const { searchGraph } = await import("../../../../query/graph.ts");
    const found = authoring.read((db) => searchGraph(db, operands.join(" "), limit)) ?? { rows: [], total: 0 };
    if (flags.json) {
      out.json({ rows: found.rows.map((row) => foreignJson(row, author, row)), total: found.total });
      return 0;
    }
    if (found.rows.length === 0) {
      if (operands.length === 0) out.line("Nothing is known yet: `clew graph add` begins.");
      else out.line(`Nothing is known with these words${hintFor(operands)}.`);
      const { namesNear } = await import("../../../../query/graph-names.ts");
      const { groupsIn } = await import("../../../../authoring/graph.ts");
      // Names are their authors' words: an agent looks for them itself.
      const near = author.origin === "agent" ? [] : namesNear(groupsIn(authoring), operands.join(" "));
      if (near.length > 0) out.line(dim(`near it: ${near.join(", ")}`));
      return 0;
    }
    const shown = (row: EntityRow, text: string): string =>
      isForeign(author, row) ? (isMadeId(row.id) ? row.id : "unnamed") : text;
    const columns: readonly Column<EntityRow>[] = [
      { title: "NAME", value: (row) => shown(row, row.name), shrinkTo: 16 },
      { title: "TYPE", value: (row) => (isForeign(author, row) ? "" : row.type), shrinkTo: 8 },
      { title: "OBSERVATIONS", value: (row) => String(row.observations), align: "right", leaves: 2 },
      { title: "RELATIONS", value: (row) => String(row.relations), align: "right", leaves: 1 },
      { title: "CHANGED", value: (row) => when(row.changed_at, clock(), timeZone) },
      {
        title: "BY",
        value: (row) => (author.origin === "agent" ? authorHandle(row.changed_by) : row.changed_by),
        shrinkTo: 8,
        leaves: 3,
      },
    ];
    for (const line of table(columns, found.rows, out.width)) out.line(...line);
    const left = found.total - found.rows.length;
    if (left > 0) out.line(dim(`${left} more: --limit shows more`));
    return 0;
  });
}

/** Words are whole words unless it is said that they begin one. */
function hintFor(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return /[\p{L}\p{N}]$/u.test(last) ? `; \`clew graph search "${words.join(" ")}*"\` finds what begins so` : "";
}

export async function entityHistory({ context, flags, operands }: Invocation): Promise<number> {
  const { out, timeZone } = context;
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const [{ entityMeant, groupsIn }, { subjectHistory }, { compareChanges }] = await Promise.all([
      import("../../../../authoring/graph.ts"),
      import("../../../../query/shared-subject.ts"),
      import("../../../../merge/fold.ts"),
    ]);
    const groups = groupsIn(authoring);
    const group = entityMeant(authoring, operands[0] ?? "", groups);
    // Of what was merged the name that it has by itself; for an agent its id, as the name may be another's words.
    const nameOf = (id: string): string => {
      const name = author.origin === "agent" ? undefined : groups.of(id)?.members.find((one) => one.id === id)?.name;
      return name === undefined ? id : `${name} (${id})`;
    };
    const changes = group.members
      .flatMap(({ id }) => authoring.read((db) => subjectHistory(db, "entity", id)) ?? [])
      .sort(compareChanges);
    const written = { authors: changes.map((one) => one.author), tainted: changes.some((one) => one.tainted) };
    if (flags.json) {
      const rows = changes.map(({ changeId, subject, author: by, origin, tainted, sessionId, ts, data }) => {
        return {
          change_id: changeId,
          id: subject,
          author: by,
          origin,
          tainted,
          session_id: sessionId,
          ts: new Date(ts).toISOString(),
          data,
        };
      });
      out.json(foreignJson({ id: group.id, name: group.name, rows, total: rows.length }, author, written));
      return 0;
    }
    const lines = changes.map((one) => [dim(`${exactTime(one.ts, timeZone)}  ${one.author}  `), changed(one, nameOf)]);
    printLines(out, lines, author, written);
    return 0;
  });
}

/** Two changes of one second are told apart. */
function exactTime(ts: number, timeZone: string): string {
  const iso = new Date(ts).toISOString();
  return `${localTime(iso, timeZone)}.${iso.slice(20, 23)}`;
}

function changed({ data }: Change, nameOf: (id: string) => string): string {
  const { set = {}, add = {}, remove = {} } = data;
  const parts = [
    ...Object.entries(set).map(([field, value]) => inWords(field, value, nameOf)),
    ...Object.values(add).flatMap((values) => values.map((value) => `+ ${value}`)),
    ...Object.values(remove).flatMap((values) => values.map(({ value }) => `- ${value}`)),
  ];
  return parts.join("; ").replaceAll("\n", " ");
}

function inWords(field: string, value: string | number | boolean | null, nameOf: (id: string) => string): string {
  if (field === "deleted") return value === true ? "deleted" : "brought back";
  if (field === "merged_into")
    return typeof value === "string" && value !== "" ? `merged into ${nameOf(value)}` : "no longer merged into another";
  const word = field.replaceAll("_", " ");
  return value === null || value === "" ? `no ${word}` : `${word}: ${value}`;
}
