import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runRebuild } from "./rebuild-command.ts";
import { createTestMachine, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

const FIRST = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECOND = "22222222-bbbb-4bbb-8bbb-000000000002";
const THIRD = "33333333-cccc-4ccc-8ccc-000000000003";

/** A transcript whose first answer calls a skill. */
function withSkill(sessionId: string, skill: string, cwd?: string): string {
  const lines = transcriptLines(sessionId, cwd ? { cwd } : {}).prompt("Look into the kiln");
  const { text, ...rest } = lines.bash("true", "");
  const record = rest.records.find(({ type }) => type === "assistant") as {
    message: { content: { name: string; input: unknown }[] };
  };
  record.message.content[0] = { ...record.message.content[0], name: "Skill", input: { skill } };
  return text();
}

const types = (): Record<string, unknown> =>
  machine.read((db) =>
    Object.fromEntries(
      (
        db.prepare("SELECT session_id, session_type FROM sessions").all() as {
          session_id: string;
          session_type: string | null;
        }[]
      ).map((row) => [row.session_id, row.session_type]),
    ),
  );
const rulesPath = (): string => join(machine.home, "data", "session-types.yaml");

test("a session's type follows from its skills and places, and again when the rules change", async () => {
  machine.write(`-kiln/${FIRST}.jsonl`, withSkill(FIRST, "superpowers:systematic-debugging"));
  machine.write(`-kiln/${SECOND}.jsonl`, withSkill(SECOND, "commit"));
  machine.write(`-dbt/${THIRD}.jsonl`, withSkill(THIRD, "commit", "/home/ada/dbt-shop"));
  await machine.index();
  expect(types()).toMatchObject({ [FIRST]: "debugging", [SECOND]: "general", [THIRD]: "dbt" });

  writeFileSync(rulesPath(), "- type: release\n  skills: [COMMIT]\n");
  // Nothing new to read: the types are decided again because the rules are others.
  await machine.index();
  expect(types()).toMatchObject({ [FIRST]: "debugging", [SECOND]: "release", [THIRD]: "release" });

  writeFileSync(rulesPath(), "- type: [broken");
  await machine.index();
  expect(types()).toMatchObject({ [SECOND]: "general", [THIRD]: "dbt" });
  rmSync(rulesPath());
});

test("it is the same after a rebuild, and however the lines came", async () => {
  writeFileSync(join(machine.home, "note"), "");
  const text = withSkill(FIRST, "deep-research");
  const half = text.indexOf("\n") + 1;
  machine.write(`-kiln/${FIRST}.jsonl`, text.slice(0, half));
  await machine.index();
  expect(types()).toMatchObject({ [FIRST]: "general" });
  machine.append(`-kiln/${FIRST}.jsonl`, text.slice(half));
  await machine.index();
  expect(types()).toMatchObject({ [FIRST]: "research" });
  const before = machine.hashes();
  runRebuild({ env: machine.env, clock: () => TEST_NOW });
  expect(machine.hashes()).toEqual(before);

  const whole = createTestMachine();
  whole.write(`-kiln/${FIRST}.jsonl`, text);
  await whole.index();
  expect(whole.hashes().sessions).toBe(before.sessions);
  whole.remove();
});
