/** @module The record that a program hands to Clew: one JSON object per line. */

/** Version of this format; a reader accepts every record whose `v` it knows. Fields may be added within a version. */
export const WIRE_VERSION: 1 = 1;

/** The four severities that logging libraries agree on. */
export type ClewSeverity = "debug" | "info" | "warn" | "error";

/** One thing a program says about the session that it runs in. */
export interface ClewRecord {
  readonly v: typeof WIRE_VERSION;
  /** When it happened, ISO 8601 UTC with milliseconds. */
  readonly ts: string;
  /** Unique per record: handing a record in twice stores it once. */
  readonly id: string;
  /** `<workspace id>:<session id>`, which joins the record to the session's other facts. */
  readonly correlation_id: string;
  /** Dotted, an open set: "log", "interaction", "session.start", ... */
  readonly type: string;
  readonly severity?: ClewSeverity;
  readonly message?: string;
  /** Whatever else there is to say; must survive JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}
