/** @module Where memory files lie on this machine, and which project each place belongs to. */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import type { MemorySourceConfig } from "../base/memory-config.ts";
import { claudeConfigDirs, type Environment } from "../base/paths.ts";
import type { Place } from "../model/place.ts";
import { createPlaceResolver } from "../place/place.ts";
import type { KnownWorkspace } from "../query/memory-workspaces.ts";

/** A directory or a file, and what its files are called in the store. */
export interface MemoryRoot {
  /** Absolute. */
  readonly path: string;
  readonly kind: "directory" | "file";
  /** Null: global. */
  readonly projectId: string | null;
  /** What stands before the path below it in the store; of a file its whole path there. */
  readonly prefix: string;
  /** Links may lead no further than this; null: anywhere, as the directory is the user's own. */
  readonly bounds: string | null;
  /**
   * False: the files are part of a working tree, which git changes too. They are kept in the store as they come, one after
   * the other, and written only when a command names them.
   */
  readonly isOwn: boolean;
  /** Of files that are made there. */
  readonly mode: number;
}

export interface MemoryPlaces {
  readonly env: Environment;
  readonly place: Place;
  readonly cwd: string;
  readonly workspaces: readonly KnownWorkspace[];
  readonly config: readonly MemorySourceConfig[];
}

const HEAD_BYTES = 64 * 1024;
const PRIVATE = 0o600;
const SHARED = 0o644;

/** As Claude Code names the directory of a workspace. */
export function slugOfPath(path: string): string {
  return path.replace(/[^A-Za-z0-9]/g, "-");
}

function isSlug(path: string): boolean {
  return slugOfPath(path) === path;
}

/**
 * `here`: of this directory's project, and the global ones. `all`: of every project that this machine knows. `around` a file:
 * those in which it could stand, without a look at others.
 */
export type RootScope = "here" | "all" | { readonly around: string };

export function memoryRoots(places: MemoryPlaces, scope: RootScope): readonly MemoryRoot[] {
  const { env, place, workspaces, config } = places;
  const home = env.HOME || homedir();
  const roots: MemoryRoot[] = [];
  const directories = claudeConfigDirs(env);
  directories.forEach((directory, index) => {
    // Two directories of the client are two sets of files: their names must not meet.
    const prefix = index === 0 ? "" : `${relativeTo(home, directory)}/`;
    const own = { bounds: null, isOwn: true, mode: PRIVATE, projectId: null } as const;
    roots.push({ ...own, path: join(directory, "CLAUDE.md"), kind: "file", prefix: `${prefix}CLAUDE.md` });
    roots.push({ ...own, path: join(directory, "rules"), kind: "directory", prefix: `${prefix}rules/` });
    for (const { slug, projectId } of projectDirectories(places, directory, scope)) {
      const path = join(directory, "projects", slug, "memory");
      roots.push({ ...own, path, kind: "directory", projectId, prefix: `${prefix}memory/` });
    }
  });
  const known = scope === "all" ? workspaces : [];
  const working = new Map(known.map(({ path, projectId }) => [path, projectId]));
  working.set(place.workspacePath, place.projectId);
  for (const [path, projectId] of working) roots.push(...workspaceRoots(path, projectId));
  for (const source of config) roots.push(...configured(source, home, places));
  return roots;
}

/** Instructions that stand in a working tree. CLAUDE.local.md is this machine's own, and no one else's. */
function workspaceRoots(workspace: string, projectId: string): readonly MemoryRoot[] {
  if (!isDirectory(workspace)) return [];
  const own = { projectId, bounds: workspace, isOwn: false, mode: SHARED } as const;
  return [
    { ...own, path: join(workspace, "CLAUDE.md"), kind: "file", prefix: "CLAUDE.md" },
    { ...own, path: join(workspace, ".claude", "CLAUDE.md"), kind: "file", prefix: ".claude/CLAUDE.md" },
    { ...own, path: join(workspace, ".claude", "rules"), kind: "directory", prefix: ".claude/rules/" },
  ];
}

function configured({ path, project }: MemorySourceConfig, home: string, places: MemoryPlaces): readonly MemoryRoot[] {
  const { place, workspaces } = places;
  const absolute = path.startsWith("~/") ? join(home, path.slice(2)) : resolve(path);
  const everyone = [place, ...workspaces];
  const named = everyone.find(({ projectId, projectName }) => project === projectId || project === projectName);
  const projectId = project === undefined ? null : (named?.projectId ?? project);
  const prefix = relativeTo(home, absolute);
  const own = { path: absolute, projectId, bounds: null, isOwn: true, mode: PRIVATE } as const;
  return /\.md$/i.test(absolute)
    ? [{ ...own, kind: "file", prefix }]
    : [{ ...own, kind: "directory", prefix: `${prefix}/` }];
}

/** The same on every machine for what lies below the home directory; never absolute. */
function relativeTo(home: string, path: string): string {
  const below = path.startsWith(home + sep) ? path.slice(home.length + 1) : path;
  return below.split(/[\\/]/).filter(Boolean).join("/").replaceAll(":", "");
}

/** Directories of the client that belong to projects; the one where this workspace's would be made comes first. */
function projectDirectories(
  places: MemoryPlaces,
  directory: string,
  scope: RootScope,
): readonly { readonly slug: string; readonly projectId: string }[] {
  const { env, place, cwd, workspaces } = places;
  const bySlug = new Map<string, string>();
  bySlug.set(slugOfPath(place.workspacePath), place.projectId);
  if (cwd.startsWith(place.workspacePath)) bySlug.set(slugOfPath(cwd), place.projectId);
  // Of a session whose directory is not known the slug itself stands for it: a real path that has that slug knows better.
  const known = [...workspaces].sort((a, b) => Number(isSlug(a.path)) - Number(isSlug(b.path)));
  for (const { path, projectId } of known) {
    if (!bySlug.has(slugOfPath(path))) bySlug.set(slugOfPath(path), projectId);
  }
  const projects = join(directory, "projects");
  const wanted = new Set(
    typeof scope === "object"
      ? [slugAbove(projects, scope.around)].filter((slug) => slug !== null)
      : [
          slugOfPath(place.workspacePath),
          ...namesIn(projects).filter((slug) => isDirectory(join(projects, slug, "memory"))),
        ],
  );
  return [...wanted].flatMap((slug) => {
    const projectId = bySlug.get(slug) ?? projectOfTranscripts(join(directory, "projects", slug), slug, env);
    return scope !== "here" || projectId === place.projectId ? [{ slug, projectId }] : [];
  });
}

/** Name of the directory below `projects` that a file stands in; null: in none. */
function slugAbove(projects: string, file: string): string | null {
  return file.startsWith(projects + sep) ? (file.slice(projects.length + 1).split(sep)[0] ?? null) : null;
}

/** A directory of the client that the store does not know: its newest transcript says where it ran. */
function projectOfTranscripts(directory: string, slug: string, env: Environment): string {
  const resolver = createPlaceResolver(env.HOME || homedir());
  const newest = namesIn(directory)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => ({ name, mtime: statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.mtime - a.mtime)[0];
  const cwd = newest ? cwdIn(join(directory, newest.name)) : null;
  return resolver(cwd, slug).projectId;
}

function cwdIn(transcript: string): string | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(transcript, "r");
    const head = Buffer.alloc(HEAD_BYTES);
    const text = head.toString("utf8", 0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
    const found = /"cwd":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
    return found === undefined ? null : (JSON.parse(found) as string);
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** The root that a file or directory on the disk belongs to, narrowed to it; null: none. */
export function rootAround(places: MemoryPlaces, path: string): MemoryRoot | null {
  const near = memoryRoots(placesAround(places, path), { around: path });
  for (const root of near) {
    if (path === root.path) return root;
    if (root.kind !== "directory" || !path.startsWith(root.path + sep)) continue;
    const below = path
      .slice(root.path.length + 1)
      .split(sep)
      .join("/");
    if (/\.md$/i.test(path)) return { ...root, path, kind: "file", prefix: root.prefix + below };
    return { ...root, path, prefix: `${root.prefix}${below}/` };
  }
  return null;
}

/** Seen from a file's directory. Where one is stays known: the client's directory of it is called after it. */
function placesAround(places: MemoryPlaces, file: string): MemoryPlaces {
  const directory = dirname(file);
  const { workspacePath: path, projectId, projectName } = places.place;
  const workspaces = [{ path, projectId, projectName }, ...places.workspaces];
  if (!isDirectory(directory)) return { ...places, workspaces };
  const place = createPlaceResolver(places.env.HOME || homedir())(directory, "");
  return { ...places, workspaces, cwd: directory, place };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
