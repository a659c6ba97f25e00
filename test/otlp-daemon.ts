/** @module A daemon for tests of OpenTelemetry: started, killed, started again, with the key that its receiver wants. */
import { setTimeout as delay } from "node:timers/promises";
import { clew } from "./command.ts";

export interface StartedDaemon {
  readonly pid: number;
  /** Of the dashboard and of the receiver. */
  readonly url: string;
}

async function answerOf(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await clew(words, env);
  if (code !== 0) throw new Error(`clew ${words.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Starts it in the background; the caller stops it. Port 0: any that is free. */
export async function startDaemon(env: NodeJS.ProcessEnv, port = 0): Promise<StartedDaemon> {
  return JSON.parse(await answerOf(["daemon", "start", "--port", String(port), "--json"], env)) as StartedDaemon;
}

/** kill -9, and waits until the process is gone. */
export async function killDaemon({ pid }: StartedDaemon): Promise<void> {
  process.kill(pid, "SIGKILL");
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(10);
  }
}

/** The variables that `clew otel env` names. */
export async function otelVariables(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Readonly<Record<string, string>>> {
  const answer = JSON.parse(await answerOf(["otel", "env", ...words, "--json"], env)) as {
    readonly variables: Readonly<Record<string, string>>;
  };
  return answer.variables;
}

/** What a program has to say in each request, by header. */
export async function receiverHeaders(env: NodeJS.ProcessEnv): Promise<Readonly<Record<string, string>>> {
  const { OTEL_EXPORTER_OTLP_HEADERS: headers = "" } = await otelVariables(["--for", "any"], env);
  const at = headers.indexOf("=");
  return { [headers.slice(0, at)]: decodeURIComponent(headers.slice(at + 1)) };
}

/** Rows of a question in SQL. */
export async function rowsOf<Row>(sql: string, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  return (
    JSON.parse(await answerOf(["sql", sql, "--limit", "all", "--json"], env)) as { readonly rows: readonly Row[] }
  ).rows;
}
