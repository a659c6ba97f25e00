import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSessionTyper } from "./session-types.ts";

let directory: string;
let rulesPath: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-types-"));
  rulesPath = join(directory, "session-types.yaml");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function typed(rules: string | null, skills: string, paths = ""): { type: string; problems: string[] } {
  const problems: string[] = [];
  if (rules !== null) writeFileSync(rulesPath, rules);
  const { typeOf } = createSessionTyper({ rulesPath, onProblem: (message) => problems.push(message) });
  return { type: typeOf({ skills: skills.toLowerCase(), paths: paths.toLowerCase() }), problems };
}

describe("the rules that need no file", () => {
  test.each([
    ["dbt-modelling", "", "dbt"],
    ["Kimball", "", "dbt"],
    ["", "shop\n/home/ada/DBT-shop", "dbt"],
    ["superpowers:systematic-debugging", "", "debugging"],
    ["deep-research", "", "research"],
    ["superpowers:Brainstorming", "", "research"],
    ["writing-plans", "", "planning"],
    ["executing-plans", "", "planning"],
    ["commit", "/home/ada/shop/src/plans.ts", "general"],
    ["", "", "general"],
    // The first that fits: dbt goes before debugging.
    ["systematic-debugging\ndbt", "", "dbt"],
  ])("skills %j and paths %j are %s", (skills, paths, type) => {
    expect(typed(null, skills, paths)).toEqual({ type, problems: [] });
  });
});

describe("the user's rules", () => {
  test("go first, and are parts of names whatever the letters' case", () => {
    const rules = `
- type: infra
  skills: [Terraform, k8s]
  path: [ops/, INFRA/]
- type: fixing
  skills: [systematic-debugging]
`;
    expect(typed(rules, "my-terraform-skill").type).toBe("infra");
    expect(typed(rules, "", "shop\n/home/ada/Infra/main.tf").type).toBe("infra");
    expect(typed(rules, "systematic-debugging").type).toBe("fixing");
    expect(typed(rules, "kimball").type).toBe("dbt");
  });

  test("may stand under session_types, and a single text is a list of one", () => {
    expect(typed("session_types:\n  - type: docs\n    paths: docs/\n", "", "x\n/a/docs/b.md").type).toBe("docs");
  });

  test.each([
    ["- type: [", "not read"],
    ["just words", "no list of rules"],
    ["rules: []", "no list of rules"],
    ["- docs", "rule 1 has no effect"],
    ["- type: ''\n  skills: [a]", "rule 1 has no effect: its `type` is no word"],
    ['- type: "a\\u001b[31m"\n  skills: [a]', "its `type` is no word"],
    ["- type: a", "neither `skills` nor `paths`"],
    ["- type: a\n  skills: [1]", "lists of texts"],
    ["- type: a\n  skils: [a]", "`skils` is none of type, skills, paths"],
    ["a: &a [*a]", "not read"],
    [`- type: a\n  skills: [${"x".repeat(300_000)}]`, "larger than 256 KB"],
  ])("%j is told and left out", (rules, problem) => {
    const { type, problems } = typed(rules, "systematic-debugging");
    expect(type).toBe("debugging");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toContain(rulesPath);
  });

  test("a right rule beside a wrong one counts", () => {
    const { type, problems } = typed("- nonsense\n- type: docs\n  skills: [writing]\n", "writing-docs");
    expect([type, problems.length]).toEqual(["docs", 1]);
  });

  test("a directory in the file's place is told", () => {
    mkdirSync(rulesPath);
    expect(typed(null, "").problems[0]).toContain("not read");
  });
});

test("the rules' name changes with them", () => {
  const before = createSessionTyper({ rulesPath }).rules;
  expect(createSessionTyper({ rulesPath }).rules).toBe(before);
  writeFileSync(rulesPath, "- type: docs\n  skills: [writing]\n");
  expect(createSessionTyper({ rulesPath }).rules).not.toBe(before);
});
