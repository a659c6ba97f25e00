/** @module A SELECT of the user's own, read-only, with a limit of rows and of time. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ClewError } from "../base/error.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { SqlRequest, SqlResult } from "./sql-statement.ts";

export interface SqlQuestion {
  readonly path: string;
  readonly sql: string;
  /** Rows; default 1,000. */
  readonly limit?: number;
  /** Milliseconds; default 10,000. */
  readonly timeoutMs?: number;
}

export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The limit cut the rows. */
  readonly truncated: boolean;
  readonly took_ms: number;
}

/**
 * Runs in a process of its own, because nothing else ends a running statement: SQLite does not see that its thread
 * is to stop. Killing a reader harms nothing. Throws `usage` for SQL that is not one SELECT, fails or takes too long.
 */
export async function runSql(question: SqlQuestion): Promise<SqlAnswer> {
  const started = performance.now();
  const timeoutMs = question.timeoutMs ?? 10_000;
  const request: SqlRequest = { path: question.path, sql: question.sql, limit: question.limit ?? 1000 };
  const child = fork(fileURLToPath(workerUrl(import.meta.url, "./sql-process.ts")), {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  try {
    const result = await new Promise<SqlResult>((resolve) => {
      const timer = setTimeout(
        () =>
          resolve({
            error: `the query was stopped after ${timeoutMs / 1000} s: narrow it, or allow more with --timeout`,
          }),
        timeoutMs,
      );
      const settle = (answer: SqlResult): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      child.once("message", (message) => settle(message as SqlResult));
      child.once("error", (error) => settle({ error: `the query could not be started: ${error.message}` }));
      child.once("exit", () =>
        settle({ error: "the query ended without an answer: it may have needed too much memory" }),
      );
      child.send(request);
    });
    if ("error" in result) throw new ClewError("usage", result.error);
    return { ...result, took_ms: Math.round((performance.now() - started) * 10) / 10 };
  } finally {
    child.kill("SIGKILL");
  }
}
