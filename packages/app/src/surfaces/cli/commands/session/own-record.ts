/** @module The records that commands write about sessions: whole ClewRecords (packages/sdk, wire.ts) in one spool file. */
import { correlationId } from "../../../../base/ids.ts";

export type OwnSeverity = "debug" | "info" | "warn" | "error";

/** A ClewRecord, as packages/sdk defines it. */
export interface OwnRecord {
  readonly v: 1;
  readonly ts: string;
  readonly id: string;
  readonly correlation_id: string;
  readonly type: string;
  readonly severity?: OwnSeverity;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface OwnRecordHead {
  readonly id: string;
  readonly sessionId: string;
  readonly workspaceId: string;
  /** Milliseconds UTC. */
  readonly now: number;
}

export function ownRecord(
  { id, sessionId, workspaceId, now }: OwnRecordHead,
  rest: Omit<OwnRecord, "v" | "ts" | "id" | "correlation_id">,
): OwnRecord {
  return {
    v: 1,
    ts: new Date(now).toISOString(),
    id,
    correlation_id: correlationId(workspaceId, sessionId),
    ...rest,
  };
}
