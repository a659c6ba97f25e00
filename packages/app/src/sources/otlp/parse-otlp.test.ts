import { describe, expect, test } from "vitest";
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import {
  BEGAN,
  checkEvent,
  factsOf,
  log,
  NOW,
  nanos,
  type Plain,
  parsed,
  parsedText,
  SPAN,
  span,
  TRACE,
} from "./testing.ts";

const LOGS = { signal: "logs" } as const;
const METRICS = { signal: "metrics" } as const;
const problems = (event: ReturnType<typeof parsed>) => factsOf(event, "problem").map(({ message }) => message);

describe("spans", () => {
  test("a span is a row with its ids, times and end", () => {
    const event = parsed(
      span(
        { "http.route": "/hum" },
        { parentSpanId: "00f067aa0ba902b7", status: { code: 2, message: "no yarn\nat all" } },
      ),
    );
    checkEvent(event);
    expect(event).toMatchObject({ type: "otel.span", sessionId: UNCORRELATED_SESSION, agent: "unknown", ts: BEGAN });
    expect(event.naturalKey).toBe(`otlp:${TRACE}:${SPAN}`);
    expect(event.text).toBe("weave\n/hum\nno yarn\nat all");
    expect(event.facts).toEqual([
      {
        kind: "span",
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: "00f067aa0ba902b7",
        sessionId: null,
        fallbackSession: null,
        name: "weave",
        spanKind: "internal",
        service: "loom",
        startedAt: BEGAN * 1000,
        endedAt: BEGAN * 1000 + 12_500,
        status: "error",
        statusMessage: "no yarn",
        toolUseId: null,
      },
    ]);
  });

  test("kinds, codes and ids are read however an exporter writes them", () => {
    const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
    const names = { kind: "SPAN_KIND_CLIENT", status: { code: "STATUS_CODE_OK" } };
    const event = parsed(span({}, { traceId: base64(TRACE), spanId: base64(SPAN).toString(), ...names }));
    expect(factsOf(event, "span")[0]).toMatchObject({ traceId: TRACE, spanId: SPAN, spanKind: "client", status: "ok" });
    expect(event.naturalKey).toBe(parsed(span()).naturalKey);
    expect(factsOf(parsed(span({}, { traceId: TRACE.toUpperCase() })), "span")[0]!.traceId).toBe(TRACE);
    const numbers = { startTimeUnixNano: BEGAN * 1e6, endTimeUnixNano: (BEGAN + 1) * 1e6 };
    expect(factsOf(parsed(span({}, numbers)), "span")[0]).toMatchObject({ startedAt: BEGAN * 1000 });
  });

  test.each([
    ["no ids", { traceId: undefined }, "the span has no ids", 0],
    ["ids of zeros", { spanId: "0000000000000000" }, "the span has no ids", 0],
    ["ids that are none", { traceId: { a: 1 } }, "the span has no ids", 0],
    ["no beginning", { startTimeUnixNano: "0" }, "the span does not say when it began", 1],
    ["an end before its beginning", { endTimeUnixNano: nanos(-3_600_000) }, "the span ends before it begins", 1],
    [
      "a beginning in the future",
      { startTimeUnixNano: nanos(9e9), endTimeUnixNano: nanos(9e9) },
      "the span is of the future",
      1,
    ],
    [
      "times that are none",
      { startTimeUnixNano: "soon", endTimeUnixNano: [] },
      "the span does not say when it began",
      1,
    ],
  ])("a span with %s is kept with a problem", (_, more, problem, spans) => {
    const event = parsed(span({}, more));
    checkEvent(event);
    expect(problems(event)).toContain(problem);
    expect(factsOf(event, "span")).toHaveLength(spans);
    expect(event.ts).not.toBeNull();
  });

  test("a clock that is an hour off is believed", () => {
    const event = parsed(span({}, { startTimeUnixNano: nanos(3_600_000), endTimeUnixNano: nanos(3_600_001) }));
    expect([problems(event), event.ts]).toEqual([[], BEGAN + 3_600_000]);
  });

  test("a span that has not ended has no end", () => {
    expect(factsOf(parsed(span({}, { endTimeUnixNano: "0" })), "span")[0]!.endedAt).toBeNull();
  });

  test("ten thousand attributes are read, more are counted", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: { intValue: at } }));
    const session = { key: "session.id", value: { stringValue: "s-1" } };
    expect(problems(parsed(span({}, { attributes: [session, ...many(9999)] })))).toEqual([]);
    const event = parsed(span({}, { attributes: [session, ...many(20_000)] }));
    checkEvent(event);
    expect(problems(event)).toEqual(["20001 attributes, of which 10000 are read"]);
    expect(event.sessionId).toBe("s-1");
  });

  test("deep attributes are kept, and shown to where it makes sense", () => {
    let value: object = { intValue: 1 };
    for (let depth = 0; depth < 100; depth++) value = { arrayValue: { values: [value] } };
    const event = parsed(span({}, { attributes: [{ key: "gen_ai.prompt", value }] }));
    checkEvent(event);
    expect(event.text).toContain("…");
  });
});

describe("whose it is", () => {
  const whose = (own: Record<string, Plain>, resource: Record<string, Plain> = {}) => {
    const { sessionId, agent, workspaceId, facts } = parsed(span(own), { resource });
    return [sessionId, agent, workspaceId, facts.filter(({ kind }) => kind === "problem").length];
  };

  test("our SDK's name for it goes first, then session.id, then the conversation", () => {
    const correlated = { "clew.correlation_id": "0123456789abcdef:s-sdk", "session.id": "s-browser" };
    expect(whose(correlated)).toEqual(["s-sdk", "unknown", "0123456789abcdef", 0]);
    expect(whose({ "session.id": "s-1" }, { "clew.session_id": "s-sdk" })).toEqual(["s-sdk", "unknown", null, 0]);
    expect(whose({ "session.id": "s-1", "gen_ai.conversation.id": "c-1" })).toEqual(["s-1", "otel", null, 0]);
    expect(whose({ "gen_ai.conversation.id": "c-1" })).toEqual(["c-1", "otel", null, 0]);
    expect(whose({}, { "session.id": "s-2" })).toEqual(["s-2", "otel", null, 0]);
  });

  test("no session is nobody's: neither none, nor the SDK's word for none", () => {
    expect(whose({})).toEqual([UNCORRELATED_SESSION, "unknown", null, 0]);
    const none = { "session.id": "in-progress", "clew.correlation_id": "0123456789abcdef:in-progress" };
    expect(whose(none)).toEqual([UNCORRELATED_SESSION, "unknown", null, 0]);
    expect(whose({ "session.id": "" })[0]).toBe(UNCORRELATED_SESSION);
  });

  test("what is no id is hashed, and told", () => {
    const [sessionId, , , count] = whose({ "session.id": "../../etc/passwd" });
    expect(sessionId).toMatch(/^h-[0-9a-f]{32}$/);
    expect(count).toBe(1);
  });

  test("a session that Clew exported is read in the conventions' words, whatever agent it names", () => {
    const own = { "session.id": "s-1", "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5 };
    const event = parsed(span(own), { resource: { "service.name": "claude-code" }, scope: "clew" });
    expect(factsOf(event, "model_call")).toMatchObject([{ sessionId: "s-1", usage: { inputTokens: 5 } }]);
  });

  test("a subagent's session is below its root", () => {
    const root = "6f1c2b3a-0000-4000-8000-00000000c1a0";
    expect(parsed(span({ "session.id": `${root}.a1` })).rootSessionId).toBe(root);
  });
});

describe("log records", () => {
  test("are log lines of their program", () => {
    const event = parsed(
      log(
        { "session.id": "s-1", "code.line": 7 },
        { severityNumber: 17, severityText: "ERROR", traceId: TRACE, spanId: SPAN },
      ),
      {
        ...LOGS,
        scope: "loom.shuttle",
        resource: { "service.name": "loom", "process.pid": 4711, "host.name": "mill" },
      },
    );
    checkEvent(event);
    expect(event).toMatchObject({ type: "log.error", sessionId: "s-1", agent: "script", text: "the shuttle is stuck" });
    expect(event.facts).toEqual([
      {
        kind: "log_line",
        sessionId: "s-1",
        ts: BEGAN,
        level: "error",
        message: "the shuttle is stuck",
        logger: "loom.shuttle",
        service: "loom",
        pid: 4711,
        host: "mill",
        traceId: TRACE,
        spanId: SPAN,
        path: null,
        fileOffset: null,
        format: "otlp",
      },
    ]);
  });

  test.each([
    [{ severityNumber: 1 }, "trace"],
    [{ severityNumber: 8 }, "debug"],
    [{ severityNumber: 12 }, "info"],
    [{ severityNumber: 13 }, "warn"],
    [{ severityNumber: 24 }, "fatal"],
    [{ severityNumber: "SEVERITY_NUMBER_WARN2" }, "warn"],
    [{ severityText: "Warning" }, "warn"],
    [{ severityNumber: 99 }, "info"],
    [{}, "info"],
  ])("%j is %s", (severity, level) => {
    expect(parsed(log({}, severity), LOGS).type).toBe(`log.${level}`);
  });

  test("a body is text or JSON; an exception is searched", () => {
    const object = { kvlistValue: { values: [{ key: "yarn", value: { intValue: "3" } }] } };
    expect(parsed(log({}, { body: object }), LOGS).text).toBe('{"yarn":3}');
    const thrown = {
      "exception.type": "YarnError",
      "exception.message": "stuck",
      "exception.stacktrace": "YarnError: stuck\n at x",
    };
    expect(parsed(log(thrown), LOGS).text).toBe("the shuttle is stuck\nYarnError\nYarnError: stuck\n at x");
    expect(parsed(log({}, { body: undefined, eventName: "loom.stopped" }), LOGS).text).toBe("loom.stopped");
  });

  test("without a time it is when it was observed, else when it was received", () => {
    const ts = (more: object) => parsed(log({}, more), LOGS).ts;
    expect(ts({ timeUnixNano: "0" })).toBe(BEGAN + 1);
    expect(ts({ timeUnixNano: undefined, observedTimeUnixNano: undefined })).toBe(NOW - 1000);
    const late = parsed(log({}, { timeUnixNano: nanos(9e9), observedTimeUnixNano: nanos(9e9) }), LOGS);
    expect([late.ts, problems(late)]).toEqual([NOW - 1000, ["the record is of the future"]]);
  });

  test("the same record is the same event, however its numbers are written; an equal one in the request is another", () => {
    const id = (more: object, given: object = {}) => parsed(log({ count: 5 }, more), { ...LOGS, ...given }).eventId;
    const first = id({});
    expect(id({ attributes: [{ key: "count", value: { intValue: 5 } }], droppedAttributesCount: 0, traceId: "" })).toBe(
      first,
    );
    expect(id({}, { n: 1 })).not.toBe(first);
    expect(id({ body: { stringValue: "it runs again" } })).not.toBe(first);
    expect(id({}, { resource: { "service.name": "loom", "service.instance.id": "2" } })).not.toBe(first);
  });
});

describe("metrics", () => {
  const metric = (data: object, more: object = {}) => ({ name: "loom.rows", unit: "{row}", ...data, ...more });
  const point = (values: object) => ({
    timeUnixNano: nanos(5),
    attributes: [{ key: "side", value: { stringValue: "left" } }],
    ...values,
  });

  test.each([
    ["a delta", { sum: { aggregationTemporality: 1, dataPoints: [point({ asInt: "7" })] } }, "sum", true, 7],
    [
      "a running total",
      { sum: { aggregationTemporality: 2, dataPoints: [point({ asDouble: 7.5 })] } },
      "sum",
      false,
      7.5,
    ],
    ["a gauge", { gauge: { dataPoints: [point({ asInt: 3 })] } }, "gauge", false, 3],
    [
      "a histogram",
      { histogram: { aggregationTemporality: 1, dataPoints: [point({ count: "2", sum: 9 })] } },
      "histogram",
      true,
      9,
    ],
    [
      "an exponential one",
      { exponentialHistogram: { dataPoints: [point({ count: "2", sum: 4 })] } },
      "histogram",
      false,
      4,
    ],
    ["a summary", { summary: { dataPoints: [point({ count: "2", sum: 1 })] } }, "summary", false, 1],
  ])("%s has its value", (_, data, metricKind, isDelta, value) => {
    const event = parsed(metric(data), METRICS);
    checkEvent(event);
    expect(event).toMatchObject({ type: "otel.metric", text: "", sessionId: UNCORRELATED_SESSION });
    const attributes = { "service.name": "loom", side: "left" };
    const fact = { kind: "metric", sessionId: null, name: "loom.rows", attributes, unit: "{row}" };
    expect(event.facts).toEqual([{ ...fact, metricKind, isDelta, value, ts: BEGAN + 5 }]);
  });

  test.each([
    ["no point", { sum: { dataPoints: [] } }, "the metric has no point"],
    ["no value", { gauge: { dataPoints: [point({ asDouble: "NaN" })] } }, "the metric has no value"],
  ])("a metric with %s is kept with a problem", (_, data, problem) => {
    const event = parsed(metric(data), METRICS);
    checkEvent(event);
    expect([problems(event), factsOf(event, "metric")]).toEqual([[problem], []]);
  });
});

test.each([
  ["{}"],
  ['{"signal":"traces"}'],
  ['{"signal":"smoke","item":{}}'],
  ['{"signal":"logs","problem":"an entry of logRecords is no object","raw":"5"}'],
  ['{"signal":"logs","item":[]}'],
  ["5"],
  ["null"],
])("%s is kept as a problem", (text) => {
  const event = parsedText(text);
  checkEvent(event);
  expect(event).toMatchObject({ type: "problem", sessionId: UNCORRELATED_SESSION });
  expect(problems(event)).toHaveLength(1);
});
