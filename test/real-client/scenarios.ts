/** @module What the real client is made to do: prompts in order, and the script that it is answered from. */
import type { Block, Script } from "./scripted-api.ts";

export interface Run {
  readonly prompt: string;
  /** Go on in the session of the run before, or branch off from it. */
  readonly continues?: "resume" | "fork";
  readonly fails?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly script: Script;
  /** Tools that may run without being asked for; default: Bash and Agent. */
  readonly allow?: readonly string[];
  /** With a small MCP server named "echo" (echo-server.mjs). */
  readonly mcp?: boolean;
  /** What becomes of its tool calls, where that is not success. */
  readonly endings?: Readonly<Record<"failed" | "denied", number>>;
  /** Names of the conversations that are subagents, with the one that starts each (null: the main session). */
  readonly subagents: Readonly<Record<string, string | null>>;
}

const shell = (command: string): Block => ({ tool: "Bash", input: { command, description: "Test" } });

const agent = (conversation: string, background = false): Block => ({
  tool: "Agent",
  input: {
    description: `Helper ${conversation}`,
    subagent_type: "general-purpose",
    prompt: `Do your part. [[${conversation}]]`,
    run_in_background: background,
  },
});

const done = [{ text: "Done." }];

export const scenarios: readonly Scenario[] = [
  { name: "plain", runs: [{ prompt: "Say done. [[main]]" }], script: { main: [done] }, subagents: {} },
  {
    name: "bash",
    runs: [{ prompt: "Run one command that works and one that fails. [[main]]" }],
    script: { main: [[{ text: "First." }, shell("echo one")], [shell("exit 3")], done] },
    endings: { failed: 1, denied: 0 },
    subagents: {},
  },
  {
    name: "parallel calls",
    runs: [{ prompt: "Run three commands at once. [[main]]" }],
    script: { main: [[shell("echo 1"), shell("echo 2"), shell("echo 3")], done] },
    subagents: {},
  },
  {
    name: "nested subagents",
    runs: [{ prompt: "Delegate, two levels deep. [[main]]" }],
    script: { main: [[agent("outer")], done], outer: [[agent("inner")], done], inner: [[shell("echo inner")], done] },
    subagents: { outer: null, inner: "outer" },
  },
  {
    name: "background subagent",
    runs: [{ prompt: "Send a helper into the background. [[main]]" }],
    script: {
      main: [[agent("away", true)], [{ text: "It is on its way." }], done],
      away: [[shell("echo away")], done],
    },
    subagents: { away: null },
  },
  {
    name: "resume, then fork",
    runs: [
      { prompt: "Begin. [[main]]" },
      { prompt: "Go on. [[second]]", continues: "resume" },
      { prompt: "Branch off. [[third]]", continues: "fork" },
    ],
    script: { main: [[shell("echo begin")], done], second: [[shell("echo on")], done], third: [done] },
    subagents: {},
  },
  {
    name: "compaction",
    runs: [
      { prompt: "Begin. [[main]]" },
      { prompt: "/compact", continues: "resume" },
      { prompt: "Go on. [[second]]", continues: "resume" },
    ],
    script: { main: [[shell("echo begin")], done], second: [done] },
    subagents: {},
  },
  {
    name: "a call that is refused",
    runs: [{ prompt: "Write where you may not. [[main]]" }],
    script: {
      main: [[shell("echo allowed"), { tool: "Write", input: { file_path: "/nowhere/a.txt", content: "no" } }], done],
    },
    endings: { failed: 0, denied: 1 },
    subagents: {},
  },
  {
    name: "MCP calls",
    runs: [{ prompt: "Ask the echo server. [[main]]" }],
    script: {
      main: [
        [{ tool: "ToolSearch", input: { query: "select:mcp__echo__say,mcp__echo__fail" } }],
        [{ tool: "mcp__echo__say", input: { text: "hello" } }],
        [{ tool: "mcp__echo__fail", input: {} }],
        done,
      ],
    },
    allow: ["mcp__echo", "ToolSearch"],
    mcp: true,
    endings: { failed: 1, denied: 0 },
    subagents: {},
  },
  {
    name: "an error of the API",
    runs: [{ prompt: "Fail after one step. [[main]]", fails: true }],
    script: { main: [[shell("echo once")], { status: 400, message: "prompt is too odd" }] },
    subagents: {},
  },
];
