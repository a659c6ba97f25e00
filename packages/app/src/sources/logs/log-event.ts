/** @module What every event of a log has, whatever its line says: where it stands, whose it is, when it was. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { Fact } from "../../model/record.ts";
import { shortString } from "../claude/json.ts";
import { FUTURE_LIMIT_MS, pushProblem, type SpooledEvent, timeOfHeader } from "../spooled-event.ts";

/** A subagent's session: what stands before its agent's id is its root. */
const SUBAGENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\../;

/** Where a record stands. */
export interface LogPlace {
  readonly path: string | null;
  /** First byte in the file; null where it came from no file. */
  readonly offset: number | null;
  /** The same however the file is renamed or compressed, and another one for each record. */
  readonly naturalKey: string;
}

/** What every event of a log has, whatever its line says. */
export type LogConstant = Pick<SpooledEvent, "eventId" | "length" | "body">;

/** An event of a log. Written out: copying other objects' properties takes several times as long, and this runs for every line. */
export function logEventOf(
  { eventId, length, body }: LogConstant,
  { sessionId, rootSessionId, agent, cwd, workspaceId }: Whose,
  { ts, type, text, facts }: Pick<SpooledEvent, "ts" | "type" | "text" | "facts">,
): SpooledEvent {
  return {
    eventId,
    // Its parts stand in the body's header; written out it would be a third of what a line takes.
    naturalKey: null,
    sessionId,
    rootSessionId,
    ts,
    type,
    origin: "tool",
    offset: 0,
    length,
    text,
    facts,
    source: "log",
    agent,
    cwd,
    workspaceId,
    body,
    transcriptPath: null,
  };
}

export type Whose = Pick<SpooledEvent, "sessionId" | "rootSessionId" | "agent" | "cwd" | "workspaceId">;

const NOBODYS: Whose = {
  sessionId: UNCORRELATED_SESSION,
  rootSessionId: UNCORRELATED_SESSION,
  agent: "unknown",
  cwd: null,
  workspaceId: null,
};

/** The session that a line names, and what is said of it; else the one of all lines that nothing joins. */
export function whose(named: string | null, fields: SpoolRecord["fields"], workspaceId: string | null): Whose {
  if (named === null) return NOBODYS;
  return {
    sessionId: named,
    rootSessionId: SUBAGENT.exec(named)?.[1] ?? named,
    agent: "script",
    cwd: shortString(fields.project, 4096) ?? null,
    workspaceId,
  };
}

/** The line's own time, else when it was read; what is of the future is not believed. */
export function timeOfLine(
  time: number | null,
  fields: SpoolRecord["fields"],
  now: number,
  facts: Fact[],
): number | null {
  if (time !== null && time <= now + FUTURE_LIMIT_MS) return time;
  if (time !== null) pushProblem(facts, "the line is of the future", "future_time");
  return timeOfHeader(fields, now, facts);
}
