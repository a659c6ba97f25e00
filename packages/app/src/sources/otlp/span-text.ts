/** @module What of a span a person would search: its name, what failed, and what a model was asked and answered. */
import { clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject, listOf } from "../claude/json.ts";
import { attributesOf } from "./attributes.ts";
import { GEN_AI } from "./gen-ai-names.ts";
import type { Scope } from "./whose.ts";

const PART_LIMIT = 16 * 1024;
const TEXT_LIMIT = 64 * 1024;
const MOST_EVENTS = 20;
const ADDRESSES = ["url.full", "http.url", "http.route", "url.path", "http.target", "db.query.text", "db.statement"];

/** Claude Code's spans repeat what its events and transcripts tell: of them only what failed. */
export function spanText(span: JsonObject, { own, isClaudeCode }: Scope): string {
  const parts: string[] = [];
  const add = (text: unknown): void => {
    if (typeof text === "string" && text !== "" && !parts.includes(text)) parts.push(clipText(text, PART_LIMIT));
  };
  if (!isClaudeCode) {
    add(span.name);
    add(own.text(...ADDRESSES));
    for (const name of GEN_AI.content) add(textOf(own.value(name)));
  }
  if (isObject(span.status)) add(span.status.message);
  for (const event of listOf(span.events).slice(0, MOST_EVENTS)) {
    if (!isObject(event) || event.name !== "exception") continue;
    const exception = attributesOf(event.attributes);
    for (const name of ["exception.type", "exception.message"]) add(exception.text(name));
  }
  return clipText(parts.join("\n"), TEXT_LIMIT);
}

function textOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
