import { expect, test } from "vitest";
import { commitsIn, pullRequestIn } from "./git-output.ts";

test("each commit that git prints, wherever its line stands", () => {
  const output =
    "[fmt] $ black .\n[main (root-commit) 1a2b3c4] Weave twill\n 1 file changed\n[detached HEAD 5d6e7f8] Dye\r\n[feature/x-1 9a8b7c6d] ";
  expect(commitsIn(output)).toEqual([
    { branch: "main", hash: "1a2b3c4", subject: "Weave twill" },
    { branch: "detached HEAD", hash: "5d6e7f8", subject: "Dye" },
    { branch: "feature/x-1", hash: "9a8b7c6d", subject: "" },
  ]);
});

test("what only looks like one is none", () => {
  for (const output of [
    "",
    "[lint] ok",
    "see [main 1a2b3c4] Weave",
    "[main 1a2b3] short",
    "[main 1A2B3C4] Weave",
    "[",
    "\n[",
  ]) {
    expect(commitsIn(output)).toEqual([]);
  }
});

test("a pull request's address counts when the output ends with it", () => {
  expect(pullRequestIn("Creating pull request\n\nhttps://github.com/ada/loom/pull/7\n")).toBe(
    "https://github.com/ada/loom/pull/7",
  );
  expect(pullRequestIn("https://git.example/ada/loom/-/merge_requests/7")).toBe(
    "https://git.example/ada/loom/-/merge_requests/7",
  );
  expect(pullRequestIn("https://github.com/ada/loom/pull/7\nMerged.")).toBeNull();
  expect(pullRequestIn("https://github.com/ada/loom/issues/7")).toBeNull();
});
