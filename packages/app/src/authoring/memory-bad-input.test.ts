import { execFileSync } from "node:child_process";
import type * as fs from "node:fs";
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { frontMatterOf } from "../base/front-matter.ts";
import { replaceFile } from "../setup/replace-file.ts";
import type { PutFile } from "./memory-disk.ts";
import type { MemorySyncAnswer } from "./memory-sync-answer.ts";
import { type MemoryBed, memoryBed } from "./memory-testing.ts";

/** What the file system does instead of its work, by the name of the call; undefined: its work. */
const trap = vi.hoisted(() => ({
  readdirSync: undefined as ((path: string) => void) | undefined,
  openSync: undefined as ((path: string) => void) | undefined,
  readSync: undefined as (() => void) | undefined,
}));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    readdirSync: (...given: Parameters<typeof real.readdirSync>) => {
      trap.readdirSync?.(String(given[0]));
      return real.readdirSync(...given);
    },
    openSync: (...given: Parameters<typeof real.openSync>) => {
      trap.openSync?.(String(given[0]));
      return real.openSync(...given);
    },
    readSync: (...given: [number, Buffer, number, number, number | null]) => {
      trap.readSync?.();
      return real.readSync(...given);
    },
  };
});

function failing(code: string): never {
  throw Object.assign(new Error(`${code}: it failed`), { code });
}
const onUnix = process.platform !== "win32";
const A = "dir:shop/memory/a.md";

let bed: MemoryBed;
beforeEach(() => {
  bed = memoryBed(replaceFile);
  bed.write("fine.md", "fine");
});
afterEach(() => {
  Object.assign(trap, { readdirSync: undefined, openSync: undefined, readSync: undefined });
  bed.remove();
});

/** One problem, which names the file in one line; the file beside it is dealt with. */
function oneSentence(answer: MemorySyncAnswer, sentence: string): void {
  expect(answer.problems.map(({ message }) => message)).toEqual([expect.stringContaining(sentence) as string]);
  expect(answer.rows).toMatchObject([{ path: "memory/fine.md", action: "pushed" }]);
}

describe.runIf(onUnix)("what is no file", () => {
  it("a FIFO is not waited for, and its writer is not disturbed", async () => {
    execFileSync("mkfifo", [bed.path("pipe.md")]);
    oneSentence(await bed.run("sync"), "pipe.md is no file");
  });

  it("a socket, a device, a directory of that name", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(bed.path("s.md"), resolve));
    oneSentence(await bed.run("sync"), "s.md is no file");
    await new Promise((resolve) => server.close(resolve));
    symlinkSync("/dev/zero", bed.path("zero.md"));
    mkdirSync(bed.path("folder.md"));
    const { problems, rows } = await bed.run("sync");
    expect([problems.map(({ message }) => message), rows]).toEqual([[`${bed.path("zero.md")} is no file`], []]);
  });

  it("links that lead around or out of a working tree", async () => {
    const rules = join(bed.workspace, ".claude", "rules");
    mkdirSync(rules, { recursive: true });
    symlinkSync("b.md", join(rules, "a.md"));
    symlinkSync("a.md", join(rules, "b.md"));
    symlinkSync("..", join(rules, "up"));
    symlinkSync(bed.write(join(bed.home, "secret.md"), "a secret"), join(rules, "out.md"));
    const messages = (await bed.run("sync")).problems.map(({ message }) => message.slice(rules.length + 1));
    expect(messages.sort()).toEqual([
      "a.md is a loop of links",
      "b.md is a loop of links",
      `out.md is a link that leads out of ${bed.workspace}: it is not followed`,
      expect.stringMatching(/^up\/(rules )?.*leads to a directory that is read already/) as string,
    ]);
    expect(await bed.changes()).toHaveLength(1);
  });
});

describe("what cannot be read", () => {
  it("a directory without permission deletes nothing", async () => {
    bed.write("sub/a.md", "x");
    await bed.run("sync");
    bed.write("new.md", "x");
    trap.readdirSync = (path) => path.endsWith("/sub") && failing("EACCES");
    const answer = await bed.run("sync");
    expect(answer.problems.map(({ message }) => message)).toEqual([`${bed.path("sub")} cannot be read: no permission`]);
    expect(answer.rows).toMatchObject([{ path: "memory/new.md", action: "pushed" }]);
    trap.readdirSync = undefined;
    expect((await bed.run("sync")).rows).toEqual([]);
  });

  it("a file without permission, or on a disk that fails", async () => {
    bed.write("a.md", "x");
    trap.openSync = (path) => path.endsWith("/a.md") && failing("EACCES");
    oneSentence(await bed.run("sync"), "a.md cannot be read: no permission");
    trap.openSync = (path) => path.endsWith("/a.md") && failing("EIO");
    expect((await bed.run("sync")).problems).toMatchObject([{ message: expect.stringContaining("EIO") as string }]);
    expect(bed.versions(A)).toEqual([]);
  });

  it("a file that is written while it is read is taken whole, or not yet", async () => {
    bed.write("a.md", "first half");
    let writes = 0;
    trap.readSync = () => {
      if (writes++ === 0) writeFileSync(bed.path("a.md"), "first half, second half");
    };
    unlinkSync(bed.path("fine.md"));
    await bed.run("sync");
    expect(bed.versions(A)).toEqual(["first half, second half"]);
    // Each look is two reads: the text, and its end.
    trap.readSync = () => {
      if (writes++ % 2 === 1) writeFileSync(bed.path("a.md"), "x".repeat(writes));
    };
    const { problems } = await bed.run("sync");
    expect(problems.map(({ message }) => message)).toEqual([
      `${bed.path("a.md")} is being written: it is left for the next time`,
    ]);
    trap.readSync = undefined;
    expect(bed.versions(A)).toHaveLength(1);
  });

  it("a file that goes between the list and the look is not taken for deleted", async () => {
    bed.write("a.md", "x");
    await bed.run("sync");
    const away = join(bed.home, "away.md");
    trap.openSync = (path) => {
      if (path.endsWith("/a.md")) {
        renameSync(bed.path("a.md"), away);
        failing("ENOENT");
      }
    };
    expect((await bed.run("sync")).rows).toEqual([]);
    trap.openSync = undefined;
    renameSync(away, bed.path("a.md"));
    expect(await bed.run("sync")).toMatchObject({ rows: [], problems: [] });
  });
});

describe("a disk that is full", () => {
  it("leaves the old file as it is, and the next run writes what was missed", async () => {
    bed.write("a.md", "old");
    await bed.run("push");
    const base = (await bed.changes()).find(({ subject }) => subject === A)!.changeId;
    const data = { set: { content: "new" }, replaces: { content: [base] } };
    await bed.receive([{ changeId: "told-1", target: "memory", subject: A, data }]);
    const full: PutFile = (path, bytes, options) =>
      replaceFile(path, bytes, { ...options, onStep: (step) => step === "written" && failing("ENOSPC") });
    bed.putFile = full;
    const { rows, problems } = await bed.run("sync");
    expect([rows, problems.map(({ message }) => message)]).toEqual([
      [],
      [`write ${bed.path("a.md")}: the disk is full`],
    ]);
    expect([bed.read("a.md"), readdirSync(bed.memory).sort()]).toEqual(["old", ["a.md", "fine.md"]]);
    bed.putFile = replaceFile;
    expect((await bed.run("sync")).rows).toMatchObject([{ action: "pulled" }]);
    expect(bed.read("a.md")).toBe("new");
  });

  it("that takes no record of the last sync loses nothing", async () => {
    trap.openSync = (path) => path.includes("memory-sync.json") && failing("ENOSPC");
    const { rows, problems } = await bed.run("sync");
    expect([rows, problems]).toMatchObject([
      [{ action: "pushed" }],
      [{ message: expect.stringContaining("memory-sync.json cannot be written") as string }],
    ]);
    trap.openSync = undefined;
    expect(await bed.run("sync")).toMatchObject({ rows: [], problems: [], same: 1 });
  });
});

describe("names", () => {
  it.runIf(onUnix)("with a line's end, an escape or bytes that are no text", async () => {
    writeFileSync(bed.path("new\nline.md"), "x");
    writeFileSync(bed.path("red\u001b[31m.md"), "x");
    writeFileSync(Buffer.concat([Buffer.from(`${bed.memory}/bad`), Buffer.from([0xff]), Buffer.from(".md")]), "x");
    const answer = await bed.run("sync");
    const messages = answer.problems.map(({ message }) => message);
    expect(messages).toHaveLength(3);
    expect(messages.filter((text) => text.includes("characters that no file should have"))).toHaveLength(2);
    expect(messages.filter((text) => text.includes("its name is no text in UTF-8"))).toHaveLength(1);
    expect(answer.rows).toMatchObject([{ path: "memory/fine.md" }]);
  });

  it("that lead out, from the store, are written nowhere", async () => {
    const paths = [
      "memory/../../../x.md",
      "memory/a\u0000.md",
      "memory/a\n.md",
      "memory/c:.md",
      "memory//x.md",
      "/x.md",
    ];
    await bed.receive(
      paths.map((path, index) => ({
        changeId: `told-${index}`,
        target: "memory",
        subject: `dir:shop/memory/${index}`,
        data: { set: { content: "out", path, project: "dir:shop" } },
      })),
    );
    await bed.run("sync");
    expect(readdirSync(bed.memory)).toEqual(["fine.md"]);
    expect(readdirSync(bed.home).sort()).toEqual([".claude", "data", "shop"].filter((one) => one !== "").sort());
  });
});

describe("texts", () => {
  it("keep their bytes: Windows line ends, a byte order mark, control characters", async () => {
    const bytes = Buffer.from("\uFEFF---\r\nname: a\r\n---\r\n\u0001\u001b[0m\u2028ß\r\r\n");
    bed.write("a.md", bytes);
    await bed.run("sync");
    unlinkSync(bed.path("a.md"));
    await bed.run("pull");
    expect(readFileSync(bed.path("a.md"))).toEqual(bytes);
    expect((await bed.run("sync")).rows).toEqual([]);
  });

  it.each([
    ["a parser's call for each bracket", `---\n${"[".repeat(15_000)}\n---\n`, "nested too deeply"],
    ["a parser's call for each dash", `---\n${"- ".repeat(7_000)}\n---\n`, "nested too deeply"],
    [
      "a parser's call for each line",
      `---\n${Array.from({ length: 60 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")}\n---\n`,
      "nested too deeply",
    ],
    ["aliases of aliases", "---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n", "cannot be read; shown as text"],
    ["more than anybody writes", `---\n${"a: 1\n".repeat(5_000)}---\n`, "larger than 16 KB"],
  ])("front matter with %s is text as the rest", async (_, text, problem) => {
    expect(frontMatterOf(text).problem).toContain(problem);
    bed.write("a.md", text);
    expect(await bed.run("sync")).toMatchObject({ problems: [] });
    expect(bed.versions(A)).toEqual([text]);
  });

  it("a heading of blanks takes no time", () => {
    expect(frontMatterOf(`# a${" ".repeat(60_000)}x`).title).toBe("a x");
    expect(frontMatterOf(`# ${"#".repeat(60_000)}`).title).toBeNull();
  });
});
