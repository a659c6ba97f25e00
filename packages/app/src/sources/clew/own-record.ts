/** @module A ClewRecord (packages/sdk) as it comes: its head is checked here, its data by the readers. */
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { isObject, type JsonObject, shortString, timeOf } from "../claude/json.ts";
import { FUTURE_LIMIT_MS, pushProblem, safeId, sessionOfHeader, timeOfHeader } from "../spooled-event.ts";

/** The version of packages/sdk's wire format that is read. */
const VERSION = 1;
const TYPE_LIMIT = 60;
const WORKSPACE_ID = /^[0-9a-f]{16}$/;
/** A subagent's session: what stands before its agent's id is its root. */
const SUBAGENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\../;

const SEVERITIES: ReadonlySet<unknown> = new Set(["debug", "info", "warn", "error"]);

/** Types that are read outside the table of readers. */
const OWN_TYPES: ReadonlySet<string> = new Set(["interaction", "usage.imported", "change", "inbox.seen"]);

export interface OwnHead {
  /** Null: the record has no id. */
  readonly id: string | null;
  readonly sessionId: string;
  readonly rootSessionId: string;
  readonly workspaceId: string | null;
  readonly ts: number | null;
}

export function isKnownVersion(record: JsonObject): boolean {
  return record.v === VERSION;
}

/** The record's data; empty where it has none that is an object. */
export function dataOf(record: JsonObject, facts: Fact[]): JsonObject {
  if (isObject(record.data)) return record.data;
  if (record.data !== undefined && record.data !== null) pushProblem(facts, "data is no object");
  return {};
}

/** Type of the event: a few are read under their own names, a log line is `log.<severity>`, a call of a model `interaction`, every other `event.<type>`. */
export function ownEventType({ type, severity }: JsonObject, known: ReadonlyMap<string, unknown>): string {
  if (type === "log") return `log.${SEVERITIES.has(severity) ? severity : "info"}`;
  if (typeof type !== "string" || type === "") return "event.none";
  if (OWN_TYPES.has(type) || known.has(type)) return type;
  const parts = type
    .slice(0, TYPE_LIMIT)
    .split(".")
    .map((part) => part.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, ""))
    .filter(Boolean);
  return `event.${parts.join(".") || "other"}`;
}

function timeOfRecord(record: JsonObject, header: SpoolRecord["fields"], now: number, facts: Fact[]): number | null {
  const time = timeOf(record.ts);
  if (time === null) {
    pushProblem(facts, "ts is no time");
    return timeOfHeader(header, now, facts);
  }
  if (time <= now + FUTURE_LIMIT_MS) return time;
  pushProblem(facts, "ts is of the future", "future_time");
  return null;
}

/** Who the record is about and when; a problem for each of it that is missing or wrong. */
export function headOf(record: JsonObject, header: SpoolRecord["fields"], now: number, facts: Fact[]): OwnHead {
  const id = shortString(record.id) ?? null;
  if (id === null) pushProblem(facts, "id is no id");
  const correlation = typeof record.correlation_id === "string" ? record.correlation_id : "";
  const colon = correlation.indexOf(":");
  const workspace = correlation.slice(0, Math.max(0, colon));
  const session = correlation.slice(colon + 1);
  const workspaceId = WORKSPACE_ID.test(workspace) ? workspace : null;
  if (workspaceId === null || session === "") pushProblem(facts, "correlation_id is not <workspace id>:<session id>");
  const sessionId = session ? safeId(session, "the session of correlation_id", facts) : sessionOfHeader(header, facts);
  const rootSessionId = SUBAGENT.exec(sessionId)?.[1] ?? sessionId;
  return { id, sessionId, rootSessionId, workspaceId, ts: timeOfRecord(record, header, now, facts) };
}
