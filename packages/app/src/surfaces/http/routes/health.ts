/** @module /api/doctor: is all well with the database and with what writes it. */
import { Hono } from "hono";
import type { IsoTime } from "../../../model/answers.ts";
import type { ServerEnv } from "../env.ts";
import { choiceOf } from "../parameters.ts";
import type { HealthReport, Questions } from "../questions.ts";

/** What only the running process knows. */
export interface DaemonHealth {
  readonly pid: number;
  readonly version: string;
  readonly started_at: IsoTime;
  readonly memory_bytes: number;
  /** Records that wait for the writer, and when it last took some in. */
  readonly spool: { readonly files: number; readonly drained_at: IsoTime | null };
}

/** What /api/doctor answers. */
export interface HealthAnswer extends HealthReport {
  /** Null: the server was not told. */
  readonly daemon: DaemonHealth | null;
}

export interface HealthRoutesOptions {
  readonly questions: Questions;
  readonly daemon?: (() => DaemonHealth) | undefined;
}

export function healthRoutes({ questions, daemon }: HealthRoutesOptions): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get("/doctor", (c) => {
    const report = questions.health({ fresh: choiceOf(c, "fresh", ["0", "1"], "0") === "1" });
    const answer: HealthAnswer = { ...report, daemon: daemonHealth(daemon) };
    return c.json(answer);
  });
}

/** Only what is meant for the page, whatever else the daemon says of itself. */
function daemonHealth(daemon: HealthRoutesOptions["daemon"]): DaemonHealth | null {
  if (!daemon) return null;
  const { pid, version, started_at, memory_bytes, spool } = daemon();
  return { pid, version, started_at, memory_bytes, spool: { files: spool.files, drained_at: spool.drained_at } };
}
