/** @module A unified diff in colours. */
import type { DiffLine, DiffLineKind } from "../../../setup/unified-diff.ts";
import type { Output } from "../output.ts";
import type { Style } from "./piece.ts";

const STYLES: Readonly<Record<DiffLineKind, Style>> = {
  header: "bold",
  hunk: "cyan",
  context: "plain",
  removed: "red",
  added: "green",
  note: "dim",
};

export function printDiff(out: Output, lines: readonly DiffLine[]): void {
  for (const { kind, text } of lines) out.text(text, 0, STYLES[kind]);
}
