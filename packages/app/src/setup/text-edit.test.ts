import fc from "fast-check";
import { parse, parseTree } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { applyTextEdits, insertMembers, removeMembers } from "./text-edit.ts";
import { styleOf } from "./text-style.ts";

const tree = (text: string) => parseTree(text, [], { allowTrailingComma: true })!;
const inserted = (text: string, ...members: readonly string[]): string => {
  const root = tree(text);
  return applyTextEdits(text, insertMembers(text, root, members, styleOf(text, root)));
};
const without = (text: string, ...indexes: readonly number[]): string => {
  const root = tree(text);
  const gone = new Set(indexes.map((index) => root.children![index]!));
  return applyTextEdits(
    text,
    removeMembers(text, root, (child) => gone.has(child)),
  );
};

describe("members are put at the end", () => {
  test.each([
    ["{}", '{\n  "z": 1\n}'],
    ["[]", "[0]"],
    ["{ }", '{\n  "z": 1\n }'],
    ["{\n}", '{\n  "z": 1\n}'],
    ["{ // none\n}", '{ // none\n  "z": 1\n}'],
    ["{ /* none */ }", '{ /* none */\n  "z": 1\n }'],
    ['{"a":1}', '{"a":1,"z": 1}'],
    ['{ "a": 1 }', '{ "a": 1, "z": 1 }'],
    ['{"a":1,}', '{"a":1,"z": 1,}'],
    ['{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"z": 1\n}'],
    ['{\r\n "a": 1\r\n}', '{\r\n "a": 1,\r\n "z": 1\r\n}'],
    ['{\n  "a": 1,\n}', '{\n  "a": 1,\n  "z": 1,\n}'],
    ['{\n  "a": 1 // one, only\n}', '{\n  "a": 1, // one, only\n  "z": 1\n}'],
    ['{\n  "a": 1, // one\n  // end\n}', '{\n  "a": 1, // one\n  "z": 1,\n  // end\n}'],
    ['{\n  "a": 1 /* x\n y */\n}', '{\n  "a": 1,\n  "z": 1 /* x\n y */\n}'],
    ['{\n  "a": 1}', '{\n  "a": 1,\n  "z": 1}'],
  ])("of %j", (before, after) => {
    expect(inserted(before, tree(before).type === "array" ? "0" : '"z": 1')).toBe(after);
  });
});

describe("members are taken out", () => {
  test.each<[string, readonly number[], string]>([
    ["[1, 2, 3]", [0], "[2, 3]"],
    ["[1, 2, 3]", [1], "[1, 3]"],
    ["[1, 2, 3]", [2], "[1, 2]"],
    ["[1, 2, 3]", [1, 2], "[1]"],
    ["[1, 2, 3]", [0, 1, 2], "[]"],
    ["[ 1 ]", [0], "[]"],
    ["[1, 2,]", [1], "[1,]"],
    ["[\n  1,\n  2\n]", [1], "[\n  1\n]"],
    ["[\n  1,\n  2\n]", [0], "[\n  2\n]"],
    ["[\n  1, 2,\n  3\n]", [0], "[\n  2,\n  3\n]"],
    ["[\n  1, // one\n  2 // two\n]", [1], "[\n  1 // one\n  // two\n]"],
    ["[\n  // first\n  1, 2\n]", [0], "[\n  // first\n  2\n]"],
    ["[\n  // first\n  1, 2 ]", [0, 1], "[\n  // first\n   ]"],
    ["[\n  1 /* , */ ,\n  2\n]", [0], "[\n  /* , */ \n  2\n]"],
    ["[1, /* two */ 2]", [1], "[1 /* two */]"],
  ])("of %j, %j", (before, indexes, after) => {
    expect(without(before, ...indexes)).toBe(after);
  });

  test("and the others stay, in every manner of writing", () => {
    const trivia = fc.constantFrom("", " ", "\n", "\n  ", " // c\n", " /* , */ ", "\r\n\t", "\n// ]\n");
    const list = fc.array(fc.record({ before: trivia, after: trivia, gone: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(list, trivia, fc.boolean(), (members, end, trailing) => {
        const parts = members.map(({ before, after }, index) => before + index + after);
        const text = `[${parts.join(",")}${trailing ? "," : ""}${end}]`;
        const gone = members.flatMap((member, index) => (member.gone ? [index] : []));
        const errors: never[] = [];
        const left = without(text, ...gone);
        expect(parse(left, errors, { allowTrailingComma: true })).toEqual(
          members.flatMap((member, index) => (member.gone ? [] : [index])),
        );
        expect(errors).toEqual([]);
        expect(left.match(/\/\/ c|\/\* , \*\/|\/\/ \]/gu)).toEqual(text.match(/\/\/ c|\/\* , \*\/|\/\/ \]/gu));
        if (trailing || gone.length === 0) return;
        expect(/,\s*\]$/u.test(left)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
