/** @module The sub-commands of `clew graph` that show something: an entity, those that words find, an entity's history. */
import type { Change } from "../../../../model/change.ts";
import type { EntityDetail, EntityRow, Evidence } from "../../../../query/graph.ts";
import { wholeNumber } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { foreignJson, isForeign, printLines } from "../../render/foreign.ts";
import { shortId, when } from "../../render/formats.ts";
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
  const { id, name, type, deleted, merged, observations, relations, conflicts } = entity;
  return [
    [bold(name), dim(`  ${[type, id].filter(Boolean).join(", ")}`)],
    ...(deleted ? [[styled("yellow", "It was deleted: "), "`clew graph undelete` brings it back."]] : []),
    ...(merged.length > 0 ? [[dim(`with ${merged.map((one) => one.name).join(", ")}, merged into it`)]] : []),
    ...conflicts.map(({ field, values }) => [styled("yellow", "conflict: "), `${field} is ${values.join(" or ")}`]),
    ...observations.map(({ text, evidence }) => [`- ${text.replaceAll("\n", " ")}`, saidBy(evidence)]),
    ...relations.map(({ from, type: relation, to, evidence }) => [`  ${from} → ${relation} → ${to}`, saidBy(evidence)]),
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
      out.line(
        operands.length === 0 ? "Nothing is known yet: `clew graph add` begins." : "Nothing is known with these words.",
      );
      return 0;
    }
    const shown = (row: EntityRow, text: string): string => (isForeign(author, row) ? row.id : text);
    const columns: readonly Column<EntityRow>[] = [
      { title: "NAME", value: (row) => shown(row, row.name), shrinkTo: 16 },
      { title: "TYPE", value: (row) => (isForeign(author, row) ? "" : row.type), shrinkTo: 8 },
      { title: "OBSERVATIONS", value: (row) => String(row.observations), align: "right", leaves: 2 },
      { title: "RELATIONS", value: (row) => String(row.relations), align: "right", leaves: 1 },
      { title: "CHANGED", value: (row) => when(row.changed_at, clock(), timeZone) },
      { title: "BY", value: (row) => row.changed_by, shrinkTo: 8, leaves: 3 },
    ];
    for (const line of table(columns, found.rows, out.width)) out.line(...line);
    const left = found.total - found.rows.length;
    if (left > 0) out.line(dim(`${left} more: --limit shows more`));
    return 0;
  });
}

export async function entityHistory({ context, flags, operands }: Invocation): Promise<number> {
  const { out, clock, timeZone } = context;
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const [{ entityMeant }, { subjectHistory }, { compareChanges }] = await Promise.all([
      import("../../../../authoring/graph.ts"),
      import("../../../../query/shared-subject.ts"),
      import("../../../../merge/fold.ts"),
    ]);
    const group = entityMeant(authoring, operands[0] ?? "");
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
    const lines = changes.map((one) => [
      dim(`${when(new Date(one.ts).toISOString(), clock(), timeZone)}  ${one.author}  `),
      changed(one),
    ]);
    printLines(out, lines, author, written);
    return 0;
  });
}

function changed({ data }: Change): string {
  const { set = {}, add = {}, remove = {} } = data;
  const parts = [
    ...Object.entries(set).map(([field, value]) => `${field.replaceAll("_", " ")}: ${value}`),
    ...Object.values(add).flatMap((values) => values.map((value) => `+ ${value}`)),
    ...Object.values(remove).flatMap((values) => values.map(({ value }) => `- ${value}`)),
  ];
  return parts.join("; ").replaceAll("\n", " ");
}
