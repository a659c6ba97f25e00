/** @module The tags that the client writes into user messages: `<command-name>/review</command-name>` and the like. */
import { shortString } from "./json.ts";

/** What stands between the first `<tag>` and its `</tag>`, trimmed; "" without them. */
export function insideTag(text: string, tag: string): string {
  const start = text.indexOf(`<${tag}>`);
  if (start === -1) return "";
  const end = text.indexOf(`</${tag}>`, start);
  return text.slice(start + tag.length + 2, end === -1 ? undefined : end).trim();
}

/** A command that is a prompt of its own has its message tag first; one that the client carries out has its name first. */
export function isPromptCommand(text: string): boolean {
  return text.startsWith("<command-message>");
}

/** What was typed: `/review 42`. */
export function commandLine(text: string): string {
  return `${insideTag(text, "command-name")} ${insideTag(text, "command-args")}`.trim();
}

/** Name under which a command counts: a prompt command without its slash, like the skill that it is; others with it. */
export function commandKey(text: string): string | undefined {
  const name = insideTag(text.slice(0, 2000), "command-name");
  return shortString(isPromptCommand(text) && name.startsWith("/") ? name.slice(1) : name);
}
