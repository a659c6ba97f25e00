/** @module What was said in a session, for an export that is told to take it along: prompts, answers, arguments, results. */
import type { Block } from "../model/present.ts";
import { eventBody, PRESENT_COLUMNS, type PresentableEvent, presentedEvent } from "./event-body.ts";
import { type Reader, rowsOf } from "./reader.ts";

/** Longer text is cut, so that no span outgrows what receivers take. Characters. */
export const MOST_TEXT = 16_384;

export interface ExportedContent {
  /** By the event of the prompt. */
  readonly prompts: ReadonlyMap<string, string>;
  /** Text and thinking, by message id, and by event for what has none. */
  readonly answers: ReadonlyMap<string, readonly ExportedPart[]>;
  /** JSON and text, by tool-use id. */
  readonly toolArguments: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, string>;
}

export interface ExportedPart {
  readonly type: "text" | "reasoning";
  readonly content: string;
}

/** A page of the session's events by events_by_session, so that few bodies are in memory at once. */
export const CONTENT_EVENTS = `SELECT e.id, e.event_id, ${PRESENT_COLUMNS} FROM events e
  WHERE e.session_id = ? AND e.id > ? ORDER BY e.id LIMIT 200`;

interface EventRow extends PresentableEvent {
  readonly id: number;
  readonly event_id: string;
}

export function exportedContent(db: Reader, sessionId: string): ExportedContent {
  const prompts = new Map<string, string>();
  const answers = new Map<string, ExportedPart[]>();
  const toolArguments = new Map<string, string>();
  const results = new Map<string, string>();
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = rowsOf<EventRow>(db, CONTENT_EVENTS, [sessionId, after]);
    for (const row of rows) {
      const { role, blocks } = presentedEvent(db, row);
      const key = role === "assistant" ? (messageIdOf(eventBody(db, row)) ?? row.event_id) : row.event_id;
      for (const block of blocks) {
        if (block.kind === "tool_call" && block.toolUseId !== null)
          setOnce(toolArguments, block.toolUseId, cut(JSON.stringify(block.input) ?? "null"));
        else if (block.kind === "tool_result" && block.toolUseId !== null)
          setOnce(results, block.toolUseId, cut(block.text));
        else if (role === "user" && block.kind === "text") setOnce(prompts, key, cut(block.text));
        else if (role === "assistant") addPart(answers, key, block);
      }
    }
    if (rows.length === 0) return { prompts, answers, toolArguments, results };
    after = rows.at(-1)!.id;
  }
}

function addPart(answers: Map<string, ExportedPart[]>, key: string, block: Block): void {
  if ((block.kind !== "text" && block.kind !== "thinking") || block.text === "") return;
  const part: ExportedPart = { type: block.kind === "text" ? "text" : "reasoning", content: cut(block.text) };
  const parts = answers.get(key);
  if (!parts) answers.set(key, [part]);
  else if (!parts.some((one) => one.type === part.type && one.content === part.content)) parts.push(part);
}

/** Transcript and hook may both bring it; the transcript's stands first or tells the same. */
function setOnce(texts: Map<string, string>, key: string, text: string): void {
  if (!texts.has(key)) texts.set(key, text);
}

/** Never through the middle of a character. */
function cut(text: string): string {
  if (text.length <= MOST_TEXT) return text;
  const end = /[\ud800-\udbff]/u.test(text[MOST_TEXT - 2]!) ? MOST_TEXT - 2 : MOST_TEXT - 1;
  return `${text.slice(0, end)}…`;
}

/** Id of the message that a record is a part of. */
function messageIdOf(body: Buffer): string | null {
  try {
    const id = (JSON.parse(body.toString("utf8")) as { readonly message?: { readonly id?: unknown } } | null)?.message
      ?.id;
    return typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}
