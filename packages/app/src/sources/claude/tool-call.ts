/** @module A tool_use block: the call itself and what its input says about the session. */
import { OWN_TOOLS } from "../../model/own-tools.ts";
import type { Fact, ToolCallFact } from "../../model/record.ts";
import { clipText } from "./clean-text.ts";
import { fetchesForeign } from "./fetching-command.ts";
import { type JsonObject, listOf, objectOf, shortString } from "./json.ts";
import { splitToolName } from "./tool-name.ts";

/** Input fields that tell a call from others at a glance, best first. */
const SUMMARY_FIELDS = [
  "command",
  "file_path",
  "notebook_path",
  "pattern",
  "query",
  "url",
  "skill",
  "subject",
  "description",
  "path",
  "prompt",
  "plan",
  "taskId",
] as const;
const SUMMARY_LIMIT = 300;
const MAX_TODOS = 200;

function summaryOf(input: JsonObject): string | null {
  for (const field of SUMMARY_FIELDS) {
    const value = input[field];
    if (typeof value === "string" && value) return clipText(value, SUMMARY_LIMIT);
  }
  return null;
}

function todoItems(todos: unknown): readonly JsonObject[] {
  const items = [];
  for (const todo of listOf(todos).slice(0, MAX_TODOS)) {
    const content = objectOf(todo)?.content;
    if (typeof content === "string") {
      items.push({
        content: clipText(content, 500),
        status: shortString((todo as JsonObject).status, 32) ?? "pending",
      });
    }
  }
  return items;
}

/** What a call's name and input say of it, whoever reports it. */
export function describeToolCall(
  toolName: unknown,
  toolInput: unknown,
): Pick<ToolCallFact, "name" | "tool" | "mcpServer" | "summary" | "filePath"> {
  const name = shortString(toolName) ?? "unknown";
  const input = objectOf(toolInput) ?? {};
  const filePath = shortString(input.file_path ?? input.notebook_path, 4096) ?? null;
  return { name, ...splitToolName(name), summary: summaryOf(input), filePath };
}

/** Appends the facts of a block; nothing without an id, which nothing could ever join. */
export function readToolCall(block: JsonObject, sessionId: string, ts: number | null, facts: Fact[]): void {
  const toolUseId = shortString(block.id);
  if (!toolUseId) return;
  facts.push({ kind: "tool_call", toolUseId, sessionId, ts, ...describeToolCall(block.name, block.input) });
  pushForeignCall(block.name, block.input, toolUseId, facts);
}

const SHELLS: ReadonlySet<unknown> = new Set(["Bash", "PowerShell"]);
const WEB: ReadonlySet<unknown> = new Set(["WebFetch", "WebSearch"]);
/** The server as the plugin and the documentation call it. What its tools answer says itself what of it is others'. */
const OWN_SERVERS: ReadonlySet<unknown> = new Set(["clew", "plugin_clew_clew"]);

/** A call that shows what others wrote makes what its session writes from then on no more its own alone. */
export function pushForeignCall(toolName: unknown, toolInput: unknown, toolUseId: string, facts: Fact[]): void {
  const { tool, mcpServer } = splitToolName(shortString(toolName) ?? "");
  const isForeign = (): boolean => {
    if (mcpServer) return !OWN_SERVERS.has(mcpServer) || !OWN_TOOLS.has(tool);
    if (!SHELLS.has(tool)) return WEB.has(tool);
    const command = objectOf(toolInput)?.command;
    return typeof command === "string" && fetchesForeign(command);
  };
  if (isForeign()) facts.push({ kind: "detail", detailKind: "foreign", key: `call:${toolUseId}`, detail: null });
}

/** Appends what a call says about its session: skills used, MCP servers, the whole todo list at each TodoWrite. */
export function readToolCallDetails(block: JsonObject, facts: Fact[]): void {
  const { tool, mcpServer } = splitToolName(shortString(block.name) ?? "");
  const input = objectOf(block.input);
  if (mcpServer) facts.push({ kind: "detail", detailKind: "mcp_server", key: mcpServer, detail: null });
  if (tool === "Skill") {
    const skill = shortString(input?.skill ?? input?.command);
    if (skill) facts.push({ kind: "detail", detailKind: "skill", key: skill, detail: { via: "tool" } });
  } else if (tool === "NotebookEdit") {
    // The result of older clients does not name the file; those of the other editing tools do, and say that it went well.
    const notebook = shortString(input?.notebook_path, 4096);
    if (notebook) facts.push({ kind: "detail", detailKind: "file", key: notebook, detail: { action: "edit" } });
  } else if (tool === "TodoWrite") {
    facts.push({ kind: "detail", detailKind: "todo", key: "list", detail: { items: todoItems(input?.todos) } });
  }
}
