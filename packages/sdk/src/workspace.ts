/**
 * @module The workspace: nearest directory at or above one that has .claude or .git, never the home directory itself; where
 * there is none, the directory. fixtures/workspaces.json has the rule in examples, which the rest of Clew is tested against, too.
 */
import { builtin } from "./builtin.ts";
import { isWorkspaceId } from "./ids.ts";
import { sha256 } from "./sha256.ts";
import { type Environment, state } from "./state.ts";

export interface Workspace {
  /** First 16 hex digits of SHA-256 of its real path. */
  readonly id: string;
  /** Null where only the id is known, from a parent process. */
  readonly path: string | null;
  /** Of a directory that belongs to no project. */
  readonly isGlobal: boolean;
}

/** Refusal of requireWorkspace. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

/** HOME or USERPROFILE, else what the system knows of the user; the root directory where it knows nothing. */
export function userHome(env: Environment): string {
  const given = env.HOME || env.USERPROFILE;
  if (given) return given;
  try {
    return builtin("node:os").homedir() || "/";
  } catch {
    return "/"; // A container's user that is in no list of users.
  }
}

function realPath(path: string): string {
  try {
    return builtin("node:fs").realpathSync(path);
  } catch {
    return path;
  }
}

/** Every directory is looked up once. */
const known = new Map<string, Workspace>();
const MOST_KNOWN = 1000;

/** Workspace of a directory. Looks at the disk once for each. Never throws. */
export function discoverWorkspace(directory?: string): Workspace {
  const { env, cwd } = state().settings;
  const from = directory ?? cwd();
  const key = `${env.HOME ?? ""}\0${from}`;
  const found = known.get(key) ?? search(from, env);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

function isDirectory(path: string): boolean {
  try {
    return builtin("node:fs").statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function search(from: string, env: Environment): Workspace {
  const { existsSync } = builtin("node:fs");
  const { dirname, join } = builtin("node:path");
  // One that is gone stands for itself, also below a project.
  if (!isDirectory(from)) return { id: idOf(from), path: from, isGlobal: true };
  const home = realPath(userHome(env));
  const start = realPath(from);
  for (let path = start; ; path = dirname(path)) {
    // ~/.claude is the client's own directory; it does not make the home directory a project.
    const isRoot = path !== home && (existsSync(join(path, ".git")) || existsSync(join(path, ".claude")));
    if (isRoot) return { id: idOf(path), path, isGlobal: false };
    if (dirname(path) === path) return { id: idOf(start), path: start, isGlobal: true };
  }
}

function idOf(path: string): string {
  return sha256(path).slice(0, 16);
}

/** What `workspace` in a session's options stands for: an id, or a directory in it. */
export function workspaceFrom(given: string): Workspace {
  return isWorkspaceId(given) ? { id: given, path: null, isGlobal: false } : discoverWorkspace(given);
}

/** Workspace of the session that runs, else of the working directory, unless CLEW_WORKSPACE names it. */
export function currentWorkspace(): Workspace {
  const shared = state();
  const session = (shared.storage.getStore() ?? shared.outside).session;
  if (session) return session.workspace;
  const given = shared.settings.env.CLEW_WORKSPACE;
  return isWorkspaceId(given) ? { id: given, path: null, isGlobal: false } : discoverWorkspace();
}

export interface RequireWorkspaceOptions {
  /** Says that reading what belongs to another workspace is meant. */
  readonly acrossWorkspaces?: boolean;
}

/**
 * Guard for code that reads sessions: answers the workspace to read from. `wanted` is a workspace id, a directory, or a
 * correlation id; without it, the current one. Throws WorkspaceError when it is another than the current one and
 * `acrossWorkspaces` is not set, or when the current one is the global one and nothing was named.
 */
export function requireWorkspace(wanted?: string, options: RequireWorkspaceOptions = {}): Workspace {
  const current = currentWorkspace();
  if (wanted === undefined) {
    if (current.isGlobal && !options.acrossWorkspaces)
      throw new WorkspaceError("no workspace: neither this directory nor one above it has .claude or .git");
    return current;
  }
  const id = wanted.slice(0, wanted.indexOf(":"));
  const workspace = workspaceFrom(isWorkspaceId(id) ? id : wanted);
  if (workspace.id === current.id || options.acrossWorkspaces) return workspace;
  throw new WorkspaceError(
    `${workspace.path ?? workspace.id} is not the current workspace (${current.path ?? current.id}); acrossWorkspaces: true asks for it`,
  );
}
