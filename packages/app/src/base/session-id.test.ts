import { expect, it } from "vitest";
import { isSessionId } from "./session-id.ts";

it.each(["0", "3646aa6f-99b8-46bd-8636-2c7a4696884e", "root.agent-1", "a..b", "A_b", "x".repeat(128)])(
  "%j is a session's id",
  (id) => {
    expect(isSessionId(id)).toBe(true);
  },
);

it.each([
  "",
  "a/b",
  "a b",
  "a\n",
  ".hidden",
  "-flag",
  "_a",
  "..",
  "é",
  "a\u0000",
  "x".repeat(129),
  null,
  undefined,
  7,
  ["a"],
])("%j is none", (id) => {
  expect(isSessionId(id)).toBe(false);
});
