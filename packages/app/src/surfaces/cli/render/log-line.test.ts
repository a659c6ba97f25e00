import { expect, test } from "vitest";
import type { ModelCallRow } from "../../../query/model-calls.ts";
import { createOutput } from "../output.ts";
import { callText, timeOf } from "./log-line.ts";

const CALL = {
  provider: "anthropic",
  model: "claude-opus-4-5",
  input_tokens: 812,
  output_tokens: 40,
  cache_read_input_tokens: 2000,
  cache_creation_input_tokens: 48,
  cost_usd: 0.02,
  duration_ms: 1500,
  finish_reason: "end_turn",
  query_source: null,
  error: null,
} as unknown as ModelCallRow;

test("a call's input is counted as `clew show` counts it, and what was cached beside it", () => {
  expect(callText(CALL)).toBe("anthropic/claude-opus-4-5  812 in (2,048 cached), 40 out  $0.02  1.5 s  end_turn");
  const uncached = { ...CALL, cache_read_input_tokens: null, cache_creation_input_tokens: 0 };
  expect(callText(uncached)).toContain("812 in, 40 out");
});

test("times are those of the zone", () => {
  const at = (width: number) =>
    timeOf(createOutput({ write: () => {} }, { color: false, width }), "2026-03-10T23:30:00.000Z", "Asia/Tokyo");
  expect([at(120), at(80)]).toEqual(["2026-03-11 08:30:00.000", "08:30:00.000"]);
});
