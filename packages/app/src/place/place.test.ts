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
