/** @module What a person is shown before another's version of a memory file is written: the difference, and what looks odd. */

import { warningsOf } from "../../../../base/suspicious.ts";
import type { CliContext } from "../../context.ts";
import { dim } from "../../render/piece.ts";
import { printDiff } from "../../render/unified-diff.ts";
import { type DiskPlace, safelyRead } from "./here.ts";

/** The signs are looked for in parts of a long text: their time grows with the square of it. UTF-16 units. */
const PART = 2000;
const OVERLAP = 200;

/** `content` null: the file would go. */
export async function printDiffToDisk(
  { out }: CliContext,
  place: DiskPlace | null,
  content: string | null,
): Promise<void> {
  const { unifiedDiff } = await import("../../../../setup/unified-diff.ts");
  const before = place ? await safelyRead(place) : null;
  if (!place) out.line(dim("its project is not on this machine"));
  if (place && before === content) {
    out.line(dim("the same lies on the disk"));
    return;
  }
  const name = place?.location ?? "the version";
  printDiff(
    out,
    unifiedDiff(before ?? "", content ?? "", {
      before: before === null ? null : name,
      after: content === null ? null : name,
    }),
  );
}

/** As `warningsOf`, for texts of a megabyte. */
export function warningsOfLong(text: string, tainted: boolean): readonly string[] {
  const found = new Set(warningsOf([], tainted));
  for (let at = 0; at < text.length; at += PART - OVERLAP) {
    for (const warning of warningsOf([text.slice(at, at + PART)], false)) found.add(warning);
  }
  return [...found];
}
