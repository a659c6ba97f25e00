import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frontMatterOf } from "./front-matter.ts";

describe("frontMatterOf()", () => {
  it.each([
    ["---\nname: a\ndescription: b\ntype: user\n---\n# C", { name: "a", description: "b", type: "user", title: "a" }],
    ["---\nname: a\nmetadata:\n  type: project\n---\n", { type: "project" }],
    ["\uFEFF---\r\nname: a\r\n---\r\ntext", { name: "a", problem: null }],
    ["---\n---\n# Title #\n", { name: null, title: "Title", problem: null }],
    ["text\n## Second level\n# First", { title: "Second level", problem: null }],
    ["---\nno end of it", { title: null, problem: null }],
    ["", { title: null, problem: null }],
    [
      "---\nname: [\n---\n# Title",
      { title: "Title", problem: expect.stringContaining("cannot be read; shown as text") as string },
    ],
    ["---\n- a\n---\n", { problem: expect.stringContaining("no list of values") as string }],
    ["---\na: &a [1]\nb: *a\n---\n", { problem: expect.stringContaining("cannot be read; shown as text") as string }],
    ["---\nname: {a: 1}\ntype: 5\n---\n", { name: null, type: "5" }],
  ])("%j", (content, expected) => {
    expect(frontMatterOf(content)).toMatchObject(expected);
  });

  it("never throws, and says nothing in more than one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, isBlock) => {
        const { title, name } = frontMatterOf(isBlock ? `---\nname: ${text}\n---\n` : text);
        for (const one of [title, name]) expect(one ?? "").not.toMatch(/[\n\r]/);
      }),
    );
  });

  it("does not take quadratic time over long input", () => {
    expect(frontMatterOf(`---\n${"-- \n".repeat(300_000)}`).name).toBeNull();
    expect(frontMatterOf("# ".repeat(500_000)).problem).toBeNull();
  });
});
