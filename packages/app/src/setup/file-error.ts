/** @module The file system's errors in words, and the small file operations that every step of setup needs. */
import { readFileSync } from "node:fs";
import { ClewError } from "../base/error.ts";
import { makeDirectories } from "../base/private-directory.ts";

/** An error with the action in front: "write /home/ada/.claude/settings.json: …". Ours pass unchanged. */
export function fileError(action: string, error: unknown): unknown {
  if (error instanceof ClewError || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  const reason = REASONS[code] ?? error.message;
  const isPermission = ["EACCES", "EPERM", "EROFS"].includes(code);
  return new ClewError(isPermission ? "permission" : "io", `${action}: ${reason}`, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is no directory",
  ENAMETOOLONG: "the path is too long",
};

export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error ? String(error.code) : null;
}

/** A file's bytes; null when there is none. */
export function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw fileError(`read ${path}`, error);
  }
}

/** Makes a directory and what is above it, for its owner only. */
export function makePrivateDirectory(path: string): void {
  try {
    makeDirectories(path);
  } catch (error) {
    throw fileError(`make directory ${path}`, error);
  }
}
