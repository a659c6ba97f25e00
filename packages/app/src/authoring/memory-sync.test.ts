import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listMemoryFiles, memoryFile, memoryHistory } from "../query/memory-files.ts";
import { replaceFile } from "../setup/replace-file.ts";
import { type MemoryBed, memoryBed } from "./memory-testing.ts";

const A = "dir:shop/memory/a.md";
let bed: MemoryBed;
beforeEach(() => {
  bed = memoryBed(replaceFile);
});
afterEach(() => bed.remove());

const actions = (answer: { rows: readonly { path: string; action: string }[] }): readonly string[] =>
  answer.rows.map(({ path, action }) => `${path} ${action}`).sort();
const messages = (answer: { problems: readonly { message: string }[] }): string =>
  answer.problems.map(({ message }) => message).join("\n");

/** As another device would, that has seen the versions `seen`. */
async function elsewhere(id: string, content: string, seen: readonly string[]): Promise<string> {
  return bed.withAuthoring(async (authoring) => {
    const author = authoring.author();
    const data = { set: { content }, ...(seen.length > 0 && { replaces: { content: seen } }) };
    return (await authoring.writeAll([{ target: "memory", subject: id, data }], author))[0]!;
  });
}
const versionsOf = (id: string) =>
  bed.withAuthoring((authoring) => authoring.read((db) => memoryHistory(db, id)) ?? []);

describe("between the disk and the store", () => {
  it("a file is kept, changed, taken away and brought back, with every version", async () => {
    bed.write("a.md", "# Lock\none\n");
    expect(actions(await bed.run("push"))).toEqual(["memory/a.md pushed"]);
    expect(actions(await bed.run("sync"))).toEqual([]);
    bed.write("a.md", "# Lock\ntwo\n");
    await bed.run("sync");
    unlinkSync(bed.path("a.md"));
    expect(actions(await bed.run("sync"))).toEqual(["memory/a.md deleted"]);
    expect(bed.versions(A)).toEqual(["# Lock\none\n", "# Lock\ntwo\n"]);
    const history = await versionsOf(A);
    expect(history.map(({ what }) => what)).toEqual(["content", "content", "deleted"]);
    await bed.restore(A, history[0]!.version);
    expect(bed.read("a.md")).toBe("# Lock\none\n");
    expect(actions(await bed.run("sync"))).toEqual([]);
    expect(bed.versions(A)).toEqual(["# Lock\none\n", "# Lock\ntwo\n", "# Lock\none\n"]);
  });

  it("what another wrote comes to the disk, with everybody's bytes as they are", async () => {
    const bytes = "\uFEFFend without newline \r\n\tß";
    bed.write("a.md", "mine");
    await bed.run("sync");
    const [first] = await versionsOf(A);
    await elsewhere(A, bytes, [first!.version]);
    const answer = await bed.run("sync");
    expect(answer.rows).toMatchObject([{ action: "pulled", by: "ada", tainted: false, kept: null }]);
    expect(bed.read("a.md")).toBe(bytes);
    expect(actions(await bed.run("sync"))).toEqual([]);
    expect(readdirSync(bed.memory)).toEqual(["a.md"]);
  });

  it("where both changed, the newest stands and the other is shown beside it until somebody chooses", async () => {
    bed.write("a.md", "base");
    await bed.run("sync");
    const [first] = await versionsOf(A);
    const theirs = await elsewhere(A, "theirs", [first!.version]);
    bed.write("a.md", "mine");
    const answer = await bed.run("sync");
    expect(answer.conflicts).toMatchObject([{ id: A, path: "memory/a.md", versions: [expect.any(String), theirs] }]);
    expect(bed.read("a.md")).toBe("mine");
    // An edit afterwards does not settle it in silence; the one who names the file does.
    bed.write("a.md", "mine, longer");
    expect((await bed.run("sync")).conflicts).toHaveLength(1);
    expect((await bed.run("push", [bed.path("a.md")])).conflicts).toEqual([]);
    expect(bed.versions(A)).toEqual(["base", "theirs", "mine", "mine, longer", "mine, longer"]);
  });

  it("pull takes the store's text, and keeps what lay there", async () => {
    bed.write("a.md", "base");
    await bed.run("push");
    bed.write("a.md", "an edit that nobody kept");
    const answer = await bed.run("pull");
    expect(answer.rows).toMatchObject([{ action: "pulled", kept: expect.any(String) as string }]);
    expect(bed.read("a.md")).toBe("base");
    expect(bed.versions(A)).toEqual(["base", "an edit that nobody kept", "base"]);
    expect(answer.conflicts).toEqual([]);
    expect(actions(await bed.run("sync"))).toEqual([]);
  });

  it("a file that others deleted goes, unless it was changed here", async () => {
    for (const name of ["a.md", "b.md"]) bed.write(name, name);
    await bed.run("sync");
    for (const name of ["a.md", "b.md"])
      await bed.withAuthoring((authoring) =>
        authoring.write("memory", `dir:shop/memory/${name}`, { set: { deleted: true } }, authoring.author()),
      );
    bed.write("b.md", "changed here");
    expect(actions(await bed.run("sync"))).toEqual(["memory/a.md removed", "memory/b.md pushed"]);
    expect([bed.read("a.md"), bed.read("b.md")]).toEqual([null, "changed here"]);
    expect(actions(await bed.run("sync"))).toEqual([]);
  });

  it("a deletion here does not take away what was written elsewhere since", async () => {
    bed.write("a.md", "base");
    await bed.run("sync");
    const [first] = await versionsOf(A);
    await elsewhere(A, "newer", [first!.version]);
    unlinkSync(bed.path("a.md"));
    expect(actions(await bed.run("sync"))).toEqual(["memory/a.md pulled"]);
    expect(bed.read("a.md")).toBe("newer");
  });

  it("a directory that is gone deletes nothing, and pull brings it back", async () => {
    bed.write("sub/a.md", "deep");
    await bed.run("sync");
    renameSync(bed.memory, `${bed.memory}-away`);
    expect(actions(await bed.run("sync"))).toEqual([]);
    expect(actions(await bed.run("pull"))).toEqual(["memory/sub/a.md pulled"]);
    expect(bed.read("sub/a.md")).toBe("deep");
  });

  it("a dry run says it all and changes nothing", async () => {
    bed.write("a.md", "x");
    expect(actions(await bed.run("sync", [], true))).toEqual(["memory/a.md pushed"]);
    expect(bed.versions(A)).toEqual([]);
    await bed.run("sync");
    const [first] = await versionsOf(A);
    await elsewhere(A, "y", [first!.version]);
    expect(actions(await bed.run("sync", [], true))).toEqual(["memory/a.md pulled"]);
    expect(bed.read("a.md")).toBe("x");
  });

  it("without the file of the last sync nothing is overwritten that is no version", async () => {
    bed.write("a.md", "old");
    await bed.run("sync");
    bed.write("a.md", "new");
    await bed.run("sync");
    rmSync(join(bed.home, "data", "memory-sync.json"));
    bed.write("a.md", "old");
    // A version of old: the store is ahead of it.
    expect(actions(await bed.run("sync"))).toEqual(["memory/a.md pulled"]);
    rmSync(join(bed.home, "data", "memory-sync.json"));
    bed.write("a.md", "made apart");
    expect((await bed.run("sync")).conflicts).toHaveLength(1);
    expect(bed.read("a.md")).toBe("made apart");
  });
});

describe("instructions of a working tree", () => {
  it("are kept as they come, and written only when they are named", async () => {
    const file = bed.write(join(bed.workspace, "CLAUDE.md"), "v1");
    bed.write(join(bed.workspace, ".claude", "rules", "style.md"), "rule");
    bed.write(join(bed.workspace, "CLAUDE.local.md"), "only here");
    bed.write(join(bed.home, ".claude", "CLAUDE.md"), "everywhere");
    expect(actions(await bed.run("sync"))).toEqual([
      ".claude/rules/style.md pushed",
      "CLAUDE.md pushed",
      "CLAUDE.md pushed",
    ]);
    const id = "dir:shop/CLAUDE.md";
    const [first] = await versionsOf(id);
    await elsewhere(id, "v2", [first!.version]);
    // git brings such files, and would find a change that nobody made.
    expect(actions(await bed.run("sync"))).toEqual([]);
    expect(bed.read(file)).toBe("v1");
    rmSync(file);
    expect(actions(await bed.run("sync"))).toEqual([]);
    expect(actions(await bed.run("pull", [file]))).toEqual(["CLAUDE.md pulled"]);
    expect(bed.read(file)).toBe("v2");
  });
});

describe("what is no memory file is told in one sentence, and left alone", () => {
  it("binary and larger than 1 MB", async () => {
    bed.write("a.md", "fine");
    bed.write("binary.md", Buffer.from([0x23, 0xff, 0xfe, 0x00]));
    bed.write("nul.md", "a\0b");
    bed.write("large.md", "x".repeat(10 * 1024 * 1024));
    const answer = await bed.run("sync");
    expect(actions(answer)).toEqual(["memory/a.md pushed"]);
    expect(answer.problems).toHaveLength(3);
    expect(messages(answer)).toContain(`${bed.path("binary.md")} is binary`);
    expect(messages(answer)).toContain(`${bed.path("large.md")} is larger than 1 MB`);
    expect(statSync(bed.path("large.md")).size).toBe(10 * 1024 * 1024);
  });

  it("loops of links, links to nothing and links out of the working tree", async () => {
    symlinkSync(".", bed.path("loop"));
    symlinkSync("self.md", bed.path("self.md"));
    symlinkSync("nowhere.md", bed.path("dangling.md"));
    bed.write(join(bed.home, "secret.md"), "a secret");
    symlinkSync(join(bed.home, "secret.md"), join(bed.workspace, "CLAUDE.md"));
    const answer = await bed.run("sync");
    expect(actions(answer)).toEqual([]);
    expect(messages(answer)).toMatch(/loop leads to a directory that is read already/);
    expect(messages(answer)).toMatch(/self\.md is a loop of links/);
    expect(messages(answer)).toMatch(/dangling\.md is a link to nothing/);
    expect(messages(answer)).toMatch(/CLAUDE\.md is a link that leads out of/);
  });

  it("two names that are one where letter case does not count", async () => {
    bed.write("Notes.md", "one");
    bed.write("notes.md", "two");
    if (readdirSync(bed.memory).length < 2) return;
    bed.write("a.md", "fine");
    const answer = await bed.run("sync");
    expect(actions(answer)).toEqual(["memory/a.md pushed"]);
    expect(messages(answer)).toContain("rename one, until then neither is kept");
    expect([bed.read("Notes.md"), bed.read("notes.md")]).toEqual(["one", "two"]);
  });

  it("a file of the store that would lie elsewhere, or over one that differs by case", async () => {
    await bed.run("sync");
    for (const [path, content] of [
      ["memory/../../../../evil.md", "out"],
      ["memory/A.md", "other case"],
      ["memory/run.sh", "no memory"],
    ] as const)
      await bed.withAuthoring((authoring) =>
        authoring.write(
          "memory",
          `dir:shop/x/${content}`,
          { set: { content, path, project: "dir:shop" } },
          authoring.author(),
        ),
      );
    bed.write("a.md", "mine");
    const answer = await bed.run("sync");
    expect(messages(answer)).toContain("it leads out of its directory");
    expect(messages(answer)).toContain("a.md is there, which is one file with it");
    expect(messages(answer)).toContain("run.sh of the store is not written: it is no .md file");
    expect(readdirSync(bed.memory)).toEqual(["a.md"]);
    expect(bed.read("a.md")).toBe("mine");
  });

  it("a name that no file of the store leads to, and a file that is none", async () => {
    await expect(bed.run("push", ["nothing.md"])).rejects.toThrow("no memory file nothing.md");
    const file = bed.write(join(bed.home, "elsewhere.txt"), "x");
    await expect(bed.run("push", [file])).rejects.toThrow("is no memory file");
  });
});

describe("what the store tells", () => {
  it("knows names, descriptions and types from the front matter, and takes a broken one for text", async () => {
    bed.write("a.md", "---\nname: Refunds\ndescription: How they are counted\ntype: project\n---\n\nOnce.\n");
    bed.write("b.md", "---\nname: [broken\n---\n# Heading\n");
    bed.write("Über uns (1).md", "# About\n");
    mkdirSync(bed.path("empty"));
    await bed.run("sync");
    const rows = await bed.withAuthoring((authoring) =>
      authoring.read((db) => listMemoryFiles(db, { projectId: "dir:shop" })),
    );
    expect(rows).toMatchObject([
      {
        path: "memory/a.md",
        title: "Refunds",
        description: "How they are counted",
        type: "project",
        changed_by: "ada",
      },
      { path: "memory/b.md", title: "Heading", type: null },
      { path: "memory/Über uns (1).md", title: "About" },
    ]);
    const broken = await bed.withAuthoring((authoring) => authoring.read((db) => memoryFile(db, rows![1]!.id)));
    expect(broken?.problem).toBe("its front matter cannot be read; shown as text");
    expect(broken?.content).toBe("---\nname: [broken\n---\n# Heading\n");
  });
});
