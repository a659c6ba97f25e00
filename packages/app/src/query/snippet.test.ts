import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilter } from "./filter/parse.ts";
import { searchWords } from "./search-words.ts";
import { snippetOf } from "./snippet.ts";

const wordsOf = (text: string) => searchWords(parseFilter(text, "search").words);

describe("snippetOf()", () => {
  test("shows the text around the first hit on one line", () => {
    const text = `${"before ".repeat(40)}the\nneedle here${" after".repeat(60)}`;
    const { snippet, hits } = snippetOf(text, wordsOf("needle"));
    expect(snippet).toContain("the needle here");
    expect(snippet.startsWith("…") && snippet.endsWith("…")).toBe(true);
    expect(hits.map(([start, end]) => snippet.slice(start, end))).toEqual(["needle"]);
  });

  test("shows the beginning where nothing is found", () => {
    expect(snippetOf("short text", wordsOf("absent"))).toEqual({ snippet: "short text", hits: [] });
  });

  test("hits stay inside the snippet and never cut a character in two", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 400 }),
        fc.string({ unit: "grapheme", maxLength: 400 }),
        (before, after) => {
          const { snippet, hits } = snippetOf(`${before} needle ${after}`, wordsOf("needle"));
          expect(snippet.isWellFormed()).toBe(true);
          expect(hits.length).toBeGreaterThan(0);
          for (const [start, end] of hits) expect(snippet.slice(start, end).toLowerCase()).toBe("needle");
        },
      ),
    );
  });
});
