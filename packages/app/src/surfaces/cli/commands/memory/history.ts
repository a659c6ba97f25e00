/** @module `clew memory history`: every version of a memory file. */
import type { MemoryVersion } from "../../../../query/memory-files.ts";
import type { Invocation } from "../../command.ts";
import { foreignJson } from "../../render/foreign.ts";
import { bytes, shortId, when } from "../../render/formats.ts";
import { dim, type Piece, styled } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";
import { fileMeant, isOfOthers, memoryHere, projectName, scopeFrom, versionFor, whoFor, writtenIn } from "./here.ts";

interface HistoryRow extends MemoryVersion {
  /** Another wrote it, and no person has approved it: it is not written to the disk. */
  readonly waiting: boolean;
}

export async function memoryFileHistory({ context, flags, operands }: Invocation): Promise<number> {
  const { out, clock, timeZone } = context;
  return memoryHere(context, undefined, async (here) => {
    const [{ memoryHistory }, { waitingVersions }] = await Promise.all([
      import("../../../../query/memory-files.ts"),
      import("../../../../authoring/memory-waiting.ts"),
    ]);
    const file = await fileMeant(here, operands[0] ?? "", scopeFrom(here, flags));
    const waiting = new Set(waitingVersions(here, file.id).map(({ version }) => version));
    const history = here.authoring.read((db) => memoryHistory(db, file.id)) ?? [];
    const rows = history.map((row): HistoryRow => ({ ...row, waiting: waiting.has(row.version) }));
    const { author } = here;
    if (flags.json) {
      const { id, key, path, project_id } = file;
      const written = writtenIn(here, file);
      const named = foreignJson({ id, key, path, project_id }, author, written) as object;
      out.json({ ...named, rows: foreignJson(rows, author, written), total: rows.length });
      return 0;
    }
    const columns: readonly Column<HistoryRow>[] = [
      { title: "VERSION", value: (row) => versionFor(here, row.version).slice(0, 12) },
      { title: "WHEN", value: (row) => when(row.ts, clock(), timeZone) },
      { title: "BY", value: (row) => whoFor(here, row.author), shrinkTo: 10 },
      { title: "WHAT", value: what },
      { title: "SIZE", value: (row) => (row.size === null ? "" : bytes(row.size)), align: "right", leaves: 1 },
      {
        title: "SESSION",
        value: (row) => (row.session_id === null ? "" : shortId(versionFor(here, row.session_id))),
        leaves: 2,
      },
    ];
    out.line(dim(isOfOthers(here, file) ? file.key : `${projectName(file)}/${file.path}`));
    for (const line of table(columns, rows, out.width)) out.line(...line);
    return 0;
  });
}

function what(row: HistoryRow): Piece {
  if (row.waiting) return styled("yellow", row.what === "deleted" ? "deletion waits" : "waits");
  if (row.conflict) return styled("yellow", "stands beside");
  if (row.current) return styled("green", "stands");
  return row.what === "content" ? "version" : row.what;
}
