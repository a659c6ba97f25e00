/** @module UserPromptSubmit: what was typed, or what the client says in the user's place. */
import type { Fact, Origin } from "../../../model/record.ts";
import { clipText } from "../../claude/clean-text.ts";
import { withoutInjected } from "../../claude/injected-context.ts";
import { type JsonObject, shortString } from "../../claude/json.ts";
import { type HookScope, pushActivity } from "../scope.ts";

const PROMPT_LIMIT = 500;
/** Sources that are a person, or a program in a person's place; the client's own wake-ups are others. */
const HUMAN_SOURCES: ReadonlySet<unknown> = new Set([undefined, null, "", "user", "sdk"]);
/** What the transcript tells as commands and notices, not as prompts. */
const NO_PROMPT =
  /^\s*(?:<(?:task-notification|command-|local-command-|bash-|system-reminder)|\/[A-Za-z0-9_:.-]+(?:\s|$))/;

export function promptOrigin(body: JsonObject): Origin {
  if (typeof body.agent_id === "string" && body.agent_id !== "") return "agent";
  if (typeof body.prompt === "string" && body.prompt.trimStart().startsWith("<task-notification>")) return "tool";
  return HUMAN_SOURCES.has(body.source) ? "human" : "agent";
}

export function readPrompt(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivity(scope, "working", null, facts);
  if (typeof body.prompt !== "string" || promptOrigin(body) !== "human") return;
  const text = withoutInjected(body.prompt);
  if (text === "" || NO_PROMPT.test(text)) return;
  facts.push({
    kind: "prompt",
    promptId: shortString(body.prompt_id) ?? null,
    text: clipText(text, PROMPT_LIMIT),
    by: "hook",
  });
}
