import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { workspaceIdOf } from "../base/ids.ts";
import { createPlaceResolver, normaliseRemote } from "./place.ts";

let home: string;
const make = (path: string): string => {
  mkdirSync(join(home, path), { recursive: true });
  return join(home, path);
};
const repository = (path: string, remote?: string): string => {
  make(`${path}/.git`);
  const section = remote === undefined ? "" : `[remote "origin"]\n\turl = ${remote}\n`;
  writeFileSync(join(home, path, ".git", "config"), `[core]\n\tbare = false\n${section}`);
  return join(home, path);
};

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "clew-place-")));
});

describe("a place", () => {
  it("is the nearest directory above with .git or .claude, and the remote's project", () => {
    const web = repository("code/web", "git@github.com:acme/shop.git");
    const place = createPlaceResolver(home)(make("code/web/src/deep"), "");
    expect(place).toEqual({
      workspaceId: workspaceIdOf(web),
      workspacePath: web,
      workspaceName: "web",
      projectId: "github.com/acme/shop",
      projectName: "shop",
      remote: "github.com/acme/shop",
    });
    const inner = make("code/web/tools/.claude");
    expect(createPlaceResolver(home)(join(inner, ".."), "").workspaceName).toBe("tools");
  });

  it("is the directory itself where there is none, and never the home directory for its .claude", () => {
    make(".claude");
    const notes = make("notes/today");
    expect(createPlaceResolver(home)(notes, "")).toMatchObject({
      workspacePath: notes,
      projectId: "dir:today",
      remote: null,
    });
  });

  it("is the same through a symbolic link, and another for each worktree of one project", () => {
    const web = repository("web", "https://ada:secret@example.org/acme/web.git");
    symlinkSync(web, join(home, "link"));
    make("web/.git/worktrees/a");
    const tree = make("web/.claude/worktrees/a");
    writeFileSync(join(tree, ".git"), `gitdir: ${join(web, ".git", "worktrees", "a")}\n`);
    const place = createPlaceResolver(home);
    expect(place(join(home, "link"), "").workspaceId).toBe(place(web, "").workspaceId);
    expect(place(tree, "").workspaceId).not.toBe(place(web, "").workspaceId);
    expect([place(tree, "").projectId, place(web, "").projectId]).toEqual(Array(2).fill("example.org/acme/web"));
  });

  describe("without a remote is the main working tree's project", () => {
    const main = { projectId: "dir:web", projectName: "web", remote: null };
    /** A working tree whose `.git` is a file. */
    const tree = (path: string, gitDirectory: string): string => {
      writeFileSync(join(make(path), ".git"), `gitdir: ${gitDirectory}\n`);
      return join(home, path);
    };
    const place = (path: string) => createPlaceResolver(home)(path, "");

    it("in a worktree beside it, in one of its own, and below them", () => {
      const web = repository("web");
      for (const name of ["beside", "relative", "inner"]) make(`web/.git/worktrees/${name}`);
      const beside = tree("beside", join(web, ".git", "worktrees", "beside"));
      expect(place(beside)).toMatchObject({ ...main, workspacePath: beside, workspaceName: "beside" });
      expect(place(beside).workspaceId).not.toBe(place(web).workspaceId);
      expect(place(make("beside/src/deep"))).toEqual(place(beside));
      expect(place(tree("relative", "../web/.git/worktrees/relative"))).toMatchObject(main);
      expect(place(tree("web/.worktrees/inner", join(web, ".git", "worktrees", "inner")))).toMatchObject(main);
      // Where agents put theirs inside a worktree, the main one still is the project.
      expect(place(tree("beside/.claude/worktrees/x", join(web, ".git", "worktrees", "x")))).toMatchObject(main);
    });

    it("in worktrees of a repository that has none but those", () => {
      for (const [path, name] of [
        ["srv/web.git", "a"],
        ["code/web/.bare", "b"],
      ] as const) {
        make(`${path}/worktrees/${name}`);
        writeFileSync(join(home, path, "config"), "[core]\n\tbare = true\n");
        expect(place(tree(`trees/${name}`, join(home, path, "worktrees", name)))).toMatchObject(main);
      }
    });

    it("but not in a submodule, nor where the repository is gone", () => {
      repository("web", "https://example.org/acme/web");
      make("web/.git/modules/parts");
      writeFileSync(join(home, "web/.git/modules/parts/config"), "[core]\n\tworktree = ../../../parts\n");
      expect(place(tree("web/parts", "../.git/modules/parts"))).toMatchObject({ projectId: "dir:parts" });
      expect(place(tree("left", join(home, "gone/.git/worktrees/left")))).toMatchObject({ projectId: "dir:left" });
    });

    it("as `git worktree add` makes it", ({ skip }) => {
      const git = (...words: readonly string[]): void => {
        const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" };
        execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...words], {
          env,
          stdio: "pipe",
        });
      };
      try {
        git("--version");
      } catch {
        skip("git is missing");
      }
      const web = join(home, "web");
      git("init", "-q", web);
      git("-C", web, "commit", "-q", "--allow-empty", "-m", "first");
      git("-C", web, "worktree", "add", "-q", "../beside", "-b", "beside");
      git("-C", web, "worktree", "add", "-q", ".claude/worktrees/inner", "-b", "inner");
      for (const path of [web, join(home, "beside"), join(web, ".claude", "worktrees", "inner")])
        expect(place(path)).toMatchObject({ ...main, workspacePath: path });
      git("-C", web, "remote", "add", "origin", "https://example.org/acme/shop.git");
      expect(place(join(home, "beside")).projectId).toBe("example.org/acme/shop");
    });
  });

  it("stands for itself when it is gone, or of another machine", () => {
    const place = createPlaceResolver(home);
    expect(place("C:\\code\\web", "")).toMatchObject({ workspaceName: "web", projectId: "dir:web" });
    expect(place(join(home, "gone"), "")).toMatchObject({ workspacePath: join(home, "gone"), projectName: "gone" });
    expect(place(null, "-home-ada-web")).toMatchObject({
      workspaceName: "-home-ada-web",
      projectName: "-home-ada-web",
    });
  });
});

it.each([
  ["https://github.com/acme/web.git", "github.com/acme/web"],
  ["git@github.com:acme/web", "github.com/acme/web"],
  ["ssh://git@example.org:2222/acme/web.git/", "example.org:2222/acme/web"],
  ["https://user:token@example.org/acme/web", "example.org/acme/web"],
])("a remote is one project in every spelling: %s", (url, remote) => {
  expect(normaliseRemote(url)).toBe(remote);
});
