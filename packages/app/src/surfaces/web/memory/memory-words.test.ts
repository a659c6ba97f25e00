/** @module The small functions behind the page of memory files. */
import { describe, expect, test } from "vitest";
import type { MemoryListRow } from "../../http/answers.ts";
import { chosenRows, groupsOf, pathParts } from "./file-groups.ts";
import { frontMatterRows } from "./front-matter.ts";
import { graphHref, graphView } from "./graph-url.ts";
import { partsOf, wantedWords } from "./hits.ts";
import { memoryHref, memoryView } from "./memory-url.ts";
import { commandOf } from "./shell-word.ts";
import { colourOf } from "./type-colours.ts";

describe("front matter", () => {
  test("is rows, nested names joined by dots, and the text below", () => {
    const text = '---\nname: "The glaze"\ntags:\n  - blue\n  - hot\nmetadata:\n  type: project\n---\n# Glaze\n';
    expect(frontMatterRows(text, true)).toEqual({
      rows: [
        { name: "name", value: "The glaze" },
        { name: "tags", value: "blue, hot" },
        { name: "metadata.type", value: "project" },
      ],
      body: "# Glaze\n",
    });
  });

  test.each(["# No front matter\n", "---\nopen\n", "", "--- \nname: x"])("%j has none", (text) => {
    expect(frontMatterRows(text, true)).toEqual({ rows: [], body: text });
  });

  test("that the server cannot read is text", () => {
    expect(frontMatterRows("---\na: [\n---\nb", false)).toEqual({ rows: [], body: "---\na: [\n---\nb" });
  });
});

describe("hits of a search", () => {
  const marked = (text: string, q: string) =>
    partsOf(text, wantedWords(q))
      .map(({ text: part, isHit }) => (isHit ? `<${part}>` : part))
      .join("");

  test("letter case and accents do not count, and a hit begins a word", () => {
    expect(marked("Café and café au lait, decafé", "cafe")).toBe("<Café> and <café> au lait, decafé");
    expect(marked("blue glaze, Blueprint", '"blue glaze" blue*')).toBe("<blue glaze>, <Blue>print");
  });

  test("no words mark nothing; other languages and signs stay whole", () => {
    expect(marked("as it is", "")).toBe("as it is");
    expect(marked("釉薬 is 釉薬", "釉薬")).toBe("<釉薬> is <釉薬>");
    expect(marked("fire 🔥 fire", "fire")).toBe("fire 🔥 fire");
    expect(marked("İstanbul", "istanbul")).toBe("<İstanbul>");
    expect(marked("not this", "-this not")).toBe("<not> this");
  });
});

describe("the list", () => {
  const row = (path: string, more: Partial<MemoryListRow>): MemoryListRow => ({
    id: path,
    path,
    project_id: "dir:kiln",
    project: "kiln",
    title: null,
    size: 1,
    changes: 1,
    conflicts: 0,
    waits: false,
    deleted: false,
    changed_at: null,
    author: "a",
    whose: "own",
    origin: "human",
    tainted: false,
    session_id: null,
    ...more,
  });
  const rows = [
    row("global.md", { project_id: null, project: null }),
    row("a.md", { conflicts: 1, origin: "agent" }),
    row("b.md", { waits: true, whose: "other", tainted: true }),
    row("gone.md", { deleted: true, conflicts: 1, origin: "agent" }),
    row("other.md", { project_id: "dir:x", project: null }),
  ];
  const chosen = (project: string, mark: string | null) =>
    chosenRows(rows, memoryView(new URLSearchParams({ project, ...(mark && { mark }) }).toString())).map(
      ({ path }) => path,
    );

  test("is chosen by project and mark; what is deleted only where it is asked for", () => {
    expect(chosen("", null)).toEqual(["global.md", "a.md", "b.md", "other.md"]);
    expect(chosen("global", null)).toEqual(["global.md"]);
    expect(chosen("dir:kiln", null)).toEqual(["a.md", "b.md"]);
    expect(["conflict", "waits", "tainted", "other", "agent", "deleted"].map((mark) => chosen("", mark))).toEqual([
      ["a.md"],
      ["b.md"],
      ["b.md"],
      ["b.md"],
      ["a.md"],
      ["gone.md"],
    ]);
    expect(chosen("", "no such mark")).toHaveLength(4);
  });

  test("stands by project, in its order", () => {
    expect(groupsOf(rows).map(({ name, rows: own }) => [name, own.length])).toEqual([
      ["Global", 1],
      ["kiln", 3],
      ["dir:x", 1],
    ]);
    expect([pathParts("a/b/c.md"), pathParts("c.md")]).toEqual([
      { directory: "a/b/", name: "c.md" },
      { directory: "", name: "c.md" },
    ]);
  });
});

describe("addresses", () => {
  test("hold what is chosen, and another file forgets the last one's version", () => {
    const view = memoryView("q=blue&file=a%2Fb.md&view=changes&version=v&against=w&line=3");
    expect(view).toMatchObject({ q: "blue", file: "a/b.md", view: "changes", version: "v", against: "w", line: 3 });
    expect(memoryView("view=nonsense&mark=x&line=-1")).toMatchObject({ view: "text", mark: null, line: null });
    expect(memoryHref("?q=blue&file=a&view=raw&version=v&line=3", { file: "b c" })).toBe("/memory?q=blue&file=b+c");
    expect(memoryHref("?file=a&version=v", { file: "" })).toBe("/memory");
    expect(memoryHref("?file=a", { version: "v", view: "changes" })).toBe("/memory?file=a&version=v&view=changes");
  });

  test("of the graph likewise", () => {
    expect(graphView("q=x&type=-&entity=n-1&depth=2")).toEqual({ q: "x", type: "-", entity: "n-1", depth: 2 });
    expect(graphView("depth=9").depth).toBe(1);
    expect(graphHref("?q=x&entity=n-1", null)).toBe("/memory/graph?q=x");
    expect(graphHref("?q=x", "n-2")).toBe("/memory/graph?q=x&entity=n-2");
  });
});

test("words of a command line are quoted where a shell would read something into them", () => {
  expect(commandOf("clew", "memory", "get", "f-0c41d1f5a2b7", "--version", "3f2a")).toBe(
    "clew memory get f-0c41d1f5a2b7 --version 3f2a",
  );
  expect(commandOf("x", "a b", "it's", "$(rm)", "")).toBe("x 'a b' 'it'\\''s' '$(rm)' ''");
});

test("the most frequent types have colours of their own, the rest share one", () => {
  const types = ["a", "", "b", "c", "d", "e", "f", "g", "h"];
  expect([..."abcdefgh"].map((type) => colourOf(type, types))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect([colourOf("", types), colourOf("unknown", types)]).toEqual([7, 7]);
});
