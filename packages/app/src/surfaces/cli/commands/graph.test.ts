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
    expect((await clew("export", path)).stdout).toBe(`${path}: 2 entities, 1 relations\n`);
    const lines = readFileSync(path, "utf8");
    expect((await clew("export")).stdout).toBe(lines);
    expect((await clew("import", path, "--json")).stdout).toContain('"changed":0');
  });

  it("imports what is right of a file, and says what is not", async () => {
    const path = join(home, "m.jsonl");
    writeFileSync(path, '{"type":"entity","name":"a","entityType":"t","observations":["x"]}\nnonsense\n');
    const { code, stdout, stderr } = await clew("import", path);
    expect([code, stdout]).toEqual([1, "1 entities and 0 relations read; 1 of them were new or had something new\n"]);
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
