/** What an agent asks for on the command line comes in a fence, and its session is noted to have read it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ran } from "../../packages/app/src/surfaces/cli/testing.ts";
import { partsOf, structuredParts } from "../mcp-bed.ts";
import { type InjectionBed, injectionBed, NOW, OWN_SESSION, OWN_WORDS } from "./bed.ts";
import { marksIn, PLEA, payload } from "./payloads.ts";
import { hostileScript } from "./plant-programs.ts";
import { hostileSession } from "./plant-records.ts";

const [THEIRS, SCRIPT] = [hostileSession(5), hostileScript(5)];
const OVERWRITTEN: readonly (readonly string[])[] = [
  ["show", "e-aaaa00000001"],
  ["show", "e-aaaa00000002"],
  ["show", "m-aaaa00000001"],
  ["messages", "--thread", "m-aaaa00000001"],
  ["memory", "get", "dir:web/over.md"],
  ["memory", "search", "unmistakably"],
  ["graph", "show", "n-aaaa00000001"],
];
const RECORDS: readonly (readonly string[])[] = [
  ["sessions", "--limit", "50"],
  ["show", THEIRS],
  ["show", THEIRS, "--transcript"],
  ["show", SCRIPT],
  ["tree", THEIRS],
  ["active"],
  ["search", "needle"],
  ["cost", "--by", "session"],
  ["logs", "find", "--limit", "20"],
  ["state", "show"],
  ["context", "--last", SCRIPT],
  ["doctor"],
];
const SHARED: readonly (readonly string[])[] = [
  ["list"],
  ["show", "e-000000000005"],
  ["show", "m-000000000005"],
  ["inbox", "--all", "--peek"],
  ["messages", "--all"],
  ["messages", "--thread", "m-000000000006"],
  ["memory", "search", "needle", "--all-projects"],
  ["graph", "show", "n-000000000005"],
  ["graph", "history", "n-000000000005"],
  ["memory", "list", "--all-projects"],
  ["memory", "history", "dir:web/file-5.md"],
  ["memory", "get", "dir:web/file-5.md"],
  ["graph", "search"],
  ...OVERWRITTEN,
];
/** Keys, figures and handles stand there, and nobody's words. */
const IN_NO_FENCE = ["memory list", "memory history", "graph search"];
/** What could be several things. */
const SEVERAL: readonly (readonly string[])[] = [
  ["show", "e-0000"],
  ["show", "--title-match", "zqentry"],
  ["resolve", "--title-match", "zqentry"],
  ["edit", "--title-match", "zqentry", "--title", "x"],
  ["show", "m-0000"],
  ["messages", "read", "m-0000"],
  ["show", "bbbbbbbb-0000"],
  ["tail", "bbbbbbbb-0000"],
  ["context", "--last", "bbbbbbbb-0000"],
  ["tree", "bbbbbbbb-0000"],
  ["log", "-c", "note", "-t", "x", "--session", "bbbbbbbb-0000"],
  ["memory", "get", "twice.md"],
  ["memory", "pull", "twice.md"],
  ["memory", "push", "twice.md"],
  ["memory", "restore", "twice.md", "--version", "x"],
  ["memory", "pull", "dir:web/over.md"],
  ["graph", "show", "twice"],
];

let bed: InjectionBed;
beforeAll(async () => {
  bed = await injectionBed();
  await bed.tell(overwritten());
});

/** What stands is the agent's own; what it replaced, or what it stands beside, is another's. */
function overwritten(): readonly object[] {
  let number = 0;
  const change = (author: string, target: string, subject: string, data: object) => ({
    ...bed.record(OWN_SESSION, "change", NOW - 1000, {
      target,
      subject,
      author,
      origin: "agent",
      tainted: false,
      device: "elsewhere",
      hlc: 1_700_000_000_000 * 1024 + 100_000 + number,
      ...data,
    }),
    id: `over-${number++}`,
  });
  const [own, theirs] = ["claude-code@web", "mallory@web"];
  const p = (channel: string): string => payload(channel, 7);
  return [
    change(theirs, "entry", "e-aaaa00000001", {
      set: { title: p("entry"), category: "issue", project: "dir:web", body: p("body") },
    }),
    change(own, "entry", "e-aaaa00000001", {
      set: { title: "ours", body: "ours" },
      replaces: { title: ["over-0"], body: ["over-0"] },
    }),
    change(own, "message", "m-aaaa00000001", { set: { text: "ours", to_kind: "all" } }),
    change(theirs, "message", "m-aaaa00000001", { set: { reply_to: p("replyto") } }),
    change(theirs, "memory", "dir:web/over.md", {
      set: { content: "theirs", path: `${p("mempath")}.md`, project: "dir:web", title: p("memtitle") },
    }),
    change(own, "memory", "dir:web/over.md", {
      set: { content: "unmistakably ours" },
      replaces: { content: ["over-4"] },
    }),
    change(own, "entity", "n-aaaa00000001", { set: { name: "ours" } }),
    change(theirs, "entity", "n-aaaa00000002", { set: { name: p("entity") } }),
    change(own, "relation", "r-aaaa00000001", {
      set: { from: "n-aaaa00000001", to: "n-aaaa00000002", type: "uses" },
    }),
    ...["a", "b"].map((letter) =>
      change(theirs, "memory", `dir:web/${letter}.md`, {
        set: {
          content: "x",
          path: `${letter}/${p("mempath").replace(/[^a-z0-9]+/g, "-")}/twice.md`,
          project: "dir:web",
        },
      }),
    ),
    ...["a", "b"].map((letter) =>
      change(theirs, "entity", `n-bbbb0000000${letter}`, { set: { name: "twice", type: p("entitytype") } }),
    ),
    // Its own words after it had read others', which it has replaced since.
    change(own, "entry", "e-aaaa00000002", {
      set: { title: p("entry"), category: "issue", project: "dir:web" },
      tainted: true,
    }),
    change(own, "entry", "e-aaaa00000002", {
      set: { title: "ours", category: "issue", project: "dir:web" },
      replaces: Object.fromEntries(["title", "category", "project"].map((field) => [field, [`over-${number - 1}`]])),
    }),
  ];
}
afterAll(() => bed.remove());

const asAgent = (words: readonly string[]): Promise<Ran> => bed.clew(words, { CLAUDE_CODE_SESSION_ID: OWN_SESSION });

/** Who it was stands in every fence's mark, and in the fields that name somebody. */
const WHO: ReadonlySet<string> = new Set(["author", "identity"]);
const leaks = (text: string): readonly string[] => [
  ...new Set(marksIn(text).flatMap(({ channel }) => (WHO.has(channel) ? [] : [channel]))),
];

/** Every JSON value of an answer, which may be several lines of one or one on each. */
function valuesOf(stdout: string): readonly unknown[] {
  try {
    return [JSON.parse(stdout)];
  } catch {
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }
}

describe.each([...RECORDS, ...SHARED].map((words) => [words.join(" "), words] as const))("clew %s", (name, words) => {
  const isMarked = SHARED.includes(words);
  test("as text", async () => {
    const { stdout, stderr } = await asAgent(words);
    const [out, err] = [partsOf(stdout, { isMarked }), partsOf(stderr, { isMarked })];
    expect(leaks(out.outside + err.outside)).toEqual([]);
    const isFenced = !name.startsWith("state") && !IN_NO_FENCE.some((words) => name.startsWith(words));
    expect(leaks(out.inside).length > 0).toBe(isFenced);
    expect(out.outside.trim()).not.toBe("");
  });

  // An answer for programs about sessions is the same for everybody: scripts rely on it.
  test.runIf(isMarked)("as JSON", async () => {
    const { stdout } = await asAgent([...words, "--json"]);
    const values = valuesOf(stdout);
    expect(values.length).toBeGreaterThan(0);
    expect(leaks(values.map((value) => structuredParts(value).outside).join("\n"))).toEqual([]);
  });
});

describe.each(SEVERAL.map((words) => [words.join(" "), words] as const))("clew %s", (_, words) => {
  test("names what could be meant, and nobody's words", async () => {
    const { code, stdout, stderr } = await asAgent(words);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(words.at(-1) === "dir:web/over.md" ? /no place on this machine/ : /several/);
    // Its own words are repeated to it, and handles are shown.
    const said = words.reduce((text, word) => text.replaceAll(word, ""), stdout + stderr).replace(/from \S+/g, "");
    expect(leaks(said)).toEqual([]);
    expect(said).not.toMatch(PLEA);
  });
});

test.each([
  ["memory", "list", "--all-projects"],
  ["graph", "search", "--limit", "200"],
])("who it was stands in %s %s as a handle", async (...words) => {
  const { stdout } = await bed.clew(words, { CLAUDE_CODE_SESSION_ID: OWN_SESSION, COLUMNS: "900" });
  expect(stdout).toMatch(/person:zqauthor\d+x/);
  expect(stdout).not.toMatch(/zqauthor\d+x [a-z]/);
});

test("a person is shown what could be meant with its words", async () => {
  expect(leaks((await bed.clew(["show", "e-0000"])).stderr)).toContain("entry");
  expect((await bed.clew(["memory", "get", "twice.md"])).stderr).toContain("dir:web/a.md");
});

test("what a session was given is its own to read, and a record to another", async () => {
  await bed.tell([bed.record(OWN_SESSION, "context.injected", NOW, { text: "given to it", items: [] })]);
  const own = await asAgent(["context", "--last"]);
  expect(own.stdout).toBe("given to it\n");
  const other = await bed.clew(["context", "--last", OWN_SESSION], { CLAUDE_CODE_SESSION_ID: THEIRS });
  expect(partsOf(other.stdout, { isMarked: false })).toMatchObject({ inside: "given to it" });
  expect((await bed.clew(["context", "--last", OWN_SESSION])).stdout).toBe("given to it\n");
});

test("what was shown is noted: what that session saves is passed on no more", async () => {
  const before = JSON.parse((await bed.clew(["state", "show", "--json"])).stdout) as { focus: object };
  expect(before.focus).toMatchObject({ text: OWN_WORDS.focus, passed_on: true, reason: "this agent's own words" });
  expect((await bed.clew(["state", "show"])).stdout).not.toContain("not passed on");
  await bed.tell([bed.record(OWN_SESSION, "session.state", NOW, { focus: "after reading" })]);
  const facts = bed.read((db) =>
    db.prepare("SELECT key FROM session_facts WHERE session_id = ? AND kind = 'foreign'").pluck().all(OWN_SESSION),
  );
  expect(facts).toContainEqual(expect.stringMatching(/^command line /));
  const { stdout } = await bed.clew(["context", "--preview"]);
  expect(stdout).toContain(OWN_WORDS.entry);
  expect(stdout).not.toContain("after reading");
  // A person is told why.
  const [told, shown] = [await bed.clew(["state", "show", "--json"]), await bed.clew(["state", "show"])];
  const reason = "written after text from elsewhere was read";
  expect(JSON.parse(told.stdout)).toMatchObject({
    focus: { text: "after reading", passed_on: false, reason },
    next_steps: { passed_on: true },
  });
  expect(shown.stdout.match(/not passed on: .*/g)).toEqual([`not passed on: ${reason}`]);
});

test("a person at a terminal reads it as it stands, and an agent its own words", async () => {
  const { stdout } = await bed.clew(["search", "needle", "--limit", "3"]);
  expect(stdout).not.toContain("<quoted-");
  expect(leaks(stdout)).toContain("prompt");
  // Ids, times and words of ours are usable as they are.
  const shown = JSON.parse((await asAgent(["show", OWN_SESSION, "--json"])).stdout) as { session: object };
  expect(shown.session).toMatchObject({ session_id: OWN_SESSION, started_at: "2026-11-21T08:00:00.000Z" });
  const own = await asAgent(["show", "--title-match", OWN_WORDS.entry]);
  expect(own.stdout).toContain(OWN_WORDS.entry);
  expect(own.stdout).not.toContain("<quoted-");
});
