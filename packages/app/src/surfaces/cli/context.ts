/** @module What a command is given: the environment, the clock, the streams, and the database when it asks for it. */
import type { Clock } from "../../base/clock.ts";
import { ClewError } from "../../base/error.ts";
import { clewPaths, type Environment } from "../../base/paths.ts";
import type { Reader } from "../../query/reader.ts";
import type { Output } from "./output.ts";

export interface CliContext {
  readonly env: Environment;
  readonly clock: Clock;
  /** IANA name, or "local", of the zone that days and times are shown in. */
  readonly timeZone: string;
  readonly out: Output;
  /** Errors, warnings and progress. */
  readonly err: Output;
  /** Resolves when the user wants to stop (Ctrl-C, SIGTERM). */
  readonly stopped: Promise<void>;
  readonly isInteractive: boolean;
}

/** What to do when nothing has been indexed yet. */
export const NOTHING_YET =
  "No sessions yet: run `clew index` to read your transcripts, or `clew up --demo` to look around.";

/** Asks the database; null when there is none yet, which is no error. */
export async function ask<Answer>(context: CliContext, question: (db: Reader) => Answer): Promise<Answer | null> {
  const { openReader } = await import("../../query/reader.ts");
  let db: Reader;
  try {
    db = openReader(clewPaths(context.env).database);
  } catch (error) {
    if (error instanceof ClewError && error.code === "not_found") return null;
    throw error;
  }
  try {
    return question(db);
  } catch (error) {
    throw explained(error, clewPaths(context.env).database);
  } finally {
    db.close();
  }
}

/** SQLite's errors in words that say what to do. */
function explained(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown }).code;
  const message = (error as Error).message;
  if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB") {
    return new ClewError("corrupt_database", `${path} is damaged (${message}): move it away and run \`clew index\``, {
      cause: error,
    });
  }
  if (code === "SQLITE_ERROR" && /no such (table|column)/u.test(message)) {
    return new ClewError("io", `${path} is not finished, or of an older Clew (${message}): run \`clew index\``, {
      cause: error,
    });
  }
  if (code === "SQLITE_BUSY")
    return new ClewError("io", "the database is busy: try again in a moment", { cause: error });
  return error;
}
