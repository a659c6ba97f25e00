import { expect, test } from "vitest";
import { lineDiff } from "./line-diff.ts";

const shown = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${{ same: " ", out: "-", in: "+", gap: "@" }[kind]}${text}`);

test("a changed line in the middle keeps its neighbours", () => {
  expect(shown("a\nb\nc", "a\nB\nc")).toEqual([" a", "-b", "+B", " c"]);
});

test("insertions and deletions at both ends", () => {
  expect(shown("b\nc", "a\nb")).toEqual(["+a", " b", "-c"]);
});

test("long unchanged stretches become one gap", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const changed = [...lines.slice(0, 10), "new", ...lines.slice(10)];
  expect(shown(lines.join("\n"), changed.join("\n"))).toEqual([
    "@7 unchanged",
    " line 7",
    " line 8",
    " line 9",
    "+new",
    " line 10",
    " line 11",
    " line 12",
    "@7 unchanged",
  ]);
});

test("nothing becomes something, something becomes nothing", () => {
  expect(shown("", "x\n")).toEqual(["+x"]);
  expect(shown("x", "")).toEqual(["-x"]);
});

test("what comes out, applied, gives the second text, also above the size limit", () => {
  const a = Array.from({ length: 900 }, (_, index) => `a${index}`);
  const b = a.map((line, index) => (index % 2 ? line : `b${index}`));
  const diff = lineDiff(a.join("\n"), b.join("\n"));
  expect(diff.filter((line) => line.kind === "in").map((line) => line.text)).toEqual(b.slice(0, -1));
});
