/** @module Names of what tells of a session, as the timeline shows them. */

export const SOURCE_LABELS: Readonly<Record<string, string>> = {
  transcript: "transcript",
  hook: "hook",
  llm: "LLM call",
  log: "log",
  span: "span",
  other: "event",
};
