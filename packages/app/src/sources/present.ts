/** @module An event's record as a reader sees it: for search snippets and the transcript page. Pure, and never throws. */
import type { PresentedEvent } from "../model/present.ts";
import { presentClaudeEvent } from "./claude/present/event.ts";
import { presentOwn } from "./clew/present.ts";
import { presentHook } from "./hooks/present.ts";
import { presentLog } from "./logs/present.ts";
import { presentOtlp } from "./otlp/present.ts";

export { interactionOf } from "./logs/interaction-line.ts";

export interface EventBody {
  /** events.source */
  readonly source: string;
  /** events.type */
  readonly type: string;
  /** The record's raw bytes. */
  readonly body: Buffer;
}

/** A source that nobody knows is read as Claude Code's, whose parser keeps what it does not know. */
export function presentEvent({ source, type, body }: EventBody): PresentedEvent {
  if (source === "hook") return presentHook(body);
  if (source === "clew") return presentOwn(body);
  if (source === "log") return presentLog(body);
  if (source === "otlp") return presentOtlp(body);
  return presentClaudeEvent(type, body);
}
