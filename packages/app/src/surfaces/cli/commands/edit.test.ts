import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openAuthoring } from "../../../authoring/open-authoring.ts";
import { changeData } from "../../../merge/change-data.ts";
import { subjectState } from "../../../query/shared-subject.ts";
import { type Ran, run } from "../testing.ts";

let home: string;
let now: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-edit-command-"));
  now = Date.UTC(2026, 10, 21, 12);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

function as(identity: string, ...words: readonly string[]): Promise<Ran> {
  now += 60_000;
  return run(words, { home, now, env: { CLEW_IDENTITY: identity, CLEW_RUNTIME_DIR: join(home, "run") } });
}
const ada = (...words: readonly string[]): Promise<Ran> => as("ada", ...words);

async function json(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await ada(...words, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
}
const logged = async (title: string, ...more: readonly string[]): Promise<string> =>
  (await json("log", "-c", "issue", "-t", title, ...more)).entry_id as string;
const titles = async (...words: readonly string[]): Promise<unknown[]> =>
  ((await json("list", ...words)).rows as { title: string }[]).map(({ title }) => title);

function typed(text: string): void {
  vi.spyOn(process, "stdin", "get").mockReturnValue(
    Readable.from([Buffer.from(text)]) as unknown as typeof process.stdin,
  );
}

describe("clew edit", () => {
  it("changes what is named, says what, and the history has it", async () => {
    const id = await logged("Refunds twice", "--tag", "old", "--body", "Before.");
    const words = [
      "--title",
      "Refunds thrice",
      "--tag",
      "new",
      "--untag",
      "old",
      "--assign",
      "me",
      "--category",
      "task",
    ];
    const first = await as("bo", "edit", "--title-match", "REFUNDS", ...words, "--link", "https://example.org/a");
    expect([first.code, first.stdout]).toEqual([0, `${id} title, category, assignee, tags, links changed\n`]);
    expect(first.stderr).toBe("by bo; no session of this directory is known\nfor bo\n");
    const shown = (await ada("show", id.slice(0, 8))).stdout;
    for (const line of [
      "  title: Refunds twice → Refunds thrice",
      "  category: issue → task",
      "  assignee: bo",
      "  tags: + new",
      "  tags: - old",
      "  links: + url:https://example.org/a",
    ])
      expect(shown.split("\n")).toContain(line);
    expect((await ada("edit", id, "--title", "Refunds thrice")).stdout).toBe(`${id} is so already\n`);
    expect(await json("edit", id, "--body", "", "--unassign")).toMatchObject({
      entry_id: id,
      changed: true,
      fields: ["body", "assignee"],
      identity: "ada",
      stored: true,
      warnings: [],
    });
    expect(await json("show", id)).toMatchObject({ body: "", entry: { assignee: null, title: "Refunds thrice" } });
  });

  it("takes away: out of lists, titles and inboxes, and back", async () => {
    const id = await logged("Refunds twice", "--assign", "bo");
    await logged("Refunds again");
    expect((await ada("edit", id, "--delete")).stdout).toBe(`${id} deleted\n`);
    expect([await titles(), await titles("--deleted")]).toEqual([["Refunds again"], ["Refunds twice"]]);
    expect((await json("list", "--deleted")).rows).toMatchObject([
      { deleted_by: "ada", deleted_at: "2026-11-21T12:03:00.000Z" },
    ]);
    expect((await as("bo", "inbox", "--count")).stdout).toBe("1 change\n");
    // Its words name it no longer; its id does, and where nothing else has them `show` looks among what is gone.
    expect((await ada("show", id)).stdout).toMatch(
      /^deleted {3}by ada on 2026-11-21 12:03:00\n[\s\S]*clew edit e-\w+ --undelete brings it back\.\n$/m,
    );
    expect((await ada("show", "--title-match", "twice")).stdout).toContain("by ada on 2026-11-21 12:03:00");
    expect((await ada("show", "--title-match", "refunds")).stdout).toContain("Refunds again");
    for (const words of [
      ["edit", id, "--title", "x"],
      ["resolve", "--id", id],
    ])
      expect(await ada(...words)).toMatchObject({
        code: 2,
        stderr: `clew: ${id} is deleted: \`clew edit ${id} --undelete\` brings it back\n`,
      });
    expect(await ada("edit", "--title-match", "twice", "--title", "x")).toMatchObject({ code: 1 });
    expect((await ada("edit", "--title-match", "twice", "--undelete")).stdout).toBe(`${id} brought back\n`);
    expect(await titles()).toEqual(["Refunds twice", "Refunds again"]);
    expect((await as("bo", "inbox", "--count")).stdout).toBe("1 assigned, 1 change\n");
    expect((await ada("list", "--deleted")).stdout).toBe("No entries were deleted here.\n");
  });

  it("shows a conflict with both values and how it is settled, and settles it", async () => {
    const id = await logged("first");
    const env = { HOME: home, CLEW_HOME: home, CLEW_RUNTIME_DIR: join(home, "run"), CLEW_IDENTITY: "bo" };
    const other = openAuthoring({ env, clock: () => now, cwd: process.cwd() });
    const seen = other.read((db) => subjectState(db, "entry", id));
    for (const [title, status] of [
      ["bo's", "blocked"],
      ["also bo's", "in_progress"],
    ] as const) {
      const data = changeData(seen, { set: { title, status } })!;
      await other.writeAll([{ target: "entry", subject: id, data }], other.author());
    }
    other.close();
    const { stdout } = await ada("show", id);
    expect(stdout).toMatch(
      /\ntitle has 2 values:\n {2}also bo's {2}.* by bo\n {2}bo's {2}.* by bo\nclew edit e-\w+ --title TEXT settles it\.\n/,
    );
    expect(stdout).toMatch(/\nclew resolve --id e-\w+ --status WORD settles it\.\n/);
    expect((await ada("list")).stdout).toContain("(conflict: status, title)");
    await ada("edit", id, "--title", "settled");
    await ada("resolve", "--id", id, "--status", "blocked");
    expect(await json("show", id)).toMatchObject({ conflicts: {}, entry: { title: "settled", status: "blocked" } });
  });

  it("lists the candidates when several fit, and changes nothing", async () => {
    const ids = [await logged("Refunds: twice"), await logged("Test refunds")];
    const { code, stdout, stderr } = await ada("edit", "--title-match", "refunds", "--delete");
    expect([code, stdout]).toEqual([2, ""]);
    for (const id of ids) expect(stderr).toContain(id);
    expect(await titles()).toHaveLength(2);
  });

  it.each([
    [[], /needs what is to change/],
    [["--title", "x"], /name one entry/],
    [["e-12345", "--title-match", "here", "--title", "x"], /name one entry/],
    [["--title-match", "here"], /needs what is to change/],
    [["--title-match", "here", "--delete", "--undelete"], /either --delete or --undelete/],
    [["--title-match", "here", "--assign", "bo", "--unassign"], /either --assign or --unassign/],
    [["--title-match", "here", "--body", "x", "--body-file", "-"], /either --body or --body-file/],
    [["--title-match", "here", "--title", " "], /the title is empty/],
    [["--title-match", "here", "--category", "bug"], /category bug is unknown/],
    [["--title-match", "here", "--untag", "no"], /it has no tag no$/m],
    [["--title-match", "here", "--titel", "x"], /did you mean --title/],
  ])("%j is wrong usage", async (words, sentence) => {
    await logged("here", "--tag", "yes");
    const { code, stdout, stderr } = await ada("edit", ...words);
    expect([code, stdout, stderr.split("\n").length]).toEqual([2, "", 2]);
    expect(stderr).toMatch(sentence);
    expect((await json("show", "--title-match", "here")).history).toHaveLength(1);
  });
});

describe("a text from standard input", () => {
  it("is written down", async () => {
    const id = await logged("here");
    typed("From\r\nelsewhere\n");
    await ada("edit", id, "--body-file", "-");
    expect((await json("show", id)).body).toBe("From\nelsewhere");
  });

  it.each([
    [
      ["log", "-c", "note", "-t", "x", "--body-file", "-"],
      "x".repeat(10 * 1024 * 1024),
      /larger than 256 KB, which is the most: nothing was written/,
    ],
    [["log", "-c", "bug", "-t", "x", "--body-file", "-"], "kept", /category bug is unknown/],
    [["edit", "e-12345", "--body-file", "-"], "kept", /no entry e-12345/],
    [["send", "--to", "a b", "-"], "kept", /is no name/],
    [["messages", "reply", "m-12345", "-"], "kept", /no message m-12345/],
  ])("is not lost where %j is refused", async (words, text, sentence) => {
    typed(text);
    const { code, stderr } = await ada(...words);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(sentence);
    const [name, ...more] = readdirSync(join(home, "unsaved"));
    expect(more).toEqual([]);
    const path = join(home, "unsaved", name!);
    expect(stderr).toContain(`is kept in ${path}`);
    expect(readFileSync(path, "utf8")).toBe(text);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
