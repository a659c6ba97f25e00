/** @module A tool's name in its parts: `mcp__<server>__<tool>` is a tool of a server, everything else is built in. */

export interface ToolName {
  readonly tool: string;
  readonly mcpServer: string | null;
}

const PREFIX = "mcp__";

/**
 * Splits at the first `__` after the prefix: server names may hold single underscores (also those of plugins,
 * `plugin_<plugin>_<server>`), tool names may hold anything.
 */
export function splitToolName(name: string): ToolName {
  if (!name.startsWith(PREFIX)) return { tool: name, mcpServer: null };
  const end = name.indexOf("__", PREFIX.length + 1);
  if (end === -1 || end + 2 >= name.length) return { tool: name, mcpServer: null };
  return { tool: name.slice(end + 2), mcpServer: name.slice(PREFIX.length, end) };
}
