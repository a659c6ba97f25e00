import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ran, run } from "../testing.ts";

let home: string;
let now: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-graph-cli-"));
  now = Date.UTC(2026, 10, 21, 12);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function clew(...words: readonly string[]): Promise<Ran> {
  now += 60_000;
  return run(["graph", ...words], { home, now, env: { CLEW_IDENTITY: "ada", CLEW_RUNTIME_DIR: join(home, "run") } });
}

describe("clew graph", () => {
  it("writes down, shows with who said it, and exports", async () => {
    const added = await clew("add", "billing", "--type", "service", "-o", "Refunds are idempotent", "-o", "Slow");
    expect(added.code).toBe(0);
    expect(added.stdout).toMatch(/^n-[0-9a-f]{16}\n$/);
    expect(added.stderr).toContain("by ada");
    await clew("add", "postgres", "--type", "database");
    expect((await clew("relate", "billing", "uses", "postgres")).stdout).toMatch(/^r-[0-9a-f]{16}\n$/);
    await clew("observe", "billing", "Owned by Ada");
    await clew("forget", "billing", "Slow");
    const { stdout } = await clew("show", "billing");
    expect(stdout).toContain("billing  service, n-");
    expect(stdout).toContain("- Refunds are idempotent  (ada, ");
    expect(stdout).toContain("  billing → uses → postgres");
    expect(stdout).not.toContain("Slow");
    expect((await clew("history", "billing")).stdout).toContain("- Slow");
    expect((await clew("search", "idempotent")).stdout).toContain("billing");

    const path = join(home, "memory.jsonl");
    expect((await clew("export", path)).stdout).toBe(`${path}: 2 entities, 1 relation\n`);
    const lines = readFileSync(path, "utf8");
    expect((await clew("export")).stdout).toBe(lines);
    expect((await clew("import", path, "--json")).stdout).toContain('"changed":0');
  });

  it("imports what is right of a file, and says what is not", async () => {
    const path = join(home, "m.jsonl");
    writeFileSync(path, '{"type":"entity","name":"a","entityType":"t","observations":["x"]}\nnonsense\n');
    const { code, stdout, stderr } = await clew("import", path);
    expect([code, stdout]).toEqual([1, "1 entity and 0 relations read; 1 of them was new or had something new\n"]);
    expect(stderr).toContain("line 2: it is no JSON");
    expect(stderr).toContain("1 line was left out");
  });

  it("renames, merges, deletes and takes it back", async () => {
    await clew("add", "a", "-o", "of a");
    await clew("add", "b");
    await clew("rename", "b", "bee");
    await clew("merge", "a", "bee");
    const shown = JSON.parse((await clew("show", "a", "--json")).stdout) as { name: string; merged: unknown[] };
    expect(shown).toMatchObject({ name: "bee", merged: [{ name: "a" }], observations: [{ text: "of a" }] });
    await clew("delete", "bee");
    expect((await clew("show", "bee")).stdout).toContain("It was deleted");
    expect((await clew("undo", "bee")).code).toBe(0);
    expect((await clew("search")).stdout).toContain("bee");
    expect((await clew("observe", "bee", "of a")).stderr).toBe("It stood so already.\n");
  });

  it("says in words what it did, with the id alone on standard output", async () => {
    const said = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await clew(...words);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^[nr]-[0-9a-f]{16}\n$/) as string]);
      return stderr.split("\n")[0]!.replaceAll(/[nr]-[0-9a-f]{16}/g, "ID");
    };
    expect(await said("add", "zed", "-o", "one")).toBe("new: zed (ID), with 1 observation");
    expect(await said("observe", "ZED", "one", "two", "three")).toBe("noted 2 observations of zed (ID)");
    expect(await said("add", "Zed", "--type", "thing")).toBe("noted the type of zed (ID)");
    expect(await said("add", "Zed", "--new")).toBe("new: Zed (ID)");
    expect(await said("relate", "zed", "uses", "Zed")).toBe("related: zed → uses → Zed (ID)");
    expect(await said("unrelate", "zed", "uses", "Zed")).toBe("no longer related: zed → uses → Zed (ID)");
    expect(await said("forget", "zed", "two")).toBe("took 1 observation of zed (ID) away");
    expect(await said("rename", "zed", "zet")).toBe("zed is called zet (ID) now");
    expect(await said("undo", "zet")).toBe("took the newest change of zed (ID) back; undo again takes that back");
    expect(await said("undo", "zet")).toBe("took the newest change of zet (ID) back; undo again takes that back");
    expect(await said("merge", "Zed", "zet")).toBe("Zed and zet (ID) are one now");
    expect(await said("undo", "zet")).toContain("took the newest change");
    const { stdout } = await clew("history", "zet");
    expect(stdout).toContain("2026-11-21 12:01:00.000  ada  ");
    expect(stdout).not.toMatch(/null|true|false/);
    expect((await clew("history", "Zed")).stdout).toMatch(/merged into zet \(n-[\s\S]*no longer merged into another/);
    expect(await said("delete", "zet")).toBe("deleted zet (ID): `clew graph undelete` brings it back");
    expect((await clew("delete", "zet")).stderr).toBe("It was deleted already.\n");
    expect(await clew("observe", "zet", "more")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('`clew graph undelete "zet"` brings it back') as string,
    });
    expect(await said("undelete", "zet")).toBe("zet (ID) is back, with all that was written of it");
    expect((await clew("undelete", "zet")).stderr).toBe("It was not deleted.\n");
    expect((await clew("show", "zet")).stdout).toContain("- three");
  });

  it("knows what is near a word that means nothing", async () => {
    await clew("add", "billing");
    await clew("add", "postgres");
    const shown = await clew("show", "bill");
    expect([shown.code, shown.stderr]).toEqual([
      1,
      'clew: nothing is known by the name bill; near it: billing. `clew graph search "bill*"` finds what begins so\n',
    ]);
    expect((await clew("search", "postgr")).stdout).toBe(
      'Nothing is known with these words; `clew graph search "postgr*"` finds what begins so.\nnear it: postgres\n',
    );
    expect((await clew("search", "postgr*")).stdout).toContain("postgres");
  });

  it("does not leak the file system's words when a file cannot be written or read", async () => {
    const nowhere = await clew("export", join(home, "no", "m.jsonl"));
    expect(nowhere).toMatchObject({ code: 1, stdout: "" });
    expect(nowhere.stderr).toBe(
      `clew: ${join(home, "no", "m.jsonl")} cannot be written: there is no directory ${join(home, "no")}\n`,
    );
    expect((await clew("export", home)).stderr).toBe(`clew: ${home} cannot be written: it is a directory\n`);
    expect((await clew("import", home)).stderr).toBe(`clew: ${home} cannot be read: it is a directory\n`);
  });

  it.each([
    [["ad", "x"], 2, "did you mean `clew graph add`?"],
    [["show"], 2, "needs NAME"],
    [["show", "nothing"], 1, "nothing is known by the name nothing"],
    [["observe", "nothing", "text"], 1, "nothing is known"],
    [["add", " "], 2, "the name is empty"],
    [["relate", "a", "b"], 2, "needs FROM TYPE TO"],
    [["show", "a", "--type", "x"], 2, "--type does not go with"],
    [["import", "/nowhere/at/all"], 2, "cannot be read"],
  ])("%j exits %d and says what to do", async (words, code, message) => {
    const ran = await clew(...words);
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).toContain(message);
  });

  it("before anything was written down, it says so", async () => {
    expect((await clew("search")).stdout).toContain("Nothing is known yet");
    expect(await clew("export")).toMatchObject({ code: 0, stdout: "" });
  });
});
