import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineRecorder, LINE_LIMITS, type LineLimits, type RecordedLine } from "./line-recorder.ts";

function record(chunks: readonly Buffer[], limits: LineLimits = LINE_LIMITS) {
  const lines: RecordedLine[] = [];
  const recorder = createLineRecorder({ clock: () => 5, onBatch: (batch) => lines.push(...batch), limits });
  for (const chunk of chunks) recorder.add("stdout", chunk);
  recorder.flush(true);
  return { lines, counts: recorder.counts() };
}

/** Bytes in pieces that begin and end anywhere. */
const pieces = (bytes: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const parts: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length]!;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
};

describe("createLineRecorder", () => {
  it("finds the same lines however the output arrives", () => {
    const texts = fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "").toWellFormed()));
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (wanted, sizes, hasEnd) => {
          const bytes = Buffer.from(wanted.join("\n") + (hasEnd && wanted.length > 0 ? "\n" : ""));
          const expected = hasEnd || wanted.at(-1) !== "" ? wanted : wanted.slice(0, -1);
          const { lines, counts } = record(pieces(bytes, sizes));
          expect(lines.map(({ text }) => text)).toEqual(expected);
          expect(lines.map(({ line }) => line)).toEqual(expected.map((_, index) => index + 1));
          expect(counts).toEqual({ lines: expected.length, omitted: 0, cut: 0 });
        },
      ),
    );
  });

  it("cuts long lines between characters, and says how much it cut", () => {
    const { lines, counts } = record(pieces(Buffer.from(`${"é€😀".repeat(5000)}\nshort\r\n`), [1000]));
    expect(Buffer.byteLength(lines[0]!.text)).toBeGreaterThan(8 * 1024 - 4);
    expect(lines[0]!.text).not.toContain("\ufffd");
    expect(lines[0]!.cut).toBe(9 * 5000 - 8 * 1024);
    expect(lines[1]).toEqual({ stream: "stdout", line: 2, text: "short", at: 5, cut: 0 });
    expect(counts.cut).toBe(1);
  });

  it("counts what is beyond the limits", () => {
    const many = record([Buffer.from("x\n".repeat(50))], { lines: 10, bytes: 1000, lineBytes: 100 });
    expect([many.lines.length, many.counts]).toEqual([10, { lines: 10, omitted: 40, cut: 0 }]);
    const large = record([Buffer.from("0123456789\n".repeat(50)), Buffer.from("a\n")], {
      lines: 100,
      bytes: 95,
      lineBytes: 100,
    });
    expect([large.lines.length, large.counts.omitted]).toEqual([9, 42]);
  });

  it("keeps the streams apart, and no memory of a line without end", () => {
    const lines: RecordedLine[] = [];
    const recorder = createLineRecorder({ clock: () => 5, onBatch: (batch) => lines.push(...batch) });
    recorder.add("stdout", Buffer.from("one "));
    recorder.add("stderr", Buffer.from("two "));
    recorder.add("stdout", Buffer.from("more\n"));
    recorder.flush(false);
    expect(lines.map(({ stream, text }) => [stream, text])).toEqual([["stdout", "one more"]]);
    const chunk = Buffer.alloc(64 * 1024, "x");
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 1000; index++) recorder.add("stderr", chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    recorder.flush(true);
    expect(lines[1]).toMatchObject({ stream: "stderr", line: 1, cut: 4 + 1000 * 64 * 1024 - 8 * 1024 });
  });
});
