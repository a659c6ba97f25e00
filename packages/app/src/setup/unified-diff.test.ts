import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffText, unifiedDiff } from "./unified-diff.ts";

const names = { before: "a", after: "b" };

/** What `patch` does, for a diff without fuzz. */
function patched(before: string, diff: string): string {
  const old = before === "" ? [] : before.split(/(?<=\n)/u);
  const lines = diff.split("\n").slice(2, -1);
  const out: string[] = [];
  let at = 0;
  for (const [index, line] of lines.entries()) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/u.exec(line);
    const end = lines[index + 1]?.startsWith("\\") ? "" : "\n";
    if (hunk) {
      const start = Number(hunk[1]) - (hunk[2] === "0" ? 0 : 1);
      out.push(...old.slice(at, start));
      at = start;
    } else if (line.startsWith("+")) out.push(line.slice(1) + end);
    else if (line.startsWith(" ") || line.startsWith("-")) {
      if (old[at] !== line.slice(1) + end) throw new Error(`line ${at} is not ${line}`);
      if (line.startsWith(" ")) out.push(old[at]!);
      at++;
    } else if (!line.startsWith("\\")) throw new Error(`no diff line: ${line}`);
  }
  return [...out, ...old.slice(at)].join("");
}

describe("a unified diff", () => {
  test("shows changed lines with three around them", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\nten";
    expect(diffText(unifiedDiff(before, after, names))).toBe(
      "--- a\n+++ b\n@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+ten\n\\ No newline at end of file\n",
    );
  });

  test("is empty when nothing differs, and names a file that comes or goes", () => {
    expect(unifiedDiff("x\n", "x\n", names)).toEqual([]);
    expect(diffText(unifiedDiff("", "x\n", { before: null, after: "b" }))).toBe(
      "--- /dev/null\n+++ b\n@@ -0,0 +1 @@\n+x\n",
    );
    expect(diffText(unifiedDiff("x\n", "", { before: "a", after: null }))).toBe(
      "--- a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
    );
  });

  test("leads from the one text to the other", () => {
    const text = fc
      .tuple(fc.array(fc.constantFrom("a", "b", "c", "{", "}", ""), { maxLength: 30 }), fc.boolean())
      .map(([lines, ends]) => lines.join("\n") + (ends && lines.length > 0 ? "\n" : ""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        if (before !== after) expect(patched(before, diffText(unifiedDiff(before, after, names)))).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  test("of texts that have nothing in common ends", () => {
    const lines = (letter: string): string =>
      Array.from({ length: 4000 }, (_, index) => `${letter}${index}\n`).join("");
    const diff = unifiedDiff(lines("a"), lines("b"), names);
    expect(diff).toHaveLength(2 + 1 + 8000);
  });
});
