/** @module A log line of any library as a record in the spool, under the session that the line names. */
import { currentFrame } from "./adoption.ts";
import { correlationOf, isSessionId, isWorkspaceId } from "./ids.ts";
import { guard } from "./problems.ts";
import { currentSink, newRecordId } from "./record.ts";
import { severityOf } from "./severity.ts";
import { state } from "./state.ts";
import { WIRE_VERSION } from "./wire.ts";
import { currentWorkspace } from "./workspace.ts";

export interface SentLine {
  /** A library's word or pino's number. */
  readonly level: unknown;
  readonly message: string;
  /** Milliseconds UTC. */
  readonly time: number;
  /** Of the line; `session_id` and `workspace` say where it belongs, else the code that runs now does. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Lines outside any session are not sent: nothing could be found from them. */
export function sendLine({ level, message, time, fields }: SentLine): void {
  const { storage, settings } = state();
  if (storage.getStore()?.isQuiet) return;
  guard(
    "adapter",
    "send a log line",
    () => {
      const { session_id: named, workspace: given, correlation_id: _, ...data } = fields;
      const session = currentFrame().session;
      const id = isSessionId(named) ? named : session?.id;
      if (id === undefined || id === "in-progress") return;
      const workspace = isWorkspaceId(given) ? given : currentWorkspace().id;
      currentSink().send({
        v: WIRE_VERSION,
        ts: new Date(Math.abs(time) <= 8.64e15 ? time : settings.clock()).toISOString(),
        id: newRecordId(),
        correlation_id: correlationOf(workspace, id),
        type: "log",
        severity: severityOf(level),
        message,
        data,
      });
    },
    undefined,
  );
}
