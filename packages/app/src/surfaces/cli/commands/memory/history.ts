/** @module `clew memory history`: every version of a memory file. */
import type { MemoryVersion } from "../../../../query/memory-files.ts";
import type { Invocation } from "../../command.ts";
import { bytes, shortId, when } from "../../render/formats.ts";
import { dim, type Piece, styled } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";
import { authoringHere } from "../shared/here.ts";
import { fileMeant, projectName, scopeFrom } from "./here.ts";

export async function memoryFileHistory({ context, flags, operands }: Invocation): Promise<number> {
  const { out, clock, timeZone } = context;
  return authoringHere(context, undefined, async (here) => {
    const { memoryHistory } = await import("../../../../query/memory-files.ts");
    const file = await fileMeant(here, operands[0] ?? "", scopeFrom(here, flags));
    const rows = here.authoring.read((db) => memoryHistory(db, file.id)) ?? [];
    if (flags.json) {
      out.json({ id: file.id, path: file.path, project_id: file.project_id, rows, total: rows.length });
      return 0;
    }
    const columns: readonly Column<MemoryVersion>[] = [
      { title: "VERSION", value: (row) => row.version.slice(0, 12) },
      { title: "WHEN", value: (row) => when(row.ts, clock(), timeZone) },
      { title: "BY", value: (row) => row.author, shrinkTo: 10 },
      { title: "WHAT", value: what },
      { title: "SIZE", value: (row) => (row.size === null ? "" : bytes(row.size)), align: "right", leaves: 1 },
      { title: "SESSION", value: (row) => (row.session_id === null ? "" : shortId(row.session_id)), leaves: 2 },
    ];
    out.line(dim(`${projectName(file)}/${file.path}`));
    for (const line of table(columns, rows, out.width)) out.line(...line);
    return 0;
  });
}

function what(row: MemoryVersion): Piece {
  if (row.conflict) return styled("yellow", "stands beside");
  if (row.current) return styled("green", "stands");
  return row.what === "content" ? "version" : row.what;
}
