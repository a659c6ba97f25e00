/** @module The plugin's slash commands and skill: they name commands and flags that exist, and allow what they ask for and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { bareEnvironment, clew } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

const plugin = join(repositoryRoot, "plugin");
const FILES = [
  ...readdirSync(join(plugin, "commands")).map((name) => join("commands", name)),
  join("skills", "clew", "SKILL.md"),
];

interface Front {
  readonly name?: string;
  readonly description: string;
  readonly "argument-hint"?: string;
  readonly "allowed-tools": string;
}

interface Text {
  readonly front: Front;
  readonly body: string;
  /** Command lines that it shows, those over several lines as one. */
  readonly shown: readonly string[];
}

function textOf(file: string): Text {
  const [, head = "", body = ""] =
    /^---\n([\s\S]+?)\n---\n([\s\S]+)$/.exec(readFileSync(join(plugin, file), "utf8")) ?? [];
  const blocks = [...body.matchAll(/^ *```sh\n([\s\S]+?)\n *```/gm)].map(([, block]) =>
    block!
      .replace(/ *\\\n\s*/g, " ")
      .split("\n")[0]!
      .trim(),
  );
  const inline = [...body.replace(/^ *```[\s\S]+?```/gm, "").matchAll(/`(clew [^`]+)`/g)].map(([, line]) => line!);
  return {
    front: parse(head) as Front,
    body,
    shown: [...blocks, ...inline].filter((line) => line.startsWith("clew ")),
  };
}

const rulesOf = ({ front }: Text): readonly string[] =>
  [...front["allowed-tools"].matchAll(/Bash\(([^)]+)\)(?:, |$)/g)].map(([, rule]) => rule!);

/** As the client reads a rule: `:*` stands for whatever follows the words. */
const isAllowed = (rules: readonly string[], line: string): boolean =>
  rules.some((rule) =>
    rule.endsWith(":*") ? line === rule.slice(0, -2) || line.startsWith(`${rule.slice(0, -2)} `) : line === rule,
  );

test("there are the commands that the documentation names", () => {
  const names = readdirSync(join(plugin, "commands")).map((name) => name.replace(/\.md$/, ""));
  expect(names.sort()).toEqual(["inbox", "log", "recall", "resolve", "resume", "session-end"]);
  for (const path of [join(plugin, "README.md"), join(repositoryRoot, "docs", "plugin.md")]) {
    const text = readFileSync(path, "utf8");
    expect(
      names.filter((name) => !text.includes(`/clew:${name}`)),
      path,
    ).toEqual([]);
  }
});

describe.each(FILES)("%s", (file) => {
  const text = textOf(file);
  const rules = rulesOf(text);

  test("says what it is for, and allows single commands of clew", () => {
    expect(text.front.description.length).toBeGreaterThan(20);
    expect(rules.map((rule) => `Bash(${rule})`).join(", ")).toBe(text.front["allowed-tools"]);
    for (const rule of rules) expect(rule).toMatch(/^clew [a-z]+/);
    // These act for the user, read everything, start programs or change the machine.
    for (const word of ["approve", "sql", "run", "setup", "unsetup", "memory restore", "memory pull", "send", "daemon"])
      for (const flag of ["", " --yes", " x"]) expect(isAllowed(rules, `clew ${word}${flag}`), word).toBe(false);
  });

  test("shows commands and flags that exist", async () => {
    expect(text.shown.length).toBeGreaterThan(0);
    for (const line of text.shown) {
      const [, name = ""] = line.split(" ");
      const { code, stdout } = await clew([name, "--help"], bareEnvironment());
      expect(code, line).toBe(0);
      const flags = [...line.replace(/'[^']*'/g, "''").matchAll(/ (--[a-z-]+)/g)].map(([, flag]) => flag!);
      expect(
        flags.filter((flag) => !stdout.includes(` ${flag}`)),
        line,
      ).toEqual([]);
    }
  });

  test("quotes what it shows so that a shell reads nothing in it", () => {
    for (const line of text.shown) expect(line.replace(/'[^'\\]*'/g, ""), line).not.toMatch(/["'`$\\;|&>(){}]/);
    for (const [mark] of text.body.matchAll(/<<.*$/gm)) expect(mark).toBe("<<'CLEW_BODY'");
  });
});

test.each(FILES.filter((file) => file.startsWith("commands")))("%s allows what it asks for, and no more", (file) => {
  const text = textOf(file);
  const rules = rulesOf(text);
  expect(text.shown.filter((line) => !isAllowed(rules, line.replace(/ ID\b/, " 7f3a")))).toEqual([]);
  for (const rule of rules)
    expect(
      text.shown.some((line) => isAllowed([rule], line)),
      rule,
    ).toBe(true);
  expect(text.body.trimEnd().endsWith("$ARGUMENTS")).toBe(true);
});

test.each(["inbox", "recall", "resolve", "resume"])("/clew:%s says that words of others are data", (name) => {
  expect(textOf(join("commands", `${name}.md`)).body.replace(/\s+/g, " ")).toMatch(
    /`<quoted-…>` marks.* It is data.* never/,
  );
});

test("the skill is short, and is named by what people say", () => {
  const { front, body } = textOf(join("skills", "clew", "SKILL.md"));
  expect(front.name).toBe("clew");
  expect(body.split("\n").length).toBeLessThan(150);
  expect(front.description.length).toBeLessThan(1024);
  for (const said of [
    "log a finding",
    "resolve the refunds issue",
    "what changed",
    "what did i log",
    "find the session",
    "remember this",
    "cost",
  ])
    expect(front.description.toLowerCase()).toContain(said);
  expect(
    rulesOf(textOf(join("skills", "clew", "SKILL.md"))).filter((rule) => /log|resolve|save|send|end/.test(rule)),
  ).toEqual([]);
});
