/** @module What a conversation, a repository, a tool or a hook can say: transcripts and hook bodies full of payloads. */
import { payload, wordPayload } from "./payloads.ts";

/** Of the sessions in which hostile words were said: an agent's of the same workspace, under another identity. */
export const HOSTILE_IDENTITY = "mallory@web";

export function hostileSession(index: number): string {
  return `bbbbbbbb-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

/** Lines of a transcript in `workspace`. Half of the tools are MCP servers'. */
export function hostileTranscript(index: number, workspace: string, startedAt: number): string {
  const sessionId = hostileSession(index);
  const p = (channel: string): string => payload(channel, index);
  /** Where only a short one is taken. */
  const short = (channel: string): string => p(channel).slice(0, 60);
  let time = startedAt;
  let count = 0;
  let parentUuid: string | null = null;
  const line = (record: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    time += 1000;
    const uuid = count++ === 0 ? p("eventid") : `${sessionId.slice(-12)}-${count}`;
    const full = {
      parentUuid,
      isSidechain: false,
      userType: "external",
      cwd: workspace,
      sessionId,
      version: short("version"),
      gitBranch: p("branch"),
      entrypoint: short("entrypoint"),
      uuid,
      timestamp: new Date(time).toISOString(),
      ...record,
    };
    parentUuid = uuid;
    return full;
  };
  const usage = {
    input_tokens: 5,
    output_tokens: 6,
    service_tier: short("tier"),
    inference_geo: short("geo"),
    speed: short("speed"),
  };
  const call = (id: string, name: string, input: object): Record<string, unknown> =>
    line({
      type: "assistant",
      requestId: p("requestid"),
      message: {
        id: `${p("messageid")}${id}`,
        type: "message",
        role: "assistant",
        model: p("model"),
        content: [{ type: "tool_use", id, name, input }],
        stop_reason: short("stopreason"),
        usage,
      },
    });
  const result = (id: string, content: string, more: object = {}): Record<string, unknown> =>
    line({
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content, ...more }] },
      toolUseResult: more && "is_error" in more ? content : { stdout: content, stderr: "", interrupted: false },
    });
  const [bash, edit, other] = [p("tooluseid"), `edit-${index}`, `other-${index}`];
  const name = index % 2 === 0 ? `mcp__${wordPayload("server", index, "_")}__${p("tool")}` : p("tool");
  const records = [
    { type: "custom-title", customTitle: p("title"), sessionId },
    line({ type: "user", promptId: p("promptid"), message: { role: "user", content: `needle ${p("prompt")}` } }),
    call(bash, "Bash", { command: `git commit # ${p("command")}` }),
    result(bash, `[main ${(index + 0xabc0000).toString(16)}] ${p("commit").replace(/[\r\n]/g, " ")}`),
    call(edit, "Edit", { file_path: `/x/${p("file")}`, old_string: "a", new_string: "b" }),
    line({
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: edit, content: "done" }] },
      toolUseResult: { filePath: `/x/${p("file")}`, oldString: "a", newString: "b", structuredPatch: [] },
    }),
    call(other, name, { query: p("input") }),
    result(other, p("error").trim().replaceAll("\n", " "), { is_error: true }),
    call(`skill-${index}`, "Skill", { skill: p("skill") }),
    { type: "pr-link", prUrl: `https://x/${p("pullrequest")}`, prRepository: p("repository"), sessionId },
    line({ type: p("recordtype"), content: p("unknown") }),
  ];
  return `${records.map((record) => JSON.stringify(record)).join("\n")}\n${payload("broken", index)}\n`;
}

/** Bodies of hooks of the same session, all with a header that says who it is. */
export function hostileHooks(index: number, workspace: string): readonly Readonly<Record<string, unknown>>[] {
  const p = (channel: string): string => payload(channel, index);
  const body = (hook_event_name: string, more: object) => ({
    session_id: hostileSession(index),
    transcript_path: `/x/${hostileSession(index)}.jsonl`,
    cwd: workspace,
    hook_event_name,
    ...more,
  });
  const tool = { tool_use_id: `hook-${index}`, tool_name: p("hooktool"), tool_input: { command: p("hookinput") } };
  const agent = { agent_id: `a${index}`, agent_type: p("agenttype") };
  return [
    body("SessionStart", { source: "startup", model: p("hookmodel") }),
    body("UserPromptSubmit", { prompt: p("hookprompt"), prompt_id: `hp-${index}` }),
    body("PreToolUse", tool),
    // The transcript tells of the same call.
    body("PreToolUse", { tool_use_id: p("tooluseid"), tool_name: "Bash", tool_input: { command: p("command") } }),
    body("PostToolUseFailure", { ...tool, error: p("hookerror").trim().replaceAll("\n", " ") }),
    body("PostToolUse", {
      tool_use_id: p("spawnid"),
      tool_name: "Agent",
      tool_input: { description: p("about"), subagent_type: p("agenttype"), prompt: p("task") },
      tool_response: { agentId: `a${index}`, agentType: p("agenttype"), description: p("about"), content: p("answer") },
    }),
    body("SubagentStop", { ...agent, last_assistant_message: p("result") }),
    body("Notification", { message: p("notification"), notification_type: p("reason") }),
    body("InstructionsLoaded", { file_path: `/x/${p("instruction")}`, memory_type: p("memorytype").slice(0, 60) }),
    body("TaskCreated", { task_id: `t${index}`, task_subject: p("task"), task_description: p("task") }),
  ];
}
