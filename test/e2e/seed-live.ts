/** @module Sessions that hooks tell of, one in each state, and one whose outcome and context attack the page. */
import { transcriptLines } from "../../packages/app/src/ingest/testing.ts";
import { type LiveMachine, liveMachine } from "./live-machine.ts";

const id = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
export const LIVE = {
  waiting: id("1"),
  working: id("2"),
  idle: id("3"),
  failed: id("4"),
  ended: id("5"),
  hooksAlone: id("6"),
  attack: id("7"),
} as const;

/** In an outcome, a context, a task, a server's name, a path: as text everywhere. */
export const HOSTILE = "<img src=x onerror=window.__pwned=1></script><script>window.__pwned=1</script>";
const HASH_FIELD = { sha256: "0123456789abcdef".repeat(4) };

/** A transcript that ends `secondsAgo`. */
function transcript(machine: LiveMachine["machine"], session: string, title: string, secondsAgo: number): string {
  const startedAt = new Date(Date.now() - (secondsAgo + 60) * 1_000).toISOString();
  const lines = transcriptLines(session, { startedAt })
    .title(title)
    .prompt(`${title}: please`)
    .answer("I shall look at it.")
    .bash("npm test", "12 tests passed")
    .answer("Done, all tests pass.");
  machine.write(`-home-ada-kiln/${session}.jsonl`, lines.text());
  const call = lines.records.flatMap(callOf)[0];
  if (!call) throw new Error("the transcript has no tool call");
  return call;
}

function callOf(record: Record<string, unknown>): readonly string[] {
  const content = (record.message as { content?: unknown } | undefined)?.content;
  return Array.isArray(content)
    ? content.flatMap((block: { type: string; id?: string }) => (block.type === "tool_use" ? [block.id!] : []))
    : [];
}

/** Everything is taken in when it returns. */
export async function seedLive(): Promise<LiveMachine> {
  const live = liveMachine();
  const { machine, hook, own } = live;
  const bash = { tool_name: "Bash", tool_input: { command: "rm -rf build", description: "Clear the build" } };

  const call = transcript(machine, LIVE.waiting, "Repair the kiln's door", 90);
  hook("SessionStart", LIVE.waiting, { source: "startup" }, 160, { pid: "4711" });
  hook(
    "InstructionsLoaded",
    LIVE.waiting,
    { file_path: "/home/ada/kiln/CLAUDE.md", memory_type: "Project", load_reason: "session_start" },
    159,
    HASH_FIELD,
  );
  own("context.injected", LIVE.waiting, contextOf("Fire the kiln slowly"), 158);
  hook("PreToolUse", LIVE.waiting, { tool_name: "Bash", tool_input: { command: "npm test" }, tool_use_id: call }, 140);
  hook(
    "PostToolUse",
    LIVE.waiting,
    {
      tool_name: "Bash",
      tool_input: { command: "npm test" },
      tool_response: { stdout: "12 tests passed" },
      tool_use_id: call,
      duration_ms: 431,
    },
    139,
  );
  hook("PreToolUse", LIVE.waiting, { ...bash, tool_use_id: "toolu_asks" }, 13);
  hook("PermissionRequest", LIVE.waiting, bash, 12);

  transcript(machine, LIVE.working, "Glaze catalogue", 40);
  hook("SessionStart", LIVE.working, { source: "startup" }, 100, { pid: "4712" });
  for (const [index, ms] of [120, 480, 2_300].entries()) {
    const echo = { tool_name: "mcp__kiln__temperature", tool_input: { zone: index }, tool_use_id: `toolu_mcp${index}` };
    hook("PreToolUse", LIVE.working, echo, 60 - index);
    if (index === 1)
      hook("PostToolUseFailure", LIVE.working, { ...echo, error: "no sensor", duration_ms: ms }, 60 - index);
    else
      hook(
        "PostToolUse",
        LIVE.working,
        { ...echo, tool_response: [{ type: "text", text: "1200" }], duration_ms: ms },
        60 - index,
      );
  }
  agents(live);
  hook("UserPromptSubmit", LIVE.working, { prompt: "and the other shelf", prompt_id: "p-shelf" }, 5);

  transcript(machine, LIVE.idle, "Write the loading plan", 600);
  hook("SessionStart", LIVE.idle, { source: "resume" }, 700, { pid: "4713" });
  hook("Stop", LIVE.idle, { last_assistant_message: "Done, all tests pass." }, 590);

  transcript(machine, LIVE.failed, "Ask the archive", 300);
  hook("StopFailure", LIVE.failed, { error: "rate_limit", error_details: "429" }, 240);

  transcript(machine, LIVE.ended, "Order clay", 3_600);
  own(
    "session.outcome",
    LIVE.ended,
    {
      summary: "The clay is ordered and the shelf plan is written; delivery is on Tuesday.",
      tasks_completed: ["order 40 kg of stoneware", "write the shelf plan"],
      learnings: ["the supplier closes at noon"],
      decisions: ["stoneware instead of porcelain"],
      files: ["plans/shelf.md"],
      commits: ["1a2b3c4 Write the shelf plan"],
    },
    3_540,
  );
  hook("SessionEnd", LIVE.ended, { reason: "prompt_input_exit" }, 3_535);

  const asked = { tool_name: "Read", tool_input: { file_path: "/home/ada/kiln/plan.md" }, tool_use_id: "toolu_alone" };
  hook(
    "UserPromptSubmit",
    LIVE.hooksAlone,
    { prompt: "What does the plan say?", prompt_id: "p-alone", transcript_path: undefined },
    1_800,
  );
  hook("PreToolUse", LIVE.hooksAlone, { ...asked, transcript_path: undefined }, 1_799);
  hook(
    "PostToolUse",
    LIVE.hooksAlone,
    { ...asked, tool_response: "slowly", duration_ms: 9, transcript_path: undefined },
    1_798,
  );
  hook("Stop", LIVE.hooksAlone, { last_assistant_message: "It says: slowly.", transcript_path: undefined }, 1_797);

  attack(live);
  await machine.index({ clock: () => Date.now() });
  live.takeIn();
  return live;
}

function agents({ hook }: LiveMachine): void {
  const agent = (agent_id: string, agent_type: string) => ({ agent_id, agent_type });
  const outer = agent("aaaaaaaaaaaaaaaaa", "Explore");
  const inner = agent("bbbbbbbbbbbbbbbbb", "general-purpose");
  const started = (child: typeof outer, description: string, key: string) => ({
    tool_name: "Agent",
    tool_input: { description, subagent_type: child.agent_type },
    tool_response: { status: "completed", agentId: child.agent_id, agentType: child.agent_type, description },
    tool_use_id: key,
    duration_ms: 4_000,
  });
  hook("SubagentStart", LIVE.working, outer, 50);
  hook("SubagentStart", LIVE.working, inner, 45);
  hook("SubagentStop", LIVE.working, { ...inner, last_assistant_message: "Four shelves, two of them cracked." }, 40);
  hook("PostToolUse", LIVE.working, { ...outer, ...started(inner, "Count the shelves", "toolu_inner") }, 39);
  hook("SubagentStop", LIVE.working, { ...outer, last_assistant_message: "The catalogue has 212 glazes." }, 30);
  hook("PostToolUse", LIVE.working, started(outer, "Survey the glaze catalogue", "toolu_outer"), 29);
}

function contextOf(focus: string): Record<string, unknown> {
  return {
    text: `<clew-context version="1">\nContext restored by Clew from this project's earlier sessions.\nFocus (3 h ago): ${focus}\n</clew-context>\n`,
    items: [
      { kind: "focus", included: true, reason: "said by this identity", count: 1, text: focus, age: "3 h ago" },
      { kind: "todo", included: false, reason: "another identity's words", count: 2 },
    ],
  };
}

function attack({ hook, own }: LiveMachine): void {
  const { attack: session } = LIVE;
  hook("SessionStart", session, { source: "startup" }, 30, { pid: "4714" });
  hook("InstructionsLoaded", session, { file_path: `/home/ada/${HOSTILE}` }, 30, HASH_FIELD);
  own(
    "context.injected",
    session,
    { ...contextOf(HOSTILE), items: [{ kind: HOSTILE, reason: HOSTILE, included: HOSTILE, age: HOSTILE }] },
    29,
  );
  own(
    "session.outcome",
    session,
    {
      summary: HOSTILE,
      learnings: [HOSTILE],
      decisions: [HOSTILE],
      tasks_completed: [HOSTILE],
      files: [HOSTILE],
      commits: [HOSTILE],
    },
    28,
  );
  own("log", session, { stream: "stderr" }, 27, { severity: "error", message: HOSTILE });
  const tool = {
    tool_name: `mcp__${HOSTILE}__${HOSTILE}`,
    tool_input: { [HOSTILE]: HOSTILE },
    tool_use_id: "toolu_attack",
  };
  hook("PreToolUse", session, tool, 26);
  hook("Notification", session, { message: HOSTILE, title: HOSTILE }, 25);
  hook("SubagentStart", session, { agent_id: "ccccccccccccccccc", agent_type: HOSTILE }, 24);
  hook(
    "SubagentStop",
    session,
    { agent_id: "ccccccccccccccccc", agent_type: HOSTILE, last_assistant_message: HOSTILE },
    23,
  );
  hook("PermissionRequest", session, tool, 22);
}
