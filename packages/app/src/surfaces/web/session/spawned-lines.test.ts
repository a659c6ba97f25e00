import { expect, test } from "vitest";
import type { LogRow } from "../../http/answers.ts";
import { byCall } from "./spawned-lines.ts";
import { titleOf } from "./spawned-lines-title.ts";

const line = (call: string | null, session: string | null, service: string | null) =>
  ({ tool_use_id: call, session_id: session, service }) as LogRow;

test("lines are gathered by the call that they ran under, and said in one sentence", () => {
  const calls = byCall(
    [line("a", "s1", "shop"), line("a", "s2", "shop"), line("b", null, null), line(null, "s3", "other")],
    false,
  );
  expect([...calls].map(([call, lines]) => [call, titleOf(lines)])).toEqual([
    ["a", "2 log lines from 2 sessions of shop"],
    ["b", "1 log line"],
  ]);
});

test("more services than fit are counted; what was not counted to the end says so", () => {
  const services = ["a", "b", "c", "d", "e"];
  const lines = byCall(
    services.map((service) => line("x", "s", service)),
    true,
  ).get("x")!;
  expect(titleOf(lines)).toBe("at least 5 log lines from 1 session of a, b, c and 2 more");
});
