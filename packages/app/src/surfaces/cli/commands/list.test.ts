import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ran, run } from "../testing.ts";

let home: string;
let now: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-list-"));
  now = Date.UTC(2026, 10, 21, 12);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Each command a minute after the one before, as an identity at a terminal. */
function as(identity: string, ...words: readonly string[]): Promise<Ran> {
  now += 60_000;
  return run(words, { home, now, env: { CLEW_IDENTITY: identity } });
}
const ada = (...words: readonly string[]): Promise<Ran> => as("ada", ...words);

async function json(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await ada(...words, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function logged(...words: readonly string[]): Promise<string> {
  return (await json("log", ...words)).entry_id as string;
}

const titles = async (...words: readonly string[]): Promise<unknown[]> =>
  ((await json("list", ...words)).rows as { title: string }[]).map(({ title }) => title);

describe("clew list WORDS", () => {
  it("finds words in title, body, notes and tags, and several statuses; says of how many it shows some", async () => {
    const refunds = await logged(
      "-c",
      "issue",
      "-t",
      "Refunds count twice",
      "--body",
      "Only on stáging.",
      "--tag",
      "money",
    );
    await logged("-c", "issue", "-t", "Exports", "--tag", "money", "--status", "blocked");
    await logged("-c", "task", "-t", "Other");
    await ada("resolve", refunds, "--status", "in progress", "--note", "Waits for ledger-7");
    expect(await titles("refunds")).toEqual(["Refunds count twice"]);
    expect(await titles("staging", "count")).toEqual(["Refunds count twice"]);
    expect(await titles("ledger*")).toEqual(["Refunds count twice"]);
    expect(await titles("ledger-7")).toEqual(["Refunds count twice"]);
    expect(await titles("money")).toEqual(["Refunds count twice", "Exports"]);
    expect(await titles("money", "--status", "blocked")).toEqual(["Exports"]);
    expect(await titles("money", "staging", "--all")).toEqual(["Refunds count twice"]);
    expect(await titles("money", "-exports")).toEqual(["Refunds count twice"]);
    expect(await titles("…")).toEqual([]);
    expect(await titles("--status", "blocked", "--status", "in-progress")).toEqual(["Refunds count twice", "Exports"]);
    expect((await ada("list", "money", "-n", "1")).stdout).toMatch(/\n1 of 2; more: the same with --after \d+\.\d+\n$/);
    expect((await ada("list", "--all", "-n", "2")).stdout).toContain("\n2 of 3; more: ");
    expect((await ada("list", "money")).stdout).not.toContain(" of ");
    expect((await ada("list", "nowhere")).stdout).toBe(
      "No entry has all of these words: nowhere; `--all` looks in all projects.\n",
    );
  });

  it("finds what is in no index too, a page at a time", async () => {
    for (const title of ["a … b", "c", "d … e", "f …"]) await logged("-c", "note", "-t", title);
    const page = await json("list", "…", "--limit", "2");
    expect((page.rows as { title: string }[]).map(({ title }) => title)).toEqual(["f …", "d … e"]);
    expect(await titles("…", "--limit", "2", "--after", page.next as string)).toEqual(["a … b"]);
    expect((await ada("list", "…", "--limit", "2")).stdout).toContain("\n2 of 3; more");
  });
});

describe("clew resolve ID", () => {
  it("takes the id as its word, and a status as lists print it; says whom it is for", async () => {
    const id = await logged("-c", "task", "-t", "Refunds");
    for (const [status, expected] of [
      ["in progress", "open → in_progress"],
      ["Open", "in_progress → open"],
      ["in-progress", "open → in_progress"],
    ] as const)
      expect((await ada("resolve", id.slice(0, 8), "--status", status)).stdout).toBe(`${id} ${expected}\n`);
    expect(await json("resolve", id, "--status", "in progress")).toMatchObject({
      status: "in_progress",
      changed: false,
    });
    expect(await ada("resolve", id, "--id", id)).toMatchObject({ code: 2, stderr: "clew: give either ID or --id\n" });
    expect(await ada("resolve", id, "-t", "refunds")).toMatchObject({ code: 2 });
    await as("person:bo@example.org", "log", "-c", "note", "-t", "x");
    const assigned = await ada("resolve", id, "--status", "open", "--assign", "Bo");
    expect(assigned.stderr).toMatch(/^by ada; .*\nfor person:bo@example\.org\n$/);
    expect((await ada("log", "-c", "task", "-t", "y", "--assign", "bo")).stderr).toContain(
      "\nfor person:bo@example.org\n",
    );
    expect(await json("edit", id, "--assign", "me")).toMatchObject({ assignee: "ada" });
    expect((await ada("resolve", id, "--assign", "nobody-yet")).stderr).toContain("nobody called nobody-yet");
    await as("person:bo@example.com", "log", "-c", "note", "-t", "x");
    expect((await ada("resolve", id, "--assign", "bo")).stderr).toBe(
      "clew: bo could be several; name one of them:\n  person:bo@example.com\n  person:bo@example.org\n",
    );
    expect((await ada("resolve", id, "--assign", "person:bo@example.com")).stderr).toContain(
      "\nfor person:bo@example.com",
    );
  });
});

describe("CLEW_IDENTITY", () => {
  it.each(["bad id", "<b>", "person:", "person:a b", "x".repeat(65)])(
    "%j is nobody, and nothing is written",
    async (identity) => {
      for (const words of [["log", "-c", "note", "-t", "x"], ["send", "--to", "bo", "x"], ["inbox"], ["list"]]) {
        const { code, stdout, stderr } = await as(identity, ...words);
        expect([code, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(/^clew: CLEW_IDENTITY is no identity: ".*"; it takes a word of letters.*\n$/);
      }
      expect((await json("list")).rows).toEqual([]);
    },
  );

  it("may be a person, as Clew prints one", async () => {
    const id = JSON.parse((await as("person:Bo@x.org", "log", "-c", "note", "-t", "x", "--json")).stdout) as {
      entry_id: string;
    };
    expect(await json("show", id.entry_id)).toMatchObject({
      entry: { created_by: "person:bo@x.org", origin: "human" },
    });
    await ada("send", "--to", "bo", "hello");
    expect((await as("person:bo@x.org", "inbox", "--count")).stdout).toBe("1 message\n");
    expect((await as(" ", "list")).code).toBe(0);
  });

  it("makes no agent a person", async () => {
    now += 60_000;
    const env = { CLEW_IDENTITY: "person:bo@x.org", CLAUDE_CODE_SESSION_ID: "agents-own" };
    const { stdout } = await run(["log", "-c", "note", "-t", "x", "--json"], { home, now, env });
    expect(JSON.parse(stdout)).toMatchObject({ origin: "agent", identity: expect.stringMatching(/^claude-code@/) });
  });
});

describe("clew show", () => {
  it("has the entries that were written in a session", async () => {
    const env = { CLEW_IDENTITY: "helper", CLAUDE_CODE_SESSION_ID: "5d1f6c1e-0000-4000-8000-000000000001" };
    await run(["log", "-c", "finding", "-t", "Slow lock"], { home, now, env });
    await run(["log", "-c", "task", "-t", "Measure it"], { home, now, env });
    const gone = await run(["log", "-c", "task", "-t", "Gone", "--json"], { home, now, env });
    await ada("edit", (JSON.parse(gone.stdout) as { entry_id: string }).entry_id, "--delete");
    await logged("-c", "note", "-t", "elsewhere");
    await ada("resolve", "-t", "slow lock");
    const detail = await json("show", "5d1f6c1e");
    expect(detail.entries).toEqual([
      {
        entry_id: expect.any(String),
        category: "finding",
        status: "resolved",
        title: "Slow lock",
        created_by: "helper",
      },
      { entry_id: expect.any(String), category: "task", status: "open", title: "Measure it", created_by: "helper" },
    ]);
    expect((await ada("show", "5d1f6c1e")).stdout).toMatch(
      /\n\nentries written in it\n {2}e-[0-9a-f]{12} {2}finding {2}resolved {2}Slow lock\n {2}e-.* Measure it\n$/,
    );
  });

  it("says what has ids, of a word that is none", async () => {
    await logged("-c", "note", "-t", "x");
    expect(await ada("show", "zzzzzz")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^clew: nothing has the id zzzzzz: it takes that of a session .*entry .*message .*\n$/,
      ),
    });
  });
});
