import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryStates } from "../query/memory-states.ts";
import { replaceFile } from "../setup/replace-file.ts";
import { openMemoryBases } from "./memory-bases.ts";
import { type MemoryBed, memoryBed } from "./memory-testing.ts";

const A = "dir:shop/memory/a.md";
let bed: MemoryBed;
beforeEach(() => {
  bed = memoryBed(replaceFile);
});
afterEach(() => bed.remove());

const bases = () => openMemoryBases(`${bed.home}/data`, (act) => act());
const conflicts = () => bed.withAuthoring((one) => one.read((db) => memoryStates(db, A))?.get(A)?.conflicts);

/** A run that is cut short after it has said what it will do, and, where it `arrives`, after the store has that. */
async function cutShort(content: string, changeId: string, arrives = true): Promise<void> {
  bed.write("a.md", content);
  const base = bases();
  base.intend(bed.path("a.md"), changeId);
  base.save();
  if (!arrives) return;
  const known = base.get(bed.path("a.md"));
  const data = {
    set: { content, path: "memory/a.md", project: "dir:shop" },
    ...(known && { replaces: { content: [known.version] } }),
  };
  await bed.withAuthoring((one) => one.writeAll([{ target: "memory", subject: A, data, changeId }], one.author()));
}

describe("a text that two runs at once have written", () => {
  it("gives way to the next one of this disk as one", async () => {
    bed.write("a.md", "one");
    await bed.run("sync");
    const before = bases().get(bed.path("a.md"))!.version;
    bed.write("a.md", "two");
    await bed.run("push");
    const data = { set: { content: "two" }, replaces: { content: [before] } };
    await bed.receive([{ changeId: "twin", target: "memory", subject: A, data }]);
    bed.write("a.md", "three");
    await bed.run("sync");
    expect([await conflicts(), bed.versions(A)]).toEqual([0, ["one", "two", "two", "three"]]);
  });

  it("is not seen by a text that was written over another", async () => {
    bed.write("a.md", "one");
    await bed.run("sync");
    await bed.receive([{ changeId: "apart", target: "memory", subject: A, data: { set: { content: "apart" } } }]);
    bed.write("a.md", "two");
    await bed.run("sync");
    expect(await conflicts()).toBe(1);
  });
});

describe("a run that is cut short", () => {
  it.each(["push", "sync"] as const)("leaves nothing for a later %s to stand beside", async (direction) => {
    bed.write("a.md", "one");
    await bed.run("push");
    await cutShort("two", "cut-1");
    await cutShort("three", "cut-2");
    bed.write("a.md", "four");
    await bed.run(direction);
    expect([await conflicts(), bed.versions(A)]).toEqual([0, ["one", "two", "three", "four"]]);
    expect(bases().intended(bed.path("a.md"))).toEqual([]);
  });

  it("is nothing to a file that was never the same on both sides before", async () => {
    await cutShort("one", "cut-1");
    bed.write("a.md", "two");
    await bed.run("push");
    expect([await conflicts(), bed.versions(A)]).toEqual([0, ["one", "two"]]);
  });

  it("before the store had its version is done again", async () => {
    bed.write("a.md", "one");
    await bed.run("push");
    await cutShort("two", "cut-1", false);
    expect((await bed.run("sync")).rows).toMatchObject([{ action: "pushed" }]);
    expect([await conflicts(), bed.versions(A)]).toEqual([0, ["one", "two"]]);
  });

  it("does not bring its text back over one that was put there since", async () => {
    bed.write("a.md", "one");
    await bed.run("push");
    await cutShort("two", "cut-1");
    bed.write("a.md", "one");
    await bed.run("sync");
    expect([bed.read("a.md"), await conflicts(), bed.versions(A)]).toEqual(["one", 0, ["one", "two", "one"]]);
  });
});

describe("the file of the last sync", () => {
  it("keeps what another process has saved while this one waited for it", () => {
    const other = openMemoryBases(`${bed.home}/data`, (act) => act());
    const own = openMemoryBases(`${bed.home}/data`, (act) => {
      other.set("/b.md", { subject: "b", version: "2", sha256: "b" });
      other.intend("/a.md", "theirs");
      other.save();
      act();
    });
    own.intend("/a.md", "ours");
    own.set("/a.md", { subject: "a", version: "1", sha256: "a" });
    own.save();
    const now = bases();
    expect([...now.entries()].map(([location]) => location)).toEqual(["/a.md", "/b.md"]);
    expect(now.intended("/a.md")).toEqual(["theirs"]);
  });
});
