import { expect, test } from "vitest";
import { cleanText, clipText, firstLine } from "./clean-text.ts";

test("NUL and lone surrogates become U+FFFD, everything else stays", () => {
  expect(cleanText("a\0b\ud800c\udc00")).toBe("a\uFFFDb\uFFFDc\uFFFD");
  expect(cleanText("é 😀 \u0001")).toBe("é 😀 \u0001");
});

test("a cut never halves a character", () => {
  expect(clipText("ab😀", 3)).toBe("ab");
  expect(clipText("ab😀", 4)).toBe("ab😀");
});

test("the first line that says something", () => {
  expect(firstLine("\n  \n  one \ntwo", 10)).toBe("one");
  expect(firstLine("  \n", 10)).toBe("");
  expect(firstLine("abcdef", 3)).toBe("abc");
});
