/**
 * @module Finds the workspace (nearest ancestor with .claude or .git) and the project (git remote, else a name) of a
 * directory. A directory that is gone, or of another machine, stands for itself.
 */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { workspaceIdOf } from "../base/ids.ts";
import type { Place, PlaceResolver } from "../model/place.ts";

/** Working copies that agents make inside or beside a repository: their project is the repository's. */
const WORKTREE = /^(.+?)[\\/](?:\.claude[\\/]worktrees|\.worktrees|\.trees)[\\/][^\\/]+/;

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function workspaceRoot(directory: string, userHome: string): string {
  for (let path = directory; ; path = dirname(path)) {
    // ~/.claude is the client's own directory; it does not make the home directory a workspace.
    if (path !== userHome && (existsSync(join(path, ".git")) || existsSync(join(path, ".claude")))) return path;
    if (dirname(path) === path) return directory;
  }
}

/** The `config` file of a repository; a worktree's .git file leads to it. */
function gitConfig(root: string): string | null {
  try {
    const dotGit = join(root, ".git");
    if (statSync(dotGit).isDirectory()) return readFileSync(join(dotGit, "config"), "utf8");
    const gitDirectory = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, "utf8"))?.[1];
    if (!gitDirectory) return null;
    const common = resolve(root, gitDirectory, "..", "..");
    return readFileSync(join(common, "config"), "utf8");
  } catch {
    return null;
  }
}

/** "github.com/owner/name" from any spelling of a remote; credentials never survive. */
export function normaliseRemote(url: string): string {
  return url
    .trim()
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/^[^/@]*@/, "")
    .replace(/^([^/:]+):(?=[^/\d]|\d+[^/\d])/, "$1/")
    .replace(/\.git\/?$/, "")
    .replace(/\/$/, "");
}

function remoteOf(root: string): string | null {
  const config = gitConfig(root);
  const section = config && /\[remote "origin"\]([^[]*)/.exec(config)?.[1];
  const url = section && /^\s*url\s*=\s*(.+)$/m.exec(section)?.[1];
  return url ? normaliseRemote(url) : null;
}

/** Last part of a path of any platform. */
function nameOf(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

function placeOf(cwd: string, userHome: string): Place {
  const local = isDirectory(cwd);
  const root = local ? workspaceRoot(realpathSync(cwd), userHome) : cwd;
  const remote = local ? remoteOf(root) : null;
  const worktreeOf = WORKTREE.exec(root)?.[1];
  const projectName = remote ? basename(remote) : nameOf(worktreeOf ?? root);
  return {
    workspaceId: workspaceIdOf(root),
    workspacePath: root,
    workspaceName: nameOf(root),
    projectId: remote ?? `dir:${projectName}`,
    projectName,
    remote,
  };
}

/** A resolver that looks each directory up once. */
export function createPlaceResolver(userHome: string): PlaceResolver {
  const known = new Map<string, Place>();
  return (cwd, slug) => {
    const key = cwd ?? `slug:${slug}`;
    let place = known.get(key);
    if (!place) {
      place = cwd
        ? placeOf(cwd, userHome)
        : {
            workspaceId: workspaceIdOf(key),
            workspacePath: slug,
            workspaceName: slug,
            projectId: `dir:${slug}`,
            projectName: slug,
            remote: null,
          };
      known.set(key, place);
    }
    return place;
  };
}
