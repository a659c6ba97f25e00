/** @module What the tools are given: the store to ask, a way to write things down, and who stands around the server. */
import type { Clock } from "../../base/clock.ts";
import type { Environment } from "../../base/paths.ts";
import type { Reader } from "../../query/reader.ts";

/** read: nothing is ever written. write: the tools that write things down, too. */
export const PROFILES = ["read", "write"] as const;
export type Profile = (typeof PROFILES)[number];

export interface McpServices {
  /** Of the data directory. */
  readonly env: Environment;
  readonly clock: Clock;
  /** IANA name or "local": of the days that a filter names. */
  readonly timeZone: string;
  readonly version: string;
  /** Asks the store; null where there is none yet. */
  readonly ask: <Answer>(question: (db: Reader) => Answer) => Answer | null;
  /**
   * Where the server runs, when whoever started it is who asks: `clew mcp`. Null: one server for all, whose own environment
   * and directory say nothing about the caller.
   */
  readonly cwd: string | null;
  /** Stores what hooks have left in the spool, so that a call's own session is known. */
  readonly settle?: () => Promise<unknown>;
  /** Told of failures that are ours; the caller only hears that there was one. */
  readonly onError: (error: unknown) => void;
}

/** What one call brings. */
export interface ToolCall {
  readonly services: McpServices;
  readonly signal: AbortSignal;
  /** The agent's own id of this call, where its client sends it. */
  readonly toolUseId: string | null;
  /** What has been shown so far to whom this server serves. */
  readonly seen: SeenWords;
  readonly maxTokens: number;
}

/** Whether words of others have been handed out: what is written down afterwards may repeat them. */
export interface SeenWords {
  foreign: boolean;
}

/** What the client adds to a call (Claude Code 2.1): the id of the tool use. */
export const TOOL_USE_META = "claudecode/toolUseId";
