import fc from "fast-check";
import { expect, test } from "vitest";
import { ASSEMBLE_LIMITS, createLineAssembler } from "./assemble-lines.ts";
import { recordsOf } from "./testing.ts";

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["frames", ["Error: boom\n    at a (b.js:1:2)\n    at c (d.js:3:4)", "next"]],
  ["a Java trace", ["java.lang.Error: x\n\tat a.B.c(B.java:1)\nCaused by: java.io.Error: y\n\t... 3 more", "next"]],
  ["properties of an error", ["Error: x\n    at a (b.js:1:2) {\n  code: 'E'\n}", "next"]],
  [
    "a traceback after a failure",
    ['ERROR:app:failed\nTraceback (most recent call last):\n  File "a"\nValueError: b', "INFO:app:on"],
  ],
  ["a traceback by itself", ["starting", 'Traceback (most recent call last):\n  File "a"\nValueError: b', "on"]],
  ["lines without a time among those with one", ["2026-11-21 10:00:00 a\nb\nERROR c", "2026-11-21 10:00:01 d"]],
  ["lines without times", ["a", "b", "c"]],
  ["objects", ['{"msg":"a"}', '{"msg":"b"}', "Server listening", '{"msg":"c"}', "    at alone"]],
  ["an object over several lines", ['{\n  "msg": "a",\n  "level": 30\n}', "next"]],
  [
    "our own form",
    ["[a] - INFO - b\n    c\n    d", "[a] - INFO - e", "[b] - 2026-11-21T10:00:00.000Z - x - INFO - f\ng"],
  ],
  ["coloured lines", ["\u001b[32m2026-11-21 10:00:00\u001b[0m a\nb", "\u001b[32m2026-11-21 10:00:01\u001b[0m c"]],
];

test.each(cases)("%s", (_, records) => {
  expect(recordsOf(`${records.join("\n")}\n`)).toEqual(records);
});

test("blank lines belong to nobody, but inside a record they stay", () => {
  expect(recordsOf("a\n\nb\n\n\n")).toEqual(["a", "b"]);
  expect(recordsOf("2026-11-21 10:00:00 a\n\nb\n\n")).toEqual(["2026-11-21 10:00:00 a\n\nb"]);
});

test("a record ends at its limits, and what is left over is the next", () => {
  const lines = Array.from({ length: 450 }, (_, index) => `    at frame ${index}`);
  const records = recordsOf(["Error: deep", ...lines].join("\n"));
  expect(records.map((record) => record.split("\n").length)).toEqual([200, 200, 51]);
  const wide = recordsOf(["2026-11-21 10:00:00 a", ...Array.from({ length: 5 }, () => "x".repeat(30_000))].join("\n"));
  expect(wide.every((record) => record.length <= ASSEMBLE_LIMITS.bytes)).toBe(true);
  expect(wide.join("\n").length).toBe(21 + 5 * 30_001);
});

test("a record is open until the next one begins; an object never waits", () => {
  const assembler = createLineAssembler();
  expect(assembler.isComplete()).toBe(true);
  assembler.push(Buffer.from("a"), 0, 1);
  expect(assembler.isComplete()).toBe(false);
  expect(assembler.open()).toEqual({ start: 0, end: 1 });
  expect(assembler.push(Buffer.from('{"a":1}'), 2, 9)).toEqual({ start: 0, end: 1 });
  expect(assembler.isComplete()).toBe(true);
  expect(assembler.close()).toEqual({ start: 2, end: 9 });
  expect(assembler.open()).toBeNull();
});

test("whatever the lines are, each stands in exactly one record, in order", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 40 }).map((text) => text.replaceAll("\n", "")),
    fc.constantFrom(...cases.flatMap(([, records]) => records.flatMap((record) => record.split("\n")))),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const said = (texts: readonly string[]) =>
        texts.flatMap((text) => text.split("\n")).filter((text) => text.trim() !== "");
      expect(said(recordsOf(lines.join("\n")))).toEqual(said(lines));
    }),
    { numRuns: 500, seed: 4 },
  );
});
