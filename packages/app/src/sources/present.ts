/** @module An event's record as a reader sees it: for search snippets and the transcript page. Pure, and never throws. */
import type { PresentedEvent } from "../model/present.ts";
import { presentClaudeEvent } from "./claude/present/event.ts";

export interface EventBody {
  /** events.source */
  readonly source: string;
  /** events.type */
  readonly type: string;
  /** The record's raw bytes. */
  readonly body: Buffer;
}

/** Every source is Claude Code's so far; its parser keeps what it does not know. */
export function presentEvent(event: EventBody): PresentedEvent {
  return presentClaudeEvent(event.type, event.body);
}
