import { expect, test } from "vitest";
import { OWN_TOOLS } from "../../model/own-tools.ts";
import { toolsOf } from "./tools.ts";

test("the tools that are known as Clew's own are those that there are", () => {
  expect([...OWN_TOOLS].toSorted()).toEqual(
    toolsOf("write")
      .map(({ name }) => name)
      .toSorted(),
  );
});
