import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Ran, run } from "../../testing.ts";

let home: string;
let workspace: string;
let now: number;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "clew-memory-paths-")));
  workspace = join(home, "mem");
  mkdirSync(join(workspace, ".claude", "rules"), { recursive: true });
  mkdirSync(join(workspace, "src", "deep"), { recursive: true });
  mkdirSync(join(home, "claude"));
  now = Date.UTC(2026, 10, 21, 12);
  stand(workspace);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

function stand(directory: string): void {
  vi.spyOn(process, "cwd").mockReturnValue(directory);
}
function write(path: string, text: string): string {
  writeFileSync(join(workspace, path), text);
  return join(workspace, path);
}
function clew(...words: readonly string[]): Promise<Ran> {
  now += 60_000;
  return run(["memory", ...words], { home, now, env: { CLEW_IDENTITY: "ada", CLEW_RUNTIME_DIR: join(home, "run") } });
}

describe("a file of a working tree that was taken away", () => {
  it.each(["push", "sync"])(
    "is deleted in the store by %s, said by pull, and brought back by restore",
    async (word) => {
      const good = write(".claude/rules/good.md", "# Good\n");
      write("CLAUDE.md", "# Me\n");
      await clew("push");
      rmSync(good);
      expect((await clew(word)).stdout).toBe(`${good}: deleted in the store\n`);
      expect((await clew("list")).stdout).not.toContain("good.md");
      expect((await clew(word)).stdout).toBe("Nothing to do: 1 file is the same on both sides.\n");
      const pulled = (await clew("pull", good)).stdout;
      const key = /f-[0-9a-f]{12}/.exec(pulled)?.[0] ?? "";
      expect(pulled).toBe(
        `${good}: deleted on 2026-11-21 12:02:00 by ada: \`clew memory restore ${key}\` brings it back\n`,
      );
      expect(await clew("restore", key)).toMatchObject({ code: 0 });
      expect(readFileSync(good, "utf8")).toBe("# Good\n");
      expect((await clew("list")).stdout).toContain("good.md");
    },
  );

  it("stays in the store while its whole directory is gone", async () => {
    write(".claude/rules/good.md", "# Good\n");
    write("CLAUDE.md", "# Me\n");
    await clew("push");
    rmSync(join(workspace, ".claude", "rules"), { recursive: true });
    expect((await clew("push")).stdout).not.toContain("deleted");
    expect((await clew("list")).stdout).toContain("good.md");
  });

  it("is back in the store when another branch brings it back", async () => {
    const good = write(".claude/rules/good.md", "# Good\n");
    await clew("push");
    rmSync(good);
    await clew("push");
    write(".claude/rules/good.md", "# Good\n");
    expect((await clew("sync")).stdout).toBe(`${good}: kept in the store\n`);
    expect((await clew("list")).stdout).toContain("good.md");
  });
});

describe("a path on the command line", () => {
  it("is understood from where one stands, and as a whole", async () => {
    const near = write("CLAUDE.md", "# Near\n");
    const rule = write(".claude/rules/a.md", "# A\n");
    await clew("push");
    stand(join(workspace, "src", "deep"));
    expect((await clew("get", rule)).stdout).toBe("# A\n");
    expect((await clew("get", "../../.claude/rules/a.md")).stdout).toBe("# A\n");
    expect((await clew("get", "../../CLAUDE.md")).stdout).toBe("# Near\n");
    rmSync(near);
    expect(await clew("history", near)).toMatchObject({ code: 0 });
    expect(await clew("get", "../../nothing.md")).toMatchObject({ code: 1 });
  });

  it("means the file that lies beside one, and says so", async () => {
    const near = write("CLAUDE.md", "# Near\n");
    writeFileSync(join(home, "claude", "CLAUDE.md"), "# Global\n");
    await clew("push");
    const { code, stdout, stderr } = await clew("get", "CLAUDE.md");
    expect([code, stdout]).toEqual([0, "# Near\n"]);
    expect(stderr).toMatch(new RegExp(`^${near}; also of that name: f-[0-9a-f]{12}\n`));
    expect((await clew("history", "CLAUDE.md")).stderr).toContain(near);
    stand(join(workspace, "src"));
    expect(await clew("get", "CLAUDE.md")).toMatchObject({ code: 2, stdout: "" });
  });

  it("gives the bytes of a file, without a line more", async () => {
    const text = "\uFEFF---\nname: [x\n---\r\n\tno line end \u0007";
    write("CLAUDE.md", text);
    await clew("push");
    const { stdout, stderr } = await clew("get", "./CLAUDE.md");
    expect(stdout).toBe(text);
    expect(stderr).toContain("its front matter cannot be read; shown as text\n");
    expect(stderr).not.toMatch(/line \d|column/);
  });
});

describe("clew memory diff", () => {
  it("shows what differs on the disk, and between two versions", async () => {
    const near = write("CLAUDE.md", "one\ntwo\n");
    await clew("push");
    expect((await clew("diff", "CLAUDE.md")).stdout).toBe("The same lies on the disk.\n");
    write("CLAUDE.md", "one\nthree\n");
    const { code, stdout } = await clew("diff", "CLAUDE.md");
    expect([code, stdout.replace(/CLAUDE\.md [0-9a-f-]+/, "STORED")]).toEqual([
      0,
      `--- STORED\n+++ ${near}\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n`,
    ]);
    await clew("push");
    const [a, b] = (JSON.parse((await clew("history", near, "--json")).stdout) as { rows: { version: string }[] }).rows;
    const between = await clew("diff", near, b!.version, a!.version, "--json");
    expect(JSON.parse(between.stdout)).toMatchObject({
      path: "CLAUDE.md",
      from: b!.version,
      to: a!.version,
      diff: expect.stringContaining("-three\n+two\n") as string,
    });
    rmSync(near);
    expect((await clew("diff", near, a!.version)).stdout).toContain("+++ /dev/null\n");
    expect(await clew("diff", near, "zzz")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("--project", () => {
  it("finds a project that has memory files alone, and refuses one that nobody knows", async () => {
    write("CLAUDE.md", "# Me\n");
    await clew("push");
    for (const name of ["mem", "MEM", "dir:mem", "m*"]) {
      const { code, stdout } = await clew("list", "--project", name);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^PROJECT[^\n]*\nmem +CLAUDE\.md/) as string]);
    }
    for (const words of [
      ["list", "--project", "nonsense"],
      ["search", "me", "--project", "nonsense"],
      ["get", "CLAUDE.md", "--project", "nonsense"],
    ]) {
      const { code, stdout, stderr } = await clew(...words);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("no project nonsense: ");
    }
  });
});
