/** @module What programs can say: records of the SDK and of imports, spans, log records and metrics, lines of log files. */
import { payload, wordPayload } from "./payloads.ts";
import { hostileSession } from "./plant-records.ts";

const hex = (index: number, digits: number): string => (index + 1).toString(16).padStart(digits, "0");

export function hostileScript(index: number): string {
  return wordPayload("session", index);
}

type Record_ = Readonly<Record<string, unknown>>;

/** ClewRecords of a script's session, as the SDK writes them; `now` is milliseconds UTC. */
export function hostileOwnRecords(index: number, now: number): readonly Record_[] {
  const p = (channel: string): string => payload(channel, index);
  const record = (name: string, type: string, data: Record_, more: object = {}) => ({
    v: 1,
    id: `own-${index}-${name}`,
    ts: new Date(now).toISOString(),
    correlation_id: `0123456789abcdef:${hostileScript(index)}`,
    type,
    data,
    ...more,
  });
  return [
    record("start", "session.start", {
      name: p("label"),
      cwd: `/x/${p("cwd")}`,
      trigger: p("trigger"),
      agent_type: p("ownagent"),
      phase: p("phase"),
      tags: [p("sessiontag")],
      service: p("ownservice"),
      identity: wordPayload("identity", index),
      process_started_at: p("process"),
      ...(index % 2 === 1 && { parent_session_id: hostileScript(index - 1) }),
      pid: 100_000 + index,
    }),
    record("outcome", "session.outcome", {
      summary: p("summary"),
      tasks_completed: [p("done")],
      learnings: [p("learning")],
      decisions: [p("decision")],
      files: [p("ownfile")],
      commits: [p("owncommit")],
    }),
    record("state", "session.state", {
      focus: p("focus"),
      next_steps: [p("nextstep")],
      todos: [{ text: p("todo"), status: "pending" }],
    }),
    record("given", "context.injected", { text: p("given"), items: [{ kind: "focus", text: p("givenitem") }] }),
    record(
      "log",
      "log",
      { logger: p("ownlogger"), service: p("ownservice") },
      { message: p("ownlog"), severity: "error" },
    ),
    record("call", "interaction", {
      interaction_id: index,
      file: `/x/${p("interactionfile")}`,
      provider: wordPayload("provider", index),
      model: p("callmodel").slice(0, 128),
      response_id: p("responseid"),
      request_id: p("callrequest"),
      finish_reason: wordPayload("finish", index).slice(0, 64),
      error: { name: "E", message: p("callerror").trim().replaceAll("\n", " ") },
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
    record("end", "session.end", {
      status: "failed",
      signal: wordPayload("signal", index, " ").slice(0, 32),
      result: p("ownresult"),
    }),
    record("odd", wordPayload("type", index, "."), { anything: p("odd") }, { message: p("oddmessage") }),
    record("tool", "session.foreign", { by: wordPayload("by", index, " ") }),
  ];
}

/** Items of telemetry that name the same session. */
export function hostileOtlp(index: number, now: number): readonly Record_[] {
  const p = (channel: string): string => payload(channel, index);
  const attributes = (values: Record_): readonly object[] =>
    Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const nanos = `${BigInt(now - 1000) * 1_000_000n}`;
  const resource = { attributes: attributes({ "service.name": p("spanservice"), "host.name": p("host") }) };
  const own = { "session.id": hostileScript(index) };
  const [traceId, spanId] = [hex(index, 32), hex(index, 16)];
  const item = (signal: string, one: object) => ({ signal, resource, scope: { name: p("scope") }, item: one });
  /** The client's own telemetry. */
  const claude = (name: string, values: Record_) => ({
    signal: "logs",
    resource: { attributes: attributes({ "service.name": "claude-code" }) },
    scope: { name: "com.anthropic.claude_code.events" },
    item: {
      timeUnixNano: nanos,
      body: { stringValue: name },
      attributes: attributes({ "session.id": hostileSession(index), ...values }),
    },
  });
  return [
    item("traces", {
      traceId,
      spanId,
      name: p("span"),
      kind: 1,
      startTimeUnixNano: nanos,
      endTimeUnixNano: nanos,
      attributes: attributes({
        ...own,
        tool_use_id: p("spantool"),
        "gen_ai.request.model": p("spanmodel").slice(0, 128),
      }),
      status: { code: 2, message: p("spanstatus").trim().replaceAll("\n", " ") },
    }),
    item("logs", {
      timeUnixNano: nanos,
      observedTimeUnixNano: nanos,
      body: { stringValue: p("otlplog") },
      attributes: attributes({ ...own, "clew.extra": p("attribute") }),
      traceId,
      spanId,
    }),
    claude("claude_code.api_request", {
      "event.name": "api_request",
      request_id: p("claudecall"),
      model: p("claudemodel"),
      query_source: p("querysource"),
      input_tokens: "1",
      output_tokens: "1",
    }),
    claude("claude_code.tool_result", {
      "event.name": "tool_result",
      tool_name: p("claudetool"),
      tool_use_id: p("claudetoolid"),
      success: "false",
      error: p("claudeerror").trim().replaceAll("\n", " "),
      duration_ms: "5",
    }),
    item("metrics", {
      name: p("metric"),
      unit: p("unit").slice(0, 60),
      gauge: { dataPoints: [{ timeUnixNano: nanos, asDouble: 1, attributes: attributes({ ...own, k: p("label") }) }] },
    }),
  ];
}

/** What an import says of a file that it could not read. */
export function hostileImport(index: number, now: number): Record_ {
  const data = { name: payload("importname", index), problem: payload("importproblem", index) };
  const [id, ts] = [`import-${index}`, new Date(now).toISOString()];
  return { v: 1, id, ts, correlation_id: `0123456789abcdef:${hostileScript(index)}`, type: "import.file", data };
}

/** A line of an application's log, and what the tailer says of its file. */
export function hostileLog(index: number): {
  readonly line: string;
  readonly fields: Readonly<Record<string, string>>;
} {
  const p = (channel: string): string => payload(channel, index);
  const line = JSON.stringify({
    level: 50,
    time: Date.UTC(2026, 10, 21, 11),
    msg: p("log"),
    name: p("logger"),
    hostname: p("host"),
    session_id: hostileScript(index),
  });
  const path = `/x/${p("logpath").replace(/[\r\n\0]/g, " ")}`;
  return { line, fields: { path, offset: "0", stem: `s${index}`, service: p("service").replace(/[\r\n\0]/g, " ") } };
}
