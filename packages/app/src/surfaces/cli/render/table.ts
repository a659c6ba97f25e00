/** @module Rows in columns that fit the terminal: text shrinks, unimportant columns go, no cell ever wraps. */
import { bold, dim, type Piece, styled, textOf } from "./piece.ts";
import { safeLine } from "./safe-text.ts";
import { fitWidth, textWidth } from "./width.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => Piece;
  /** Numbers stand to the right. */
  readonly align?: "left" | "right";
  /** May be cut down to this many columns of the terminal; without it a cell is never cut while another can be. */
  readonly shrinkTo?: number;
  /** Columns with the highest number go first when there is no room; 0, the default, stays. */
  readonly leaves?: number;
}

const GAP = 2;

/** Lines of pieces: a heading and a line for each row, none wider than `width`. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly (readonly Piece[])[] {
  const cells = rows.map((row) => columns.map((column) => clean(column.value(row))));
  const natural = columns.map((column, index) =>
    cells.reduce((most, row) => Math.max(most, textWidth(textOf(row[index]!))), textWidth(column.title)),
  );
  const kept = keptColumns(columns, natural, width);
  const widths = fittedWidths(kept, columns, natural, width);
  const last = kept.at(-1);
  const line = (of: (index: number) => Piece): readonly Piece[] =>
    kept.flatMap((index, place) => {
      const piece = of(index);
      const text = fitWidth(textOf(piece), widths.get(index)!);
      const blanks = " ".repeat(Math.max(0, widths.get(index)! - textWidth(text)));
      const body = typeof piece === "string" ? text : styled(piece.style, text);
      const right = columns[index]!.align === "right";
      const parts: Piece[] = right ? [blanks, body] : index === last ? [body] : [body, blanks];
      return place === 0 ? parts : [" ".repeat(GAP), ...parts];
    });
  return [line((index) => dim(columns[index]!.title)), ...cells.map((row) => line((index) => row[index]!))];
}

/** One line that says what the rows above add up to. */
export function totalLine(label: string, parts: readonly string[]): readonly Piece[] {
  return [bold(label), " ", parts.join(" · ")];
}

function clean(piece: Piece): Piece {
  return typeof piece === "string" ? safeLine(piece) : styled(piece.style, safeLine(piece.text));
}

function least<Row>(column: Column<Row>, natural: number): number {
  return column.shrinkTo === undefined ? natural : Math.min(natural, column.shrinkTo);
}

function keptColumns<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  width: number,
): readonly number[] {
  const kept = columns.map((_, index) => index);
  const needed = (): number =>
    kept.reduce((sum, index) => sum + least(columns[index]!, natural[index]!), GAP * (kept.length - 1));
  while (needed() > width) {
    const first = kept.reduce(
      (worst, index) => ((columns[index]!.leaves ?? 0) > (columns[worst]!.leaves ?? 0) ? index : worst),
      kept[0]!,
    );
    if ((columns[first]!.leaves ?? 0) === 0) break;
    kept.splice(kept.indexOf(first), 1);
  }
  return kept;
}

/** Gives each column its natural width, then takes from the widest that may shrink, in the end from any. */
function fittedWidths<Row>(
  kept: readonly number[],
  columns: readonly Column<Row>[],
  natural: readonly number[],
  width: number,
): Map<number, number> {
  const widths = new Map(kept.map((index) => [index, natural[index]!]));
  const room = width - GAP * (kept.length - 1);
  for (const atLeast of [(index: number) => least(columns[index]!, natural[index]!), () => 1]) {
    for (;;) {
      const used = [...widths.values()].reduce((sum, one) => sum + one, 0);
      if (used <= room) return widths;
      const shrinkable = kept.filter((index) => widths.get(index)! > atLeast(index));
      if (shrinkable.length === 0) break;
      const widest = shrinkable.reduce((most, index) => (widths.get(index)! > widths.get(most)! ? index : most));
      const nextWidth = Math.max(
        atLeast(widest),
        ...shrinkable.filter((index) => index !== widest).map((index) => widths.get(index)!),
      );
      const next = Math.max(
        atLeast(widest),
        Math.min(widths.get(widest)! - 1, nextWidth),
        widths.get(widest)! - (used - room),
      );
      widths.set(widest, next);
    }
  }
  return widths;
}
