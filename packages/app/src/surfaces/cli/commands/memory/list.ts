/** @module `clew memory list`: the memory files that the store has. */
import type { MemoryFileRow } from "../../../../query/memory-files.ts";
import type { Invocation } from "../../command.ts";
import { foreignJson } from "../../render/foreign.ts";
import { bytes, when } from "../../render/formats.ts";
import { dim, styled } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";
import { authoringHere } from "../shared/here.ts";
import { isOfOthers, projectName, scopeFrom, whoFor, writtenIn } from "./here.ts";

export async function listMemory({ context, flags }: Invocation): Promise<number> {
  const { out, clock, timeZone } = context;
  return authoringHere(context, undefined, async (here) => {
    const { listMemoryFiles } = await import("../../../../query/memory-files.ts");
    const { author, authoring } = here;
    const scope = scopeFrom(here, flags);
    const rows = authoring.read((db) => listMemoryFiles(db, scope, flags.deleted === true)) ?? [];
    if (flags.json) {
      out.json({ rows: rows.map((row) => foreignJson(row, author, writtenIn(here, row))), total: rows.length });
      return 0;
    }
    if (rows.length === 0) {
      out.line("No memory files: `clew memory push` keeps those that lie here; --all-projects lists every project's.");
      return 0;
    }
    // What an agent reads of others is a key and no more: a path is words, too.
    const others = new Set(rows.filter((row) => isOfOthers(here, row)));
    const path = (row: MemoryFileRow): string => (others.has(row) ? row.key : row.path);
    const said = (row: MemoryFileRow, text: string | null): string => (others.has(row) ? "" : (text ?? ""));
    const project = (row: MemoryFileRow): string =>
      !others.has(row) || row.project_id === null
        ? projectName(row)
        : row.project_id === authoring.place.projectId
          ? "this one"
          : "another";
    const columns: readonly Column<MemoryFileRow>[] = [
      { title: "PROJECT", value: project, shrinkTo: 8 },
      { title: "PATH", value: (row) => (row.conflicts > 0 ? styled("yellow", path(row)) : path(row)), shrinkTo: 16 },
      { title: "TITLE", value: (row) => said(row, row.title), shrinkTo: 10, leaves: 2 },
      { title: "TYPE", value: (row) => said(row, row.type), shrinkTo: 6, leaves: 3 },
      { title: "SIZE", value: (row) => bytes(row.size), align: "right", leaves: 1 },
      { title: "CHANGED", value: (row) => when(row.changed_at, clock(), timeZone) },
      { title: "BY", value: (row) => whoFor(here, row.changed_by), shrinkTo: 8, leaves: 4 },
    ];
    for (const line of table(columns, rows, out.width)) out.line(...line);
    const conflicts = rows.filter((row) => row.conflicts > 0).length;
    if (conflicts > 0)
      out.line(dim(`${conflicts} with versions side by side: \`clew memory history PATH\` shows them`));
    return 0;
  });
}
