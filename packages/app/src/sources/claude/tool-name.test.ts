import { expect, test } from "vitest";
import { splitToolName } from "./tool-name.ts";

test.each([
  ["Bash", "Bash", null],
  ["mcp__context7__query-docs", "query-docs", "context7"],
  ["mcp__Claude_Browser__javascript_tool", "javascript_tool", "Claude_Browser"],
  ["mcp__plugin_dyes_color_db__look_up", "look_up", "plugin_dyes_color_db"],
  ["mcp__server__get__deep", "get__deep", "server"],
  ["mcp__server", "mcp__server", null],
  ["mcp__server__", "mcp__server__", null],
  ["mcp____tool", "mcp____tool", null],
])("%s", (name, tool, mcpServer) => {
  expect(splitToolName(name)).toEqual({ tool, mcpServer });
});
