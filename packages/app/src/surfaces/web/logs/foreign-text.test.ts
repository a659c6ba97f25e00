import { expect, test } from "vitest";
import { firstLine, plainText } from "./foreign-text.ts";

const ESCAPE = String.fromCharCode(27);

test("a list shows one line, and says that there are more", () => {
  expect(firstLine("one\ntwo")).toBe("one …");
  expect(firstLine("one\n")).toBe("one");
  expect(firstLine("")).toBe("");
});

test("a terminal's colours are left out, everything else stays as it is", () => {
  expect(plainText(`${ESCAPE}[31;1mred${ESCAPE}[0m <b>`)).toBe("red <b>");
});
