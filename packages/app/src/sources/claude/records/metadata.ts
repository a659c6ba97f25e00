/** @module Records without a conversation: titles, modes, links, costs, the client's own bookkeeping. */
import type { Fact } from "../../../model/record.ts";
import { clipText } from "../clean-text.ts";
import { type JsonObject, shortString } from "../json.ts";
import type { Reading } from "../scope.ts";
import { pushStrings } from "../text.ts";

const TITLE_LIMIT = 500;

function readTitle(source: "custom" | "ai" | "summary", title: unknown, facts: Fact[]): Reading {
  if (typeof title === "string" && title.trim()) {
    facts.push({ kind: "title", source, title: clipText(title.trim(), TITLE_LIMIT) });
  }
  return { type: `title.${source}`, origin: source === "custom" ? "human" : "agent" };
}

/** The client's own total in US dollars, as whole micro-dollars. */
function readCost(record: JsonObject, facts: Fact[]): void {
  const micros = typeof record.totalCostUSD === "number" ? Math.round(record.totalCostUSD * 1e6) : -1;
  if (Number.isSafeInteger(micros) && micros >= 0) facts.push({ kind: "client_cost", costMicros: micros });
}

function readMode(key: string, value: unknown, facts: Fact[]): void {
  const mode = shortString(value, 64);
  if (mode) facts.push({ kind: "detail", detailKind: "mode", key, detail: { mode } });
}

function readPullRequest(record: JsonObject, facts: Fact[]): void {
  const url = shortString(record.prUrl, 500);
  const detail = {
    number: typeof record.prNumber === "number" ? record.prNumber : null,
    repository: shortString(record.prRepository) ?? null,
  };
  if (url) facts.push({ kind: "detail", detailKind: "pull_request", key: url, detail });
}

/** Reads one of METADATA_TYPES. */
export function readMetadata(type: string, record: JsonObject, facts: Fact[]): Reading {
  switch (type) {
    case "custom-title":
      return readTitle("custom", record.customTitle, facts);
    case "ai-title":
      return readTitle("ai", record.aiTitle ?? record.title, facts);
    case "summary":
      return readTitle("summary", record.summary, facts);
    case "cost-state":
      readCost(record, facts);
      break;
    case "mode":
      readMode("session", record.mode, facts);
      break;
    case "permission-mode":
      readMode("permission", record.permissionMode, facts);
      break;
    case "pr-link":
      readPullRequest(record, facts);
      break;
  }
  return { type: `claude.${type}`, origin: "tool" };
}

function textFields(type: string, record: JsonObject): unknown {
  switch (type) {
    case "custom-title":
      return record.customTitle;
    case "ai-title":
      return record.aiTitle ?? record.title;
    case "summary":
    case "task-summary":
      return record.summary;
    case "agent-name":
      return record.agentName;
    case "tag":
      return record.tag;
    case "pr-link":
      return [record.prUrl, record.prRepository];
    default:
      return undefined;
  }
}

/** Titles, names, tags and links. A last prompt and a queue's content repeat what other records say. */
export function pushMetadataText(type: string, record: JsonObject, parts: string[]): void {
  pushStrings(textFields(type, record), parts);
}

/** Known records that are neither messages nor attachments. */
export const METADATA_TYPES: ReadonlySet<string> = new Set([
  "agent-color",
  "agent-name",
  "agent-setting",
  "ai-title",
  "api-request",
  "api-request-blob",
  "api-request-shape",
  "atis-latch",
  "attribution-snapshot",
  "bridge-session",
  "content-replacement",
  "cost-state",
  "custom-title",
  "file-history-delta",
  "file-history-snapshot",
  "frame-link",
  "last-prompt",
  "mode",
  "permission-mode",
  "pr-link",
  "queue-operation",
  "speculation-accept",
  "summary",
  "tag",
  "task-summary",
  "tools-used",
  "worktree-state",
]);
