import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeJson, safeLine, safeText } from "./safe-text.ts";

const KNOWN = [
  "\u001b[31mred\u001b[0m",
  "\u001b]0;title\u0007",
  "\u001b]52;c;aGk=\u0007",
  "\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\",
  "\u001bP1;1|string\u001b\\",
  "\u001b_application\u001b\\",
  "\u001b^private",
  "\u001bXstart of string",
  "\u009b31m eight-bit",
  "\u009d0;eight-bit title\u009c",
  "over\rwritten",
  "back\b\b\bspace",
  "\u202egnp.exe",
  "\u2066isolate\u2069",
  "zero\u200bwidth\u200d\ufeff",
  "tag\u{e0041}\u{e0042}",
  "NUL\u0000 and DEL\u007f",
  "\ud800 lone",
  "line\u2028separator",
  "bell\u0007\u0005",
  "soft\u00adhyphen, filler \u3164",
];

const ALLOWED_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;
const ALLOWED_TEXT = /^(?:[\t\n]|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])*$/u;

describe("text for a terminal", () => {
  test.each(KNOWN)("shows %j instead of obeying it", (text) => {
    expect(safeLine(text)).toMatch(ALLOWED_LINE);
    expect(safeText(text)).toMatch(ALLOWED_TEXT);
    expect(safeLine(text)).not.toBe(text);
  });

  test("holds nothing that a terminal obeys or hides, whatever comes in", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(fc.constantFrom(...KNOWN)).map((all) => all.join("")),
        ),
        (text) => {
          expect(safeLine(text)).toMatch(ALLOWED_LINE);
          expect(safeText(text)).toMatch(ALLOWED_TEXT);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test("any bytes, read as UTF-8 or as Latin-1", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const encoding of ["utf8", "latin1"] as const)
          expect(safeText(Buffer.from(bytes).toString(encoding))).toMatch(ALLOWED_TEXT);
      }),
      { numRuns: 5000 },
    );
  });

  test("leaves ordinary text alone", () => {
    const text = 'Straße, naïve, 日本語, عربى, 🎉 → ✓ \\ "quoted" <b>';
    expect(safeLine(text)).toBe(text);
    expect(safeText(`one\n\ttwo ${text}`)).toBe(`one\n\ttwo ${text}`);
  });

  test("names what it replaces", () => {
    expect(safeLine("\u001b[2J")).toBe("␛[2J");
    expect(safeLine("a\u202eb")).toBe("a<U+202E>b");
    expect(safeLine("a\u009bb")).toBe("a<9B>b");
    expect(safeText("a\rb")).toBe("a␍b");
    expect(safeText("a\r\nb")).toBe("a\nb");
  });
});

test("safeJson() writes JSON of the same value, without unsafe characters", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), fc.constantFrom(undefined, 2), (value, text, indent) => {
      const json = safeJson({ value, text }, indent);
      expect(json).toMatch(ALLOWED_TEXT);
      expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify({ value, text }));
    }),
    { numRuns: 3000 },
  );
});
