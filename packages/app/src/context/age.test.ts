import { expect, test } from "vitest";
import { age, duration } from "./age.ts";

const NOW = Date.UTC(2026, 2, 10, 12, 30, 20);
const MINUTE = 60_000;

test.each([
  [0, "just now"],
  [-5 * MINUTE, "just now"],
  [30_000, "1 min ago"],
  [59 * MINUTE, "59 min ago"],
  [60 * MINUTE, "1 h ago"],
  [47 * 60 * MINUTE, "47 h ago"],
  [48 * 60 * MINUTE, "2 days ago"],
  [400 * 24 * 60 * MINUTE, "400 days ago"],
])("%d ms before now is %s", (before, text) => {
  expect(age(NOW - before, NOW)).toBe(text);
});

test("an age is the same throughout a minute of the clock", () => {
  const minute = NOW - (NOW % MINUTE);
  for (const at of [minute - 1, minute - 59_999, minute - 61_000, minute - 3_600_001])
    expect(new Set([0, 1, 20_000, 59_999].map((second) => age(at, minute + second))).size).toBe(1);
  expect(age(null, NOW)).toBe("undated");
});

test.each([
  [0, "under a minute"],
  [61, "1 min"],
  [7200, "2 h"],
  [200_000, "2 days"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
