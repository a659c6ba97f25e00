/** @module A failed system call of the spool as an error of ours. */
import { ClewError } from "../base/error.ts";

/** A failed system call as a ClewError that names what was tried; a ClewError as it is. */
export function spoolError(action: string, error: unknown): ClewError {
  if (error instanceof ClewError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const isRefused = code === "EACCES" || code === "EPERM" || code === "EROFS";
  return new ClewError(isRefused ? "permission" : "io", `${action}: ${message}`, { cause: error });
}
