import { expect, test } from "vitest";
import { estimateTokens, fitItems, MOST_TOKENS } from "./budget.ts";

const render = (kept: readonly string[], dropped: number): string =>
  `[${kept.join(",")}${dropped > 0 ? `+${dropped}` : ""}]`;

test("tokens are 3.5 characters each, begun ones included", () => {
  expect(["", "a", "abcd", "a".repeat(7), "a".repeat(8)].map(estimateTokens)).toEqual([0, 1, 2, 2, 3]);
});

test("the end is dropped, and how much of it is said", () => {
  const items = ["aaaa", "bbbb", "cccc", "dddd"];
  expect(fitItems(items, 100, render)).toEqual({ text: "[aaaa,bbbb,cccc,dddd]", kept: 4 });
  expect(fitItems(items, 5, render)).toEqual({ text: "[aaaa,bbbb+2]", kept: 2 });
  expect(fitItems(items, 3, render)).toEqual({ text: "[aaaa+3]", kept: 1 });
  expect(fitItems(items, 2, render)).toEqual({ text: "", kept: 0 });
  expect(fitItems([], 100, render)).toEqual({ text: "", kept: 0 });
});

test("never more than the client shows whole", () => {
  const items = Array.from({ length: 500 }, () => "x".repeat(100));
  const { text } = fitItems(items, 1_000_000, render);
  expect(estimateTokens(text)).toBeLessThanOrEqual(MOST_TOKENS);
  expect(text.length).toBeLessThan(10_000);
});
