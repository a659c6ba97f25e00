/** @module Databases for the browser tests: many sessions, one long session, and one that attacks the page. */
import { type TestDatabase, testDatabase } from "../../packages/app/src/query/testing.ts";

/** Newest first the list shows these; times are fixed. */
export const SEED_NOW = Date.UTC(2026, 9, 1, 12);
const MINUTE = 60_000;

/** `count` plain sessions over three projects, one an hour, newest titled "Session 0". */
export function seedSessions(database: TestDatabase, count: number): void {
  const fill = database.db.transaction(() => {
    for (let index = 0; index < count; index++) {
      const started = SEED_NOW - index * 60 * MINUTE;
      const failures = index % 7 === 0 ? 2 : 0;
      database.session(`s-${String(index).padStart(6, "0")}`, {
        project: ["web", "api", "tools"][index % 3],
        title: `Session ${index}`,
        title_source: "ai",
        git_branch: index % 4 === 0 ? "main" : `feature/${index % 11}`,
        models: JSON.stringify([index % 2 ? "claude-opus-4-5-20251101" : "claude-sonnet-5"]),
        status: index % 9 === 0 ? "abandoned" : "completed",
        started_at: started,
        ended_at: started + 20 * MINUTE,
        responses: 12,
        tool_calls: 9,
        tool_failures: failures,
        prompts: 2,
        messages: 14,
        input_tokens: 1_000 + index,
        output_tokens: 500,
        cache_read_tokens: 40_000,
        cost_micros: 1_250_000,
        inclusive_cost_micros: 1_250_000,
      });
      database.insert("tool_calls", {
        tool_use_id: `list-${index}`,
        session_id: `s-${String(index).padStart(6, "0")}`,
        name: "Bash",
        tool: "Bash",
        status: failures ? "failed" : "ok",
        started_at: started,
        ended_at: started + 900,
        duration_ms: 900,
      });
    }
  });
  fill();
}

/** A session of `turns` prompts, each with answer, command, edit and failure, and two subagents; returns its id. */
export function seedLongSession(database: TestDatabase, turns: number): string {
  const id = "long-session";
  const start = SEED_NOW + 60 * MINUTE;
  const children = [`${id}.a1`, `${id}.a2`];
  const record = (
    sessionId: string,
    type: string,
    key: string,
    ts: number,
    message: unknown,
    extra: Record<string, unknown> = {},
  ) =>
    database.event(sessionId, {
      eventId: `${sessionId}-${key}`,
      type,
      ts,
      body: {
        type: type.startsWith("assistant") || type === "tool.call" ? "assistant" : "user",
        uuid: `${sessionId}-${key}`,
        message,
        ...extra,
      },
      text: textOf(message),
    });
  const call = (
    sessionId: string,
    key: string,
    ts: number,
    name: string,
    input: unknown,
    result: string,
    status = "ok",
    child?: string,
  ) => {
    const toolUseId = `${sessionId}-tool-${key}`;
    record(sessionId, "tool.call", `${key}-call`, ts, {
      role: "assistant",
      content: [{ type: "tool_use", id: toolUseId, name, input }],
    });
    record(sessionId, "tool.result", `${key}-result`, ts + 2_000, {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: toolUseId, content: result, is_error: status === "failed" }],
    });
    database.insert("tool_calls", {
      tool_use_id: toolUseId,
      session_id: sessionId,
      call_event_id: `${sessionId}-${key}-call`,
      result_event_id: `${sessionId}-${key}-result`,
      name,
      tool: name,
      started_at: ts,
      ended_at: ts + 2_000,
      duration_ms: 2_000,
      duration_source: "timestamps",
      status,
      summary: name,
      ...(child ? { child_session_id: child } : {}),
    });
  };
  database.db.transaction(() => {
    database.session(id, {
      title: "The long one",
      title_source: "custom",
      git_branch: "main",
      models: '["claude-opus-4-5-20251101"]',
      started_at: start,
      ended_at: start + turns * MINUTE,
      tool_calls: turns * 3,
      tool_failures: turns,
      prompts: turns,
      responses: turns,
      cost_micros: 3_000_000,
      inclusive_cost_micros: 3_600_000,
      client_cost_micros: 3_600_000,
    });
    for (const [index, child] of children.entries()) {
      database.session(child, {
        parent_session_id: id,
        root_session_id: id,
        title: `Subagent ${index}`,
        agent_type: "Explore",
        agent_description: `look around ${index}`,
        models: '["claude-haiku-4-5"]',
        started_at: start + MINUTE,
        ended_at: start + 3 * MINUTE,
        tool_calls: 4,
        cost_micros: 300_000,
        inclusive_cost_micros: 300_000,
      });
      for (let one = 0; one < 4; one++)
        call(
          child,
          `look-${one}`,
          start + MINUTE + one * 1_000,
          "Read",
          { file_path: `/home/ada/web/src/file-${one}.ts` },
          "export const x = 1;",
        );
    }
    for (let turn = 0; turn < turns; turn++) {
      const at = start + turn * MINUTE;
      record(id, "user.prompt", `prompt-${turn}`, at, { role: "user", content: `Prompt ${turn}: please **fix** it` });
      database.insert("turns", { event_id: `${id}-prompt-${turn}`, session_id: id, ts: at, text: `Prompt ${turn}` });
      record(id, "assistant.thinking", `thinking-${turn}`, at + 2_000, {
        role: "assistant",
        content: [{ type: "thinking", thinking: "Let me think about this." }],
      });
      record(id, "assistant.text", `answer-${turn}`, at + 5_000, {
        role: "assistant",
        content: [
          {
            type: "text",
            text: `## Answer ${turn}\n\nA list:\n\n- one\n- two\n\n\`\`\`ts\nconst answer: number = ${turn};\n\`\`\`\n\n| a | b |\n|---|---|\n| 1 | 2 |`,
          },
        ],
      });
      call(
        id,
        `bash-${turn}`,
        at + 6_000,
        "Bash",
        { command: "npm test -- --run", description: "Run the tests" },
        Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n"),
      );
      call(
        id,
        `edit-${turn}`,
        at + 10_000,
        "Edit",
        { file_path: "/home/ada/web/src/a.ts", old_string: "a\nb\nc", new_string: "a\nB\nc" },
        "The file has been updated.",
      );
      call(id, `fail-${turn}`, at + 14_000, "Bash", { command: "false" }, "Exit code 1", "failed");
      if (turn === 0)
        call(
          id,
          "task",
          at + 20_000,
          "Task",
          { description: "look around 0", prompt: "Look around" },
          "Done",
          "ok",
          children[0],
        );
    }
  })();
  return id;
}

/** Every string of a message, as a source would index it. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? Object.values(value).map(textOf).join(" ") : "";
}

export const PAYLOADS: readonly string[] = [
  "<script>window.__pwned=1</script>",
  "<img src=x onerror=window.__pwned=1>",
  "<svg/onload=window.__pwned=1>",
  "<iframe srcdoc='<script>parent.__pwned=1</script>'>",
  "<a href='javascript:window.__pwned=1'>x</a>",
  "[x](javascript:window.__pwned=1)",
  "[x](data:text/html,<script>window.__pwned=1</script>)",
  "![x](https://evil.example/x.png)",
  '![x](x" onerror="window.__pwned=1)',
  "<style>@import 'https://evil.example/x.css'</style>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.__pwned=1&gt;">',
  "```html\n<script>window.__pwned=1</script>\n```",
  '"><script>window.__pwned=1</script>',
  "'-alert(1)-'",
  "{{constructor.constructor('window.__pwned=1')()}}",
  "<form action=https://evil.example><button>go</button></form>",
  "<base href=https://evil.example/>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "\u202eRTL\u202c and \u0000 NUL",
  "<details open ontoggle=window.__pwned=1>",
  "<https://evil.example>",
];

/** Payloads in every place that a page shows: titles, branches, projects, models, prompts, calls, results; returns the id. */
export function seedAttack(database: TestDatabase): string {
  const id = "attack";
  const all = PAYLOADS.join("\n\n");
  database.db.transaction(() => {
    PAYLOADS.forEach((payload, index) => {
      database.session(`attack-${index}`, {
        project: `p ${payload}`,
        title: payload,
        title_source: "ai",
        git_branch: payload,
        models: JSON.stringify([payload]),
        started_at: SEED_NOW,
        ended_at: SEED_NOW,
      });
    });
    database.session(id, {
      project: PAYLOADS[0],
      title: PAYLOADS[1],
      title_source: "ai",
      git_branch: PAYLOADS[2],
      models: JSON.stringify([PAYLOADS[3]]),
      started_at: SEED_NOW,
      ended_at: SEED_NOW + MINUTE,
      tool_calls: 1,
      tool_failures: 1,
      client_version: PAYLOADS[1],
      agent_type: PAYLOADS[1],
    });
    database.insert("tool_calls", {
      tool_use_id: "attack-tool",
      session_id: id,
      call_event_id: "attack-call",
      result_event_id: "attack-result",
      name: PAYLOADS[1],
      tool: PAYLOADS[1],
      mcp_server: PAYLOADS[0],
      started_at: SEED_NOW,
      ended_at: SEED_NOW + 10,
      duration_ms: 10,
      status: "failed",
      summary: all.slice(0, 200),
      error: PAYLOADS[1],
      file_path: PAYLOADS[1],
    });
    database.insert("turns", { event_id: "attack-prompt", session_id: id, ts: SEED_NOW, text: PAYLOADS[1] });
    database.event(id, {
      eventId: "attack-prompt",
      type: "user.prompt",
      ts: SEED_NOW,
      text: all,
      body: { type: "user", message: { role: "user", content: all } },
    });
    database.event(id, {
      eventId: "attack-text",
      type: "assistant.text",
      ts: SEED_NOW + 1,
      text: all,
      body: {
        type: "assistant",
        message: {
          role: "assistant",
          content: [
            { type: "text", text: all },
            { type: "thinking", thinking: all },
          ],
        },
      },
    });
    database.event(id, {
      eventId: "attack-call",
      type: "tool.call",
      ts: SEED_NOW + 2,
      text: all,
      body: {
        type: "assistant",
        message: {
          role: "assistant",
          content: [
            {
              type: "tool_use",
              id: "attack-tool",
              name: PAYLOADS[1],
              input: Object.fromEntries(PAYLOADS.map((payload) => [payload, `${payload}\n${payload}`])),
            },
          ],
        },
      },
    });
    database.event(id, {
      eventId: "attack-result",
      type: "tool.result",
      ts: SEED_NOW + 3,
      text: all,
      body: {
        type: "user",
        message: {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "attack-tool", content: all, is_error: true }],
        },
      },
    });
    database.event(id, {
      eventId: "attack-raw",
      type: "unknown.attack",
      ts: SEED_NOW + 4,
      text: all,
      body: { type: "attack", all },
    });
    for (const [kind, key] of [
      ["file", PAYLOADS[1]],
      ["commit", PAYLOADS[0]],
      ["pull_request", "javascript:window.__pwned=1"],
      ["skill", PAYLOADS[1]],
    ] as const) {
      database.insert("session_facts", {
        session_id: id,
        kind,
        key,
        event_id: "attack-call",
        ts: SEED_NOW,
        detail: JSON.stringify({ subject: PAYLOADS[1] }),
      });
    }
  })();
  return id;
}

export { testDatabase };
