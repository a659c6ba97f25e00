import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOf } from "./piece.ts";
import { type Column, table } from "./table.ts";
import { fitWidth, textWidth } from "./width.ts";

interface Row {
  readonly name: string;
  readonly title: string;
  readonly amount: number;
}
const COLUMNS: readonly Column<Row>[] = [
  { title: "NAME", value: (row) => row.name, shrinkTo: 4 },
  { title: "TITLE", value: (row) => row.title, shrinkTo: 8 },
  { title: "EXTRA", value: (row) => row.name.toUpperCase(), leaves: 2 },
  { title: "AMOUNT", value: (row) => String(row.amount), align: "right" },
];
const linesOf = (rows: readonly Row[], width: number) =>
  table(COLUMNS, rows, width).map((line) => line.map(textOf).join(""));

describe("table()", () => {
  test("never makes a line wider than the terminal, nor one with a newline", () => {
    const row = fc.record({
      name: fc.string({ unit: "grapheme", maxLength: 30 }),
      title: fc.string({ unit: "binary", maxLength: 300 }),
      amount: fc.integer(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.integer({ min: 40, max: 200 }), (rows, width) => {
        const lines = linesOf(rows, width);
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines) {
          expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\n\r]/u);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("puts numbers to the right and keeps columns in line", () => {
    const lines = linesOf(
      [
        { name: "日本", title: "a", amount: 7 },
        { name: "bc", title: "long title", amount: 12345 },
      ],
      80,
    );
    expect(lines).toEqual([
      "NAME  TITLE       EXTRA  AMOUNT",
      "日本  a           日本        7",
      "bc    long title  BC      12345",
    ]);
  });

  test("lets unimportant columns go before it cuts what matters", () => {
    const [heading, row] = linesOf(
      [{ name: "abcdefghijklmnop", title: "a title that is rather long", amount: 123456789 }],
      40,
    );
    expect(heading).not.toContain("EXTRA");
    expect(row).toContain("123456789");
    expect(row).toContain("…");
  });
});

describe("fitWidth()", () => {
  test("counts wide characters twice and marks none", () => {
    expect(textWidth("日本語")).toBe(6);
    expect(textWidth("e\u0301")).toBe(1);
    expect(textWidth("🎉")).toBe(2);
    expect(fitWidth("日本語です", 6)).toBe("日本…");
    expect(fitWidth("short", 10)).toBe("short");
    expect(fitWidth("anything", 0)).toBe("");
  });
});
