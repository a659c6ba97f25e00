import { expect, test } from "vitest";
import { csvOf } from "./csv.ts";

test("commas, quotes and line breaks are quoted, empty stays empty", () => {
  expect(
    csvOf(
      ["a", "b"],
      [
        ['say "hi"', "x,y"],
        ["two\nlines", null],
      ],
    ),
  ).toBe('a,b\r\n"say ""hi""","x,y"\r\n"two\nlines",\r\n');
});

test("no cell is a formula, numbers stay numbers", () => {
  expect(csvOf(["n"], [["=1+1"], ["+a"], ["-b"], ["@c"], ["\td"], [-5]])).toBe(
    "n\r\n'=1+1\r\n'+a\r\n'-b\r\n'@c\r\n'\td\r\n-5\r\n",
  );
});
