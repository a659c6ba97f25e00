/** @module The hook scripts in the data directory: which are missing or old, how they get there, how they go. */
import { chmodSync, existsSync, lstatSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ClewError } from "../base/error.ts";
import type { ClewPaths } from "../base/paths.ts";
import { bytesOf, fileError, makePrivateDirectory } from "./file-error.ts";
import { writeOwnFile } from "./replace-file.ts";

export interface ScriptSources {
  readonly platform: NodeJS.Platform;
  /** Directory that the package keeps them in. */
  readonly scripts: string;
  readonly node: string;
  readonly sessionStartEntry: string;
  readonly bin: string;
}

interface ScriptFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mode: number;
}

/** What is copied from the package. */
export const SCRIPT_FILES: readonly string[] = ["observe.sh", "session-start.sh", "memory.sh"];
/** Each names what the script of its name runs: node and the program, one to a line. */
export const COMMAND_FILES: readonly string[] = ["session-start.command", "memory.command"];

/** The installed files as they should be. Throws `not_found` when the package lacks one. */
function wantedFiles(sources: ScriptSources): readonly ScriptFile[] {
  const { platform, scripts, node, sessionStartEntry, bin } = sources;
  // Windows, which has no sh, calls the package's own entries.
  if (platform === "win32") return [];
  const copied = SCRIPT_FILES.map((name): ScriptFile => {
    const bytes = bytesOf(join(scripts, name));
    if (bytes === null)
      throw new ClewError("not_found", `${join(scripts, name)} is missing: install Clew again, nothing was changed`);
    return { name, bytes, mode: 0o755 };
  });
  const programs = [sessionStartEntry, bin];
  const commands = COMMAND_FILES.map((name, index): ScriptFile => {
    return { name, bytes: Buffer.from(`${node}\n${programs[index]}\n`), mode: 0o600 };
  });
  return [...copied, ...commands];
}

/** Names of the files that are missing or differ. */
export function staleScripts(paths: ClewPaths, sources: ScriptSources): readonly string[] {
  return wantedFiles(sources)
    .filter(({ name, bytes, mode }) => {
      const path = join(paths.hooks, name);
      const isExecutable = mode !== 0o755 || sources.platform === "win32" || modeOf(path) === mode;
      return !bytesOf(path)?.equals(bytes) || !isExecutable;
    })
    .map(({ name }) => name);
}

/** Installs what is stale, and makes the spool; both directories are their owner's alone. */
export function installScripts(paths: ClewPaths, sources: ScriptSources, unique: string): void {
  const stale = staleScripts(paths, sources);
  for (const directory of [paths.home, paths.hooks, paths.spool]) makePrivateDirectory(directory);
  try {
    if (sources.platform !== "win32") for (const directory of [paths.hooks, paths.spool]) chmodSync(directory, 0o700);
  } catch (error) {
    throw fileError(`protect ${paths.home}`, error);
  }
  for (const { name, bytes, mode } of wantedFiles(sources))
    if (stale.includes(name)) writeOwnFile(join(paths.hooks, name), bytes, mode, unique);
}

/** Takes away what setup installs, and the directory when it is empty then; returns whether anything was there. */
export function removeScripts(paths: ClewPaths): boolean {
  const files = installedScripts(paths);
  try {
    for (const file of files) rmSync(file, { force: true });
    if (existsSync(paths.hooks)) rmdirSync(paths.hooks);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && ["ENOTEMPTY", "EEXIST"].includes(String(error.code))))
      throw fileError(`remove ${paths.hooks}`, error);
  }
  return files.length > 0;
}

/** Paths of the files that setup installs, those that are there. */
export function installedScripts(paths: ClewPaths): readonly string[] {
  return ["observe.js", ...SCRIPT_FILES, ...COMMAND_FILES]
    .map((name) => join(paths.hooks, name))
    .filter((path) => existsSync(path));
}

function modeOf(path: string): number | null {
  try {
    return lstatSync(path).mode & 0o777;
  } catch {
    return null;
  }
}
