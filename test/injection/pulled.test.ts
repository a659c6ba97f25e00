/** What an agent asks for on the command line comes in a fence, and its session is noted to have read it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ran } from "../../packages/app/src/surfaces/cli/testing.ts";
import { partsOf, structuredParts } from "../mcp-bed.ts";
import { type InjectionBed, injectionBed, NOW, OWN_SESSION, OWN_WORDS } from "./bed.ts";
import { marksIn } from "./payloads.ts";
import { hostileScript } from "./plant-programs.ts";
import { hostileSession } from "./plant-records.ts";

const [THEIRS, SCRIPT] = [hostileSession(5), hostileScript(5)];
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
];

let bed: InjectionBed;
beforeAll(async () => {
  bed = await injectionBed();
});
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
    expect(leaks(out.inside).length > 0).toBe(!name.startsWith("state"));
  });

  // An answer for programs about sessions is the same for everybody: scripts rely on it.
  test.runIf(isMarked)("as JSON", async () => {
    const { stdout } = await asAgent([...words, "--json"]);
    const values = valuesOf(stdout);
    expect(values.length).toBeGreaterThan(0);
    expect(leaks(values.map((value) => structuredParts(value).outside).join("\n"))).toEqual([]);
  });
});

test("what was shown is noted: what that session saves is passed on no more", async () => {
  await bed.tell([bed.record(OWN_SESSION, "session.state", NOW, { focus: "after reading" })]);
  const facts = bed.read((db) =>
    db.prepare("SELECT key FROM session_facts WHERE session_id = ? AND kind = 'foreign'").pluck().all(OWN_SESSION),
  );
  expect(facts).toContain("command line");
  const { stdout } = await bed.clew(["context", "--preview"]);
  expect(stdout).toContain(OWN_WORDS.entry);
  expect(stdout).not.toContain("after reading");
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
