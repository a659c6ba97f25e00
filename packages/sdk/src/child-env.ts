/** @module What a session hands to the processes, threads and services that it calls, so that they join it. */
import type { WorkerOptions } from "node:worker_threads";
import { currentFrame } from "./adoption.ts";
import type { Session } from "./session.ts";
import { state } from "./state.ts";

const traceParentOf = ({ traceId, spanId }: Session): string => `00-${traceId}-${spanId}-01`;

/**
 * Variables for a child process, to be put over the environment: `{ ...process.env, ...childEnv() }`. What runs with them is
 * part of the current session, and sessions that it opens are the session's children. Empty outside any session.
 */
export function childEnv(): Readonly<Record<string, string>> {
  const { session } = currentFrame();
  if (!session) return {};
  const { env } = state().settings;
  // A parent that this process was given is not that of its child.
  const isStale = session.parentId === null && env.CLEW_PARENT_SESSION_ID !== undefined;
  return {
    CLEW_SESSION_ID: session.id,
    ...(session.parentId !== null
      ? { CLEW_PARENT_SESSION_ID: session.parentId }
      : isStale && { CLEW_PARENT_SESSION_ID: "" }),
    // Also when there is none: a client that is found later was then started inside.
    CLEW_CLIENT_SESSION_ID: env.CLAUDE_CODE_SESSION_ID ?? "",
    CLEW_WORKSPACE: session.workspace.id,
    CLEW_CORRELATION_ID: session.correlationId,
    TRACEPARENT: traceParentOf(session),
  };
}

/** Options of a worker thread that joins the current session: `new Worker(file, workerOptions({ workerData }))`. */
export function workerOptions<Options extends WorkerOptions>(options?: Options): WorkerOptions {
  // A thread that shares the environment would change ours: it is given none.
  if (typeof options?.env === "symbol") return { ...options };
  return { ...options, env: { ...(options?.env ?? process.env), ...childEnv() } };
}

/**
 * Headers for a service of yours that should know who calls: give what arrives there to `withSession({ headers })`. They
 * name the session; leave them away from other people's services.
 */
export function traceHeaders(): Readonly<Record<string, string>> {
  const { session } = currentFrame();
  return session ? { traceparent: traceParentOf(session), "clew-correlation-id": session.correlationId } : {};
}
