/**
 * @module Finds the workspace (nearest ancestor with .claude or .git) and the project (git remote, else the name of the main
 * working tree) of a directory. A directory that belongs to no project, is gone, or is of another machine, stands for itself.
 * fixtures/workspaces.json has the rule in examples; the SDK has one of its own and is tested against the same.
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

/** Of a path that is not there, or of no path, the same. */
function realPath(path: string): string {
  try {
    return path && realpathSync(path);
  } catch {
    return path;
  }
}

function workspaceRoot(directory: string, userHome: string): string {
  for (let path = directory; ; path = dirname(path)) {
    // ~/.claude is the client's own directory; it does not make the home directory a workspace.
    if (path !== userHome && (existsSync(join(path, ".git")) || existsSync(join(path, ".claude")))) return path;
    if (dirname(path) === path) return directory;
  }
}

interface Repository {
  /** Text of its `config` file. */
  readonly config: string;
  /** Of a linked worktree: the name of the repository that it belongs to. */
  readonly worktreeOf: string | null;
}

/** The repository of a root. A worktree's `.git` is a file that leads to the main one's, a submodule's leads to its own. */
function repositoryOf(root: string): Repository | null {
  try {
    const dotGit = join(root, ".git");
    if (statSync(dotGit).isDirectory())
      return { config: readFileSync(join(dotGit, "config"), "utf8"), worktreeOf: null };
    const leadsTo = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, "utf8"))?.[1];
    if (!leadsTo) return null;
    const directory = resolve(root, leadsTo.trim());
    const isWorktree = basename(dirname(directory)) === "worktrees";
    const common = isWorktree ? resolve(directory, "..", "..") : directory;
    const config = readFileSync(join(common, "config"), "utf8");
    return { config, worktreeOf: isWorktree ? repositoryName(common) : null };
  } catch {
    return null;
  }
}

/** "web" of web/.git, of web/.bare and of the bare web.git. */
function repositoryName(gitDirectory: string): string {
  const name = basename(gitDirectory);
  return name.startsWith(".") ? nameOf(dirname(gitDirectory)) : name.replace(/(.)\.git$/, "$1");
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

function remoteIn(config: string | null): string | null {
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
  const repository = local ? repositoryOf(root) : null;
  const remote = remoteIn(repository?.config ?? null);
  // A path can tell only where agents put theirs; git knows every one that still is there.
  const worktreeOf = repository?.worktreeOf ?? nameOf(WORKTREE.exec(root)?.[1] ?? root);
  const projectName = remote ? basename(remote) : worktreeOf;
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
  const home = realPath(userHome);
  const known = new Map<string, Place>();
  return (cwd, slug) => {
    const key = cwd ?? `slug:${slug}`;
    let place = known.get(key);
    if (!place) {
      place = cwd
        ? placeOf(cwd, home)
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
