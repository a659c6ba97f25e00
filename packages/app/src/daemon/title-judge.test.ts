import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { workspaceIdOf } from "../base/ids.ts";
import { principalOf } from "../context/principal.ts";
import { type ContextMachine, contextMachine } from "../context/testing.ts";
import { createPlaceResolver } from "../place/place.ts";
import type { TestShared } from "../query/shared-testing.ts";
import { webEntry } from "../query/web-entry.ts";
import { createTitleJudge } from "./title-judge.ts";

const ADA = "person:ada@example.org";
const ENTRY = "e-0123456789ab";
const DIRECTORIES = ["/home/ada/web", "/srv/web"] as const;

let machine: ContextMachine;
let home: string;
beforeAll(() => {
  machine = contextMachine();
  home = mkdtempSync(join(tmpdir(), "clew-judge-"));
  writeFileSync(join(home, ".gitconfig"), "[user]\n\temail = ada@example.org\n");
  for (const path of DIRECTORIES)
    machine.base.insert("workspaces", {
      workspace_id: workspaceIdOf(path),
      path,
      name: "web",
      project_id: "dir:web",
    });
});
afterAll(() => {
  machine.base.close();
  rmSync(home, { recursive: true, force: true });
});

const badge = (env: Readonly<Record<string, string>>) =>
  webEntry(machine.base.db, ENTRY, { person: ADA, isTitleGiven: createTitleJudge(env) })?.trust.agents;

/** What a session that starts in the directory is given, as `clew context --preview` there says. */
async function isGiven(directory: string): Promise<boolean> {
  const place = createPlaceResolver(home)(directory, "");
  const principal = principalOf("claude-code", place, { HOME: home }, home);
  const { items } = await machine.prepare({ place, principal });
  return items.some(({ kind, included, text }) => kind === "entry" && included && text?.includes(ENTRY));
}

const WHO = fc.constantFrom(ADA, ADA, ADA, "bo", "person:bo@example.org", "claude-code@web", "script@web");

test("the badge says what a session that starts there is given, whatever an entry is like", async () => {
  const entries = fc.record({
    directory: fc.constantFrom(...DIRECTORIES),
    author: WHO,
    titleBy: WHO,
    origin: fc.constantFrom("human", "human", "human", "agent", "tool", "import"),
    tainted: fc.constantFrom(false, false, false, true),
    deleted: fc.constantFrom(false, false, false, true),
    status: fc.constantFrom("open", "in_progress", "blocked", "resolved", "info"),
    note: fc.option(fc.constant("a note"), { nil: undefined }),
    otherTitle: fc.constantFrom(undefined, undefined, "another title"),
  });
  const seen = new Set<string>();
  // As an agent's hook would have started the daemon: that names nobody.
  const env = { HOME: home, CLEW_IDENTITY: "claude-code@kiln", CLAUDECODE: "1" };
  await fc.assert(
    fc.asyncProperty(entries, async ({ directory, note, otherTitle, ...rest }) => {
      const shared: TestShared = {
        subject: ENTRY,
        title: "count the spoons",
        workspace: workspaceIdOf(directory),
        ...rest,
        ...(note !== undefined && { note }),
        ...(otherTitle !== undefined && { otherTitle }),
      };
      machine.share(shared);
      const agents = badge(env);
      seen.add(String(agents));
      expect(agents === "title").toBe(await isGiven(directory));
    }),
    { numRuns: 300 },
  );
  expect([...seen].sort()).toEqual(["never", "title"]);
});

test("a directory that no session has been in is known by its id alone", () => {
  machine.share({ subject: ENTRY, title: "count the spoons", author: ADA, workspace: "w-nowhere" });
  expect(badge({ HOME: home })).toBe("title");
});
