import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createPersonResolver, emailIn } from "./person.ts";

let home: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
};
const personOf = (root: string, env: Readonly<Record<string, string>> = {}): string =>
  createPersonResolver({ env, userHome: home })(root);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-person-"));
});

describe("the person", () => {
  it("is the repository's, then the user's e-mail address, then the user's name", () => {
    const repository = join(home, "repo");
    expect(personOf(repository, { USER: "Ada" })).toBe("person:ada");
    expect(personOf(repository, { LOGNAME: "lovelace" })).toBe("person:lovelace");
    expect(personOf(repository)).toMatch(/^person:./);
    write(".config/git/config", "[user]\n\temail = xdg@example.org\n");
    expect(personOf(repository, { USER: "ada" })).toBe("person:xdg@example.org");
    write("elsewhere/git/config", "[user]\n\temail = moved@example.org\n");
    expect(personOf(repository, { XDG_CONFIG_HOME: join(home, "elsewhere") })).toBe("person:moved@example.org");
    write(".gitconfig", "[user]\n\temail = Ada@Example.org\n");
    expect(personOf(repository)).toBe("person:ada@example.org");
    write("repo/.git/config", '[core]\n\tbare = false\n[user]\n\temail = "ada@work.example" ; at work\n');
    expect(personOf(repository)).toBe("person:ada@work.example");
  });

  it("is found in worktrees and submodules", () => {
    write("repo/.git/config", "[user]\n\temail = main@example.org\n");
    write("repo/.git/worktrees/w/commondir", "../..\n");
    write("w/.git", `gitdir: ${join(home, "repo/.git/worktrees/w")}\n`);
    write("repo/.git/modules/sub/config", "[user]\n\temail = sub@example.org\n");
    write("repo/sub/.git", "gitdir: ../.git/modules/sub\n");
    expect(personOf(join(home, "w"))).toBe("person:main@example.org");
    expect(personOf(join(home, "repo/sub"))).toBe("person:sub@example.org");
  });

  it("carries nothing that a terminal obeys, and is never empty", () => {
    write(".gitconfig", "[user]\n\temail = \u001b[2J\u202e \n");
    expect(personOf(home, { USER: "\u0007\u001b]0;x" })).toBe("person:[2j");
    write(".gitconfig", "[user]\n\temail =\n");
    expect(personOf(home, { USER: " \n" })).toMatch(/^person:\S+$/);
    for (const root of ["", "relative", "C:\\web", "\0", "slug-of-nowhere"])
      expect(personOf(root, { USER: "ada" })).toBe("person:ada");
  });
});

describe("git's format", () => {
  it.each([
    ["[user]\nemail=a@b", "a@b"],
    ["[USER]\n  EMAIL = a@b # home", "a@b"],
    ["[user] email = a@b", "a@b"],
    ['[user]\nemail = "a#b@c"', "a#b@c"],
    ["[user]\nemail = a@b\n[user]\nemail = c@d", "c@d"],
    ["[user]\nemail = a@\\\nb", "a@b"],
    ['[user "work"]\nemail = a@b', null],
    ["[author]\nemail = a@b", null],
    ["email = a@b", null],
    ["# [user]\n; email = x\n", null],
  ])("%j", (text, email) => {
    expect(emailIn(text)).toBe(email);
    const file = join(home, "config");
    writeFileSync(file, text);
    // What git itself says, where it is installed and accepts the file.
    let said: string | null;
    try {
      said = execFileSync("git", ["config", "--file", file, "user.email"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    } catch {
      said = email;
    }
    expect(said === "" ? null : said).toBe(email);
  });
});
