/** @module Hands a record to the spool and to the processors. Never throws, never waits. */
import { openSpoolSink } from "./delivery.ts";
import { correlationOf } from "./ids.ts";
import { guard } from "./problems.ts";
import { notify } from "./processors.ts";
import type { Session } from "./session.ts";
import { type RecordSink, state } from "./state.ts";
import { type ClewRecord, type ClewSeverity, WIRE_VERSION } from "./wire.ts";

export interface RecordOptions {
  readonly message?: string;
  readonly severity?: ClewSeverity;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Milliseconds UTC; default: now. */
  readonly at?: number;
}

const nowhere: RecordSink = { send() {}, flush: async () => {}, close: async () => {} };

/** Where records go; made at the first one. CLEW_SDK=off: nowhere. */
export function currentSink(): RecordSink {
  const shared = state();
  shared.sink ??= shared.settings.env.CLEW_SDK === "off" ? nowhere : openSpoolSink();
  return shared.sink;
}

/** An id of this thread's own, then a number. A new id for each record would be a good part of what a record costs. */
export function newRecordId(): string {
  const shared = state();
  shared.recordPrefix ??= shared.settings.newId();
  shared.records++;
  return `${shared.recordPrefix}.${shared.records.toString(36)}`;
}

export function makeRecord(session: Session, type: string, options: RecordOptions): ClewRecord {
  const { clock } = state().settings;
  const { message, severity, data, at = clock() } = options;
  return {
    v: WIRE_VERSION,
    ts: new Date(Number.isFinite(at) ? at : clock()).toISOString(),
    id: newRecordId(),
    correlation_id: correlationOf(session.workspace.id, session.id),
    type,
    ...(severity && { severity }),
    ...(message !== undefined && { message }),
    ...(data && { data }),
  };
}

/** Whether anybody takes what a session says: making a record costs more than opening the session. */
export function isHeard(session: Session): boolean {
  const { storage, processors } = state();
  return (session.isRecorded || processors.size > 0) && storage.getStore()?.isQuiet !== true;
}

/** Records something that a session says. */
export function emit(session: Session, type: string, options: RecordOptions = {}): void {
  if (!isHeard(session)) return;
  guard(
    "encode",
    `record ${type}`,
    () => {
      const record = makeRecord(session, type, options);
      if (session.isRecorded) currentSink().send(record);
      notify("onEvent", record, session);
    },
    undefined,
  );
}
