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

  test.each([
    // The common word stands first, the rare one far behind it, and there both.
    [`file ${"and other words ".repeat(60)}a lock of the file ${"more ".repeat(80)}`, "lock file", ["lock", "file"]],
    // Nowhere both: the rarer.
    [`${"file by file ".repeat(30)}${"nothing ".repeat(80)}the lock${" then".repeat(80)}`, "file lock", ["lock"]],
    // Both, as near to each other as they come.
    [`${"x ".repeat(60)}file ${"y ".repeat(60)}file lock ${"z ".repeat(80)}`, "lock file", ["file", "lock"]],
    // Everywhere the same: the first.
    [`one lock ${"between ".repeat(60)}another lock`, "lock", ["lock"]],
    [`the café ${"between ".repeat(60)}the café is in the rue`, "cafe rue", ["café", "rue"]],
    [`filesystem ${"x ".repeat(200)}profile and lockfile ${"y ".repeat(200)}lock`, "lock", ["lock"]],
  ])("shows where most of the words are, then the rarest: %#", (text, searched, expected) => {
    const { snippet, hits } = snippetOf(text, wordsOf(searched));
    expect(hits.map(([start, end]) => snippet.slice(start, end))).toEqual(expected);
  });

  test("a word that the edge of the piece cuts is no hit", () => {
    const text = `lock ${"x".repeat(190)} filesystem`;
    expect(snippetOf(text, wordsOf("lock file")).hits).toEqual([[0, 4]]);
  });

  test("costs little where a word stands everywhere in a long text", () => {
    const { snippet, hits } = snippetOf("file ".repeat(400_000), wordsOf("file lock"));
    expect([snippet.length, hits.length]).toEqual([201, 20]);
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
