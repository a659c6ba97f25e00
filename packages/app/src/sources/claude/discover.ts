/** @module Finds Claude Code's transcripts, subagents' files and large tool outputs. Reads directories, never contents. */
import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { subagentSessionId } from "../../base/ids.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { DiscoverOptions, Discovery } from "../source.ts";
import { readRootSessionId } from "./root-session.ts";

/** What a walk collects. */
interface Walk {
  readonly rootOf: (path: string) => string | null;
  readonly files: SourceFile[];
  readonly problems: string[];
  /** Device and inode of every file found: a link to a file or a directory tells nothing new. */
  readonly seen: Set<string>;
}

type Place = Pick<SourceFile, "kind" | "sessionId" | "rootSessionId" | "agentId">;

const AGENT_FILE = /^agent-(.+?)(\.meta\.json|\.jsonl)$/;

/** `join` without its normalising: thousands of paths are made on every run, all of them from clean parts. */
function below(directory: string, name: string): string {
  return `${directory}${sep}${name}`;
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function list(walk: Walk, directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const code = reasonOf(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") walk.problems.push(`read directory ${directory}: ${code}`);
    return [];
  }
}

/** A link is followed; a broken one, or one that leads in a circle, is reported. */
function isDirectory(walk: Walk, path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    walk.problems.push(`follow link ${path}: ${reasonOf(error)}`);
    return false;
  }
}

/** Inode numbers above 2^53 exist; they are read again exactly. */
function identityOf(path: string, stats: Stats): { readonly device: string; readonly inode: string } {
  if (Number.isSafeInteger(stats.ino) && Number.isSafeInteger(stats.dev)) {
    return { device: String(stats.dev), inode: String(stats.ino) };
  }
  const exact = statSync(path, { bigint: true });
  return { device: String(exact.dev), inode: String(exact.ino) };
}

function add(walk: Walk, path: string, place: Place): void {
  try {
    // A file that went away between the listing and the look is no problem.
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile()) return;
    const { device, inode } = identityOf(path, stats);
    const identity = `${device}:${inode}`;
    if (walk.seen.has(identity)) return;
    walk.seen.add(identity);
    const { size, mtimeMs } = stats;
    walk.files.push({ path, agent: "claude-code", ...place, size, mtimeMs, device, inode });
  } catch (error) {
    walk.problems.push(`look at ${path}: ${reasonOf(error)}`);
  }
}

function subagentPlace(rootSessionId: string, agentId: string, suffix: string): Place {
  const kind = suffix === ".jsonl" ? "subagent" : "meta";
  return { kind, sessionId: subagentSessionId(rootSessionId, agentId), rootSessionId, agentId };
}

/** `subagents/` and each `subagents/workflows/<id>/`; other files in them (journal.jsonl) are no transcripts. */
function walkSubagents(walk: Walk, directory: string, rootSessionId: string): void {
  for (const entry of list(walk, directory)) {
    const path = below(directory, entry.name);
    const match = AGENT_FILE.exec(entry.name);
    if (match) add(walk, path, subagentPlace(rootSessionId, match[1] as string, match[2] as string));
    else if (entry.name === "workflows" && isDirectory(walk, path, entry)) {
      for (const workflow of list(walk, path)) {
        if (isDirectory(walk, below(path, workflow.name), workflow)) {
          walkSubagents(walk, below(path, workflow.name), rootSessionId);
        }
      }
    }
  }
}

function walkSession(walk: Walk, directory: string, sessionId: string): void {
  for (const entry of list(walk, directory)) {
    const path = below(directory, entry.name);
    if (entry.name === "subagents") walkSubagents(walk, path, sessionId);
    else if (entry.name === "tool-results") {
      for (const output of list(walk, path)) {
        if (output.isDirectory()) continue;
        add(walk, below(path, output.name), {
          kind: "tool-output",
          sessionId,
          rootSessionId: sessionId,
          agentId: null,
        });
      }
    }
  }
}

/** An older subagent file; one that does not name its session stands for itself. */
function addOlderSubagent(walk: Walk, path: string, name: string, agentId: string, suffix: string): void {
  const transcript = suffix === ".jsonl" ? path : path.slice(0, -suffix.length).concat(".jsonl");
  const root = walk.rootOf(transcript);
  if (root) add(walk, path, subagentPlace(root, agentId, suffix));
  else if (suffix === ".jsonl") {
    const sessionId = name.slice(0, -suffix.length);
    add(walk, path, { kind: "transcript", sessionId, rootSessionId: sessionId, agentId: null });
  }
}

function walkProject(walk: Walk, directory: string): void {
  for (const entry of list(walk, directory)) {
    const { name } = entry;
    const path = below(directory, name);
    const match = AGENT_FILE.exec(name);
    if (match) addOlderSubagent(walk, path, name, match[1] as string, match[2] as string);
    else if (name.endsWith(".jsonl")) {
      const sessionId = name.slice(0, -".jsonl".length);
      if (sessionId) add(walk, path, { kind: "transcript", sessionId, rootSessionId: sessionId, agentId: null });
    } else if (name !== "memory" && isDirectory(walk, path, entry)) walkSession(walk, path, name);
  }
}

function holdsProjects(path: string): boolean {
  try {
    return statSync(below(path, "projects")).isDirectory();
  } catch {
    return false;
  }
}

/** The directory above the `projects` that a path stands in; null when it stands in none. */
function configDirAbove(path: string): string | null {
  for (let at = path; ; at = dirname(at)) {
    if (basename(at) === "projects") return dirname(at);
    if (dirname(at) === at) return null;
  }
}

function walkConfigDir(walk: Walk, configDir: string): void {
  const projects = join(configDir, "projects");
  for (const entry of list(walk, projects)) {
    const path = below(projects, entry.name);
    if (isDirectory(walk, path, entry)) walkProject(walk, path);
  }
}

/** Of the files below a `projects/` that holds the path, those below the path. */
function walkPart(walk: Walk, configDir: string, path: string): void {
  const part: Walk = { ...walk, files: [], seen: new Set() };
  walkConfigDir(part, configDir);
  for (const file of part.files) {
    const identity = `${file.device}:${file.inode}`;
    if (walk.seen.has(identity) || (file.path !== path && !file.path.startsWith(path + sep))) continue;
    walk.seen.add(identity);
    walk.files.push(file);
  }
}

/**
 * Everything that can be read below the `projects/` of each directory, and of nothing else: the directories also hold
 * credentials and keys. A path inside a `projects/` gives the files below it. What does not exist is no problem.
 */
export function discoverClaudeFiles(paths: readonly string[], options: DiscoverOptions = {}): Discovery {
  const walk: Walk = { rootOf: options.rootOf ?? readRootSessionId, files: [], problems: [], seen: new Set() };
  for (const path of paths) {
    const configDir = holdsProjects(path) ? null : configDirAbove(path);
    if (configDir === null) walkConfigDir(walk, path);
    else walkPart(walk, configDir, path);
  }
  return { files: walk.files, problems: walk.problems };
}
