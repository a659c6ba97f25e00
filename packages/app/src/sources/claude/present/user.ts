/** @module `user` records as blocks: prompts and results as they are, the client's own tags as notices. */
import type { Block } from "../../../model/present.ts";
import { cleanText } from "../clean-text.ts";
import { type JsonObject, objectOf } from "../json.ts";
import { pushUserText } from "../records/user.ts";
import { commandLine, insideTag } from "../tags.ts";
import { contentBlocks } from "./content.ts";

function fullText(record: JsonObject): string {
  const parts: string[] = [];
  pushUserText(record, parts);
  return cleanText(parts.join("\n"));
}

/** The first tag's content, whatever the tag is. */
function unwrapped(text: string): string {
  const tag = /^<([a-z-]{1,40})>/.exec(text)?.[1];
  return tag ? insideTag(text, tag) : text;
}

function notificationText(text: string): string {
  const summary = insideTag(text, "summary");
  const result = insideTag(text, "result");
  return summary || result ? [summary, result].filter(Boolean).join("\n\n") : text;
}

export function userBlocks(type: string, record: JsonObject): readonly Block[] {
  const content = objectOf(record.message)?.content;
  if (type === "user.prompt" || type === "tool.result") return contentBlocks(content, record.toolUseResult);
  const text = fullText(record);
  switch (type) {
    case "user.meta.command":
      return [{ kind: "notice", label: "command", text: commandLine(text) }];
    case "user.meta.shell":
      return [{ kind: "notice", label: "shell", text: unwrapped(text) }];
    case "user.meta.output":
      return [{ kind: "notice", label: "output", text: unwrapped(text) }];
    case "user.meta.notification":
      return [{ kind: "notice", label: "notification", text: notificationText(text) }];
    case "user.meta.interruption":
      return [{ kind: "notice", label: "interruption", text: text.replace(/^\[|\]$/g, "") }];
    case "user.meta.summary":
      return [{ kind: "attachment", label: "summary of the conversation so far", text }];
    default:
      return [{ kind: "attachment", label: "added by the client", text }];
  }
}
