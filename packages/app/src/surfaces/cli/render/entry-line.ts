/** @module Entries of a session: a line each, below what else there is of it. */
import type { SessionEntry } from "../../../query/session-entries.ts";
import type { Output } from "../output.ts";
import { statusPiece } from "./entry.ts";
import { bold, dim, styled } from "./piece.ts";
import { table } from "./table.ts";

export function printEntries(out: Output, entries: readonly SessionEntry[]): void {
  if (entries.length === 0) return;
  out.line("");
  out.line(bold("entries written in it"));
  const [, ...lines] = table<SessionEntry>(
    [
      { title: "", value: ({ entry_id }) => styled("cyan", entry_id) },
      { title: "", value: ({ category }) => dim(category), leaves: 1 },
      { title: "", value: ({ status }) => statusPiece(status) },
      { title: "", value: ({ title }) => title || "(no title)", shrinkTo: 20 },
    ],
    entries,
    out.width - 2,
  );
  for (const line of lines) out.line("  ", ...line);
}
