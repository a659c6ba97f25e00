import { expect, test } from "vitest";
import type { Block } from "../../model/present.ts";
import { presentEvent } from "../present.ts";
import { FIXTURE_NAMES, fixtureBody, hook, hookBody, own, ownRecord, spoolBytes } from "./testing.ts";

function shown(body: Buffer | object): { readonly role: string; readonly blocks: readonly Block[] } {
  const event = hook(body);
  const { text, role, blocks } = presentEvent({ source: "hook", type: event.type, body: event.body });
  expect(text).toBe(event.text);
  return { role, blocks };
}

const notice = (label: string, text: string): object => ({ kind: "notice", label, text });

test.each([
  ["session-start", [notice("session started", "startup")]],
  ["session-end", [notice("session ended", "prompt_input_exit")]],
  ["setup", [notice("setup", "init")]],
  ["user-prompt-submit", [{ kind: "text", text: "Dye two skeins with madder." }]],
  ["user-prompt-expansion", [notice("command", "/warp blue")]],
  [
    "pre-tool-use",
    [
      {
        kind: "tool_call",
        toolUseId: "toolu_0001",
        name: "Bash",
        input: { command: "heddle count", description: "Count the heddles" },
      },
    ],
  ],
  ["post-tool-use", [{ kind: "tool_result", toolUseId: "toolu_0001", text: "twelve heddles", isError: false }]],
  [
    "post-tool-use-agent",
    [{ kind: "tool_result", toolUseId: "toolu_0002", text: "On the upper shelf.", isError: false }],
  ],
  [
    "post-tool-use-failure",
    [{ kind: "tool_result", toolUseId: "toolu_0003", text: "vat: too cold\nheat it first", isError: true }],
  ],
  ["post-tool-batch", [notice("tools done", "Bash, Write")]],
  ["permission-request", [notice("permission asked", "Bash: rm -r scraps")]],
  [
    "permission-denied",
    [{ kind: "tool_result", toolUseId: "toolu_0005", text: "not while the loom runs", isError: true }],
  ],
  ["notification", [notice("notification", "Claude needs your permission")]],
  ["stop", [notice("turn ended", "1 background task")]],
  ["stop-failure", [notice("turn failed", "rate_limit 429: too many skeins")]],
  ["subagent-start", [notice("subagent started", "Explore")]],
  ["subagent-stop", [notice("subagent ended", "")]],
  ["pre-compact", [notice("compaction begins", "auto")]],
  ["post-compact", [notice("compaction", "auto")]],
  ["pre-model-switch", [notice("model switch asked", "claude-opus-5-5 to claude-haiku-5-5")]],
  ["post-model-switch", [notice("model switched", "claude-opus-5-5 to claude-haiku-5-5")]],
  ["teammate-idle", [notice("teammate idle", "spinner")]],
  ["task-created", [notice("task created", "Wind the warp")]],
  ["task-completed", [notice("task completed", "Wind the warp")]],
  ["elicitation", [notice("question", "dye: Which vat?")]],
  ["elicitation-result", [notice("answer", "dye: accept")]],
  ["config-change", [notice("settings changed", "project_settings /home/ada/loom/.claude/settings.json")]],
  ["worktree-create", [notice("worktree created", "indigo")]],
  ["worktree-remove", [notice("worktree removed", "/home/ada/loom/.claude/worktrees/indigo")]],
  ["instructions-loaded", [notice("instructions loaded", "/home/ada/loom/CLAUDE.md")]],
  ["cwd-changed", [notice("directory changed", "/home/ada/loom/weft")]],
  ["file-changed", [notice("file changed", "change /home/ada/loom/.envrc")]],
  ["directory-added", [notice("directory added", "/home/ada/wool")]],
  ["message-display", [notice("message shown", "Both skeins are red.")]],
])("%s", (name, blocks) => {
  expect(shown(fixtureBody(name)).blocks).toEqual(blocks);
});

test("every fixture but the unknown one has words of its own", () => {
  const raw = FIXTURE_NAMES.filter((name) => shown(fixtureBody(name)).blocks.some(({ kind }) => kind === "raw"));
  expect(raw).toEqual(["shuttle-thrown"]);
});

test("whose they are", () => {
  expect(shown(fixtureBody("user-prompt-submit")).role).toBe("user");
  expect(shown(fixtureBody("pre-tool-use")).role).toBe("assistant");
  expect(shown(fixtureBody("post-tool-use")).role).toBe("tool");
  expect(shown(fixtureBody("stop")).role).toBe("system");
  const notification = shown(hookBody("UserPromptSubmit", { prompt: "<task-notification>done</task-notification>" }));
  expect(notification).toMatchObject({ role: "system", blocks: [{ kind: "notice", label: "notification" }] });
});

test("an edit has its patch", () => {
  const [block] = shown(fixtureBody("older/post-tool-use")).blocks;
  expect(block).toMatchObject({ text: "/home/ada/loom/weft.txt", patch: [{ lines: ["-red", "+blue"] }] });
});

test("last words are shown where no transcript has them", () => {
  const body = { hook_event_name: "Stop", session_id: "s-1", last_assistant_message: "Red." };
  expect(shown(body).blocks).toEqual([notice("turn ended", "Red.")]);
});

test("what cannot be read is shown as it stands, without our header", () => {
  const raw = (bytes: Buffer, source: string) => presentEvent({ source, type: "problem", body: bytes }).blocks;
  expect(raw(spoolBytes("{ broken"), "hook")).toEqual([{ kind: "raw", text: "{ broken" }]);
  expect(raw(spoolBytes("5", {}, "event"), "clew")).toEqual([{ kind: "raw", text: "5" }]);
  expect(raw(Buffer.from("no record"), "hook")).toEqual([{ kind: "raw", text: "no record" }]);
});

test.each([
  ["session.start", { name: "Nightly" }, undefined, [notice("session started", "Nightly")]],
  ["session.end", { status: "failed", exit_code: 3 }, undefined, [notice("session ended", "exit 3")]],
  [
    "session.outcome",
    { summary: "Dyed.", decisions: ["madder", "no alum"], files: [] },
    undefined,
    [notice("outcome", "Dyed."), { kind: "attachment", label: "decisions", text: "madder\nno alum" }],
  ],
  [
    "session.state",
    { focus: "The vat", next_steps: ["Dye"], todos: [{ text: "Wind", status: "completed" }] },
    undefined,
    [
      notice("focus", "The vat"),
      { kind: "attachment", label: "next steps", text: "Dye" },
      { kind: "attachment", label: "todos", text: "completed: Wind" },
    ],
  ],
  ["session.state", { focus: null }, undefined, [notice("focus", "none")]],
  ["session.activity", { activity: "waiting", reason: "question" }, undefined, [notice("waiting", "question")]],
  [
    "context.injected",
    { text: "Last time: dyed." },
    undefined,
    [{ kind: "attachment", label: "context given by Clew", text: "Last time: dyed." }],
  ],
  ["log", {}, "twelve heddles", [notice("log", "twelve heddles")]],
  ["vat.heated", {}, "warm now", [notice("vat heated", "warm now")]],
])("own: %s %j", (type, data, message, blocks) => {
  const event = own(ownRecord(type, data, message ? { message } : {}));
  const presented = presentEvent({ source: "clew", type: event.type, body: event.body });
  expect(presented).toEqual({ text: event.text, role: "system", blocks });
});

test("own: an error is labelled so, and what has no words is shown as it stands", () => {
  const error = own(ownRecord("log", {}, { severity: "error", message: "vat cold" }));
  expect(presentEvent({ ...error, source: "clew" }).blocks).toEqual([notice("error", "vat cold")]);
  const silent = own(ownRecord("vat.heated", { degrees: 40 }));
  expect(presentEvent({ ...silent, source: "clew" }).blocks).toMatchObject([{ kind: "raw" }]);
});
