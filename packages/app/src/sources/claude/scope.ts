/** @module What a record's reader knows besides the record, and what it answers. */
import type { Origin } from "../../model/record.ts";

export interface Scope {
  /** Session of the file that the record stands in. */
  readonly sessionId: string;
  readonly rootSessionId: string;
  /** The file is a subagent's. */
  readonly isSubagent: boolean;
  readonly eventId: string;
  readonly ts: number | null;
}

export interface Reading {
  readonly type: string;
  readonly origin: Origin;
  /** Where it is not the file's own session. */
  readonly sessionId?: string;
}
