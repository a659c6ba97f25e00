/** @module All tools, in the order in which a client lists them. */
import type { Profile } from "./services.ts";
import type { McpTool } from "./tool.ts";
import { addEntryTool, listEntriesTool, resolveEntryTool } from "./tools/entries.ts";
import { graphAddTool, graphForgetTool, graphGetTool, graphRelateTool, graphSearchTool } from "./tools/graph.ts";
import { logsFindTool } from "./tools/logs.ts";
import { memoryGetTool, memorySearchTool } from "./tools/memory.ts";
import { inboxTool, markSeenTool, readMessagesTool, sendMessageTool } from "./tools/messages.ts";
import { searchTool } from "./tools/search.ts";
import { getSessionTool } from "./tools/session.ts";
import { searchSessionsTool } from "./tools/session-list.ts";
import { endSessionTool, saveStateTool } from "./tools/session-report.ts";
import { timelineTool } from "./tools/timeline.ts";
import { usageTool } from "./tools/usage.ts";
import { whichSessionTool } from "./tools/which-session.ts";

const TOOLS: readonly McpTool[] = [
  searchTool,
  searchSessionsTool,
  getSessionTool,
  timelineTool,
  usageTool,
  logsFindTool,
  listEntriesTool,
  inboxTool,
  readMessagesTool,
  memorySearchTool,
  memoryGetTool,
  graphSearchTool,
  graphGetTool,
  whichSessionTool,
  addEntryTool,
  resolveEntryTool,
  sendMessageTool,
  markSeenTool,
  graphAddTool,
  graphRelateTool,
  graphForgetTool,
  saveStateTool,
  endSessionTool,
];

/** Those that a profile has: whoever may write may read. */
export function toolsOf(profile: Profile): readonly McpTool[] {
  return profile === "write" ? TOOLS : TOOLS.filter((tool) => tool.profile === "read");
}
