/** @module Which settings file setup writes: Claude Code's own in the user's scope, never a project's. */
import { accessSync, constants, existsSync, lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { ClewError } from "../base/error.ts";
import { claudeConfigDirs, type Environment } from "../base/paths.ts";
import { bytesOf, fileError } from "./file-error.ts";

export interface SettingsTarget {
  /** As the user knows it. */
  readonly path: string;
  /** What is written: the same, or where a symbolic link leads. */
  readonly file: string;
  readonly isLink: boolean;
  /** Null: there is no such file. */
  readonly bytes: Buffer | null;
}

/**
 * Path of settings.json: in the directory that was asked for, else in the first one of Claude Code's that exists. Null:
 * there is none. Throws `usage` for a project's directory.
 */
export function settingsPath(env: Environment, configDirectory: string | undefined): string | null {
  const directory =
    configDirectory !== undefined ? resolve(configDirectory) : claudeConfigDirs(env).find((path) => existsSync(path));
  if (directory === undefined) return null;
  const parent = dirname(directory);
  const home = resolve(env.HOME || env.USERPROFILE || homedir());
  if (basename(directory) === ".claude" && parent !== home && existsSync(join(parent, ".git")))
    throw new ClewError(
      "usage",
      `${directory} belongs to a project: Clew writes only the settings of your own user, so that nothing of it reaches a repository`,
    );
  return join(directory, "settings.json");
}

/** Reads the settings file and makes sure that it may be written. Throws `io` or `permission` with what is in the way. */
export function openTarget(path: string): SettingsTarget {
  let link: Stats | null = null;
  try {
    link = lstatSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw fileError(`read ${path}`, error);
  }
  if (link === null) return { path, file: path, isLink: false, bytes: null };
  const isLink = link.isSymbolicLink();
  let file = path;
  try {
    file = realpathSync(path);
  } catch (error) {
    throw new ClewError("io", `${path} is a symbolic link that leads nowhere: nothing was changed`, { cause: error });
  }
  const stat = statSync(file);
  if (stat.isDirectory()) throw new ClewError("io", `${path} is a directory: nothing was changed`);
  if (!stat.isFile()) throw new ClewError("io", `${path} is not a regular file: nothing was changed`);
  return { path, file: isLink ? file : path, isLink, bytes: settledBytes(file) };
}

/** An empty file may be one that another program has just opened to write: it gets a moment. */
function settledBytes(file: string): Buffer | null {
  const bytes = bytesOf(file);
  if (bytes?.length !== 0) return bytes;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MOMENT_MS);
  return bytesOf(file);
}

const MOMENT_MS = 50;

/** Throws `permission` when the file says that nobody should write it; the superuser is told as well. */
export function assertWritable(target: SettingsTarget): void {
  const { path, file, bytes } = target;
  if (bytes === null) return;
  try {
    if ((statSync(file).mode & 0o222) === 0) throw new ClewError("permission", READ_ONLY(path));
    accessSync(file, constants.W_OK);
  } catch (error) {
    if (error instanceof ClewError) throw error;
    throw new ClewError("permission", READ_ONLY(path), { cause: error });
  }
}

const READ_ONLY = (path: string): string => `${path} is read-only: nothing was changed`;
