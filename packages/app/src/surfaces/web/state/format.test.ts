import { expect, test } from "vitest";
import { ago, bytes, compact, duration, modelName, money } from "./format.ts";

test("money: small amounts keep digits, nothing known is never zero", () => {
  expect([money(null), money(0), money(0.00042), money(0.5), money(1234.5)]).toEqual([
    "unpriced",
    "$0",
    "$0.00042",
    "$0.50",
    "$1,234.50",
  ]);
});

test("compact never shows 1000 of a unit", () => {
  expect([compact(0), compact(999), compact(1_000), compact(12_345), compact(999_600), compact(4_200_000_000)]).toEqual(
    ["0", "999", "1.00k", "12.3k", "1.00M", "4.20B"],
  );
});

test("durations from a millisecond to days", () => {
  expect([null, 3, 3_210, 59_400, 245_000, 7_800_000, 273_600_000].map(duration)).toEqual([
    "–",
    "3 ms",
    "3.2 s",
    "59 s",
    "4 m 05 s",
    "2 h 10 m",
    "3 d 4 h",
  ]);
});

test("times that are no times say so", () => {
  expect([ago(null), ago("nonsense")]).toEqual(["no date", "no date"]);
  const now = Date.parse("2026-05-01T12:00:00Z");
  expect([ago(now - 10_000, now), ago(now - 720_000, now), ago(now - 18_000_000, now)]).toEqual([
    "just now",
    "12 m ago",
    "5 h ago",
  ]);
});

test("model names are short, foreign ones stay", () => {
  expect(
    [
      "claude-opus-4-5-20251101",
      "claude-sonnet-4-20250514",
      "claude-3-5-haiku-20241022",
      "gpt-5.2",
      "claude-fable-5",
    ].map(modelName),
  ).toEqual(["opus 4.5", "sonnet 4", "haiku 3.5", "gpt-5.2", "fable 5"]);
});

test("bytes", () => {
  expect([bytes(12), bytes(12_345), bytes(182_000_000)]).toEqual(["12 B", "12.3 kB", "182.0 MB"]);
});
