/** @module `clew memory search`: lines of memory files with the words, as file:line. */
import type { MemorySearchAnswer } from "../../../../query/memory-search.ts";
import { wholeNumber } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { foreignJson, printLines } from "../../render/foreign.ts";
import { bold, dim, type Piece } from "../../render/piece.ts";
import { authoringHere } from "../shared/here.ts";
import { projectName, scopeFrom, writtenIn } from "./here.ts";

const NOTHING: MemorySearchAnswer = { rows: [], total: 0 };

export async function searchMemoryFiles({ context, flags, operands }: Invocation): Promise<number> {
  const { out } = context;
  const text = operands.join(" ");
  const files = wholeNumber("limit", textFlag(flags, "limit"), 20, 1);
  return authoringHere(context, undefined, async (here) => {
    const { searchMemory } = await import("../../../../query/memory-search.ts");
    const scope = scopeFrom(here, flags);
    const full = flags.full === true;
    const answer = here.authoring.read((db) => searchMemory(db, { text, scope, files, full })) ?? NOTHING;
    if (flags.json) {
      const rows = answer.rows.map((row) => foreignJson(row, here.author, writtenIn(here, row)));
      out.json({ rows, total: answer.total });
      return 0;
    }
    if (answer.rows.length === 0) {
      out.line("No memory file has these words; --all-projects looks in every project.");
      return 0;
    }
    for (const row of answer.rows) {
      const lines: (readonly Piece[])[] = full
        ? [[bold(row.path), dim(`  ${projectName(row)}`)], ...(row.content ?? "").split("\n").map((line) => [line])]
        : row.lines.map((line) => [dim(`${row.path}:${line.number}:`), ` ${line.text.trim()}`]);
      if (!full && row.matches > row.lines.length)
        lines.push([dim(`${row.path}: ${row.matches - row.lines.length} more lines`)]);
      if (!full && row.lines.length === 0) lines.push([dim(`${row.path}:`), ` ${row.title ?? ""}`]);
      printLines(out, lines, here.author, writtenIn(here, row));
    }
    const left = answer.total - answer.rows.length;
    if (left > 0) out.line(dim(`${left} more files: --limit shows more`));
    return 0;
  });
}
