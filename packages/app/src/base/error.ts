/** @module The one error class of the app: a stable code for programs, a message that says what to do for people. */

/** Stable codes. `usage` exits 2, `locked` exits 3, everything else exits 1. */
export type ErrorCode =
  | "usage"
  | "locked"
  | "not_found"
  | "unsupported_node"
  | "unsupported_sqlite"
  | "newer_database"
  | "corrupt_database"
  | "permission"
  | "io"
  | "internal";

/** Thrown for every failure that a surface shows. Untrusted input never throws: it becomes a problem (model/record.ts). */
export class ClewError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "ClewError";
    this.code = code;
  }
}

/** Exit code of the command line for an error. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  if (!(error instanceof ClewError)) return 1;
  if (error.code === "usage") return 2;
  return error.code === "locked" ? 3 : 1;
}
