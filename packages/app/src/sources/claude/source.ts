/** @module Claude Code as a source. */
import type { Source } from "../source.ts";
import { discoverClaudeFiles } from "./discover.ts";
import { parseClaudeLine } from "./parse-line.ts";
import { parseClaudeWhole } from "./parse-whole.ts";

export const claudeSource: Source = {
  agent: "claude-code",
  discover: discoverClaudeFiles,
  parseLine: parseClaudeLine,
  parseWhole: parseClaudeWhole,
};
