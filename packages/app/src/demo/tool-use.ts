/** @module Tool calls with their results, in the shapes that the client writes for its own tools. */

/** One call and everything that comes back from it. */
export interface ToolUse {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the model gets to read. */
  readonly output: string;
  /** The record's `toolUseResult`. */
  readonly result: unknown;
  readonly outcome: "ok" | "failed" | "denied";
  /** How long it ran, milliseconds. */
  readonly duration: number;
  /** Called when it starts, with its id and time; for a subagent, which writes a file of its own. Returns its duration. */
  readonly start?: (toolUseId: string, at: number) => number;
}

const seconds = (value: number): number => Math.round(value * 1000);

/** A shell command that ends with 0. */
export function bash(command: string, description: string, stdout: string, took = 0.4): ToolUse {
  const result = { stdout, stderr: "", interrupted: false, isImage: false, noOutputExpected: stdout === "" };
  return {
    name: "Bash",
    input: { command, description },
    output: stdout,
    result,
    outcome: "ok",
    duration: seconds(took),
  };
}

/** A shell command that ends with another exit code. */
export function bashFailing(command: string, description: string, code: number, output: string, took = 0.4): ToolUse {
  const text = `Exit code ${code}\n${output}`;
  const input = { command, description };
  return { name: "Bash", input, output: text, result: `Error: ${text}`, outcome: "failed", duration: seconds(took) };
}

/** A call that the person at the keyboard refused. */
export function denied(name: string, input: Readonly<Record<string, unknown>>): ToolUse {
  const output =
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";
  return { name, input, output, result: "User rejected tool use", outcome: "denied", duration: seconds(6) };
}

/** Reads a file, whole. */
export function readFile(filePath: string, content: string): ToolUse {
  const lines = content.split("\n");
  const file = { filePath, content, numLines: lines.length, startLine: 1, totalLines: lines.length };
  const output = lines.map((line, index) => `${index + 1}\t${line}`).join("\n");
  return {
    name: "Read",
    input: { file_path: filePath },
    output,
    result: { type: "text", file },
    outcome: "ok",
    duration: 12,
  };
}

/** Searches file contents; `matches` are `path:line:text`. */
export function grep(pattern: string, path: string, matches: readonly string[]): ToolUse {
  const content = matches.join("\n");
  const filenames = [...new Set(matches.map((match) => match.split(":")[0] ?? ""))];
  const result = { mode: "content", numFiles: filenames.length, filenames, content, numLines: matches.length };
  const input = { pattern, path, output_mode: "content", "-n": true };
  return { name: "Grep", input, output: content || "No matches found", result, outcome: "ok", duration: 31 };
}

/** Replaces some lines by others. `before` and `after` are the unchanged lines around them. */
export function edit(
  filePath: string,
  change: {
    readonly line: number;
    readonly before?: readonly string[];
    readonly old: readonly string[];
    readonly new: readonly string[];
    readonly after?: readonly string[];
  },
): ToolUse {
  const { line, before = [], old, after = [] } = change;
  const context = before.length + after.length;
  const hunk = {
    oldStart: line - before.length,
    oldLines: old.length + context,
    newStart: line - before.length,
    newLines: change.new.length + context,
    lines: [
      ...before.map((text) => ` ${text}`),
      ...old.map((text) => `-${text}`),
      ...change.new.map((text) => `+${text}`),
      ...after.map((text) => ` ${text}`),
    ],
  };
  const [oldString, newString] = [old.join("\n"), change.new.join("\n")];
  const originalFile = [...before, ...old, ...after, ""].join("\n");
  return {
    name: "Edit",
    input: { file_path: filePath, old_string: oldString, new_string: newString, replace_all: false },
    output: `The file ${filePath} has been updated successfully.`,
    result: {
      filePath,
      oldString,
      newString,
      originalFile,
      structuredPatch: [hunk],
      userModified: false,
      replaceAll: false,
    },
    outcome: "ok",
    duration: 19,
  };
}

/** Creates a file. */
export function writeFile(filePath: string, content: string): ToolUse {
  return {
    name: "Write",
    input: { file_path: filePath, content },
    output: `File created successfully at: ${filePath}`,
    result: { type: "create", filePath, content, structuredPatch: [], originalFile: null, userModified: false },
    outcome: "ok",
    duration: 15,
  };
}

/** The to-do list as a whole: each entry is "done", "doing" or "open". */
export function todos(items: readonly (readonly ["done" | "doing" | "open", string])[]): ToolUse {
  const status = { done: "completed", doing: "in_progress", open: "pending" } as const;
  const list = items.map(([state, content]) => ({ content, status: status[state], activeForm: content }));
  const output =
    "Todos have been modified successfully. Ensure that you continue to use the todo list to track your progress.";
  return {
    name: "TodoWrite",
    input: { todos: list },
    output,
    result: { oldTodos: [], newTodos: list },
    outcome: "ok",
    duration: 3,
  };
}

/** A tool of an MCP server. */
export function mcp(
  server: string,
  tool: string,
  input: Readonly<Record<string, unknown>>,
  output: string,
  took = 0.3,
): ToolUse {
  const result = [{ type: "text", text: output }];
  return { name: `mcp__${server}__${tool}`, input, output, result, outcome: "ok", duration: seconds(took) };
}

/** A search on the web. */
export function webSearch(query: string, answer: string): ToolUse {
  const result = { query, results: [answer], durationSeconds: 4.2, searchCount: 1 };
  return { name: "WebSearch", input: { query }, output: answer, result, outcome: "ok", duration: 4200 };
}

/** Loads a skill. */
export function skill(name: string): ToolUse {
  const result = { success: true, commandName: name };
  return {
    name: "Skill",
    input: { skill: name },
    output: `Launching skill: ${name}`,
    result,
    outcome: "ok",
    duration: 8,
  };
}
