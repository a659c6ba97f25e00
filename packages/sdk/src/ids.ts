/** @module Ids: new ones, and what may be one. */
import { hex32 } from "./hex.ts";
import { sha256 } from "./sha256.ts";

const SESSION_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/;
const WORKSPACE_ID = /^[0-9a-f]{16}$/;

/** Session id of whatever runs outside any session. */
export const NO_SESSION: "in-progress" = "in-progress";

export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && SESSION_ID.test(value);
}

export function isWorkspaceId(value: unknown): value is string {
  return typeof value === "string" && WORKSPACE_ID.test(value);
}

/** An id that can stand in a file's name and in a log line: the given one, or a hash of one that cannot. */
export function safeSessionId(given: string): string {
  return isSessionId(given) ? given : `h-${sha256(given).slice(0, 32)}`;
}

/** `<workspace id>:<session id>` */
export function correlationOf(workspaceId: string, sessionId: string): string {
  return `${workspaceId}:${sessionId}`;
}

/** 32 random bits as a number with a sign. */
const random = (): number => (Math.random() * 2 ** 32) | 0;

/** UUID version 7. Unique, not secret: its random bits are Math.random's, which every process and thread seeds anew. */
export function newUuid(now: number = Date.now()): string {
  const early = hex32(Math.floor(now / 2 ** 16));
  const late = hex32(((now % 2 ** 16) << 16) | 0x7000 | (random() >>> 20));
  const middle = hex32((random() & 0x3fffffff) | 0x80000000);
  return `${early}-${late.slice(0, 4)}-${late.slice(4)}-${middle.slice(0, 4)}-${middle.slice(4)}${hex32(random())}`;
}
