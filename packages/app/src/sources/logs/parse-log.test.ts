import { describe, expect, test } from "vitest";
import type { LogLineFact } from "../../model/telemetry.ts";
import { presentEvent } from "../present.ts";
import { parseSpooled, reparseSpooled, type SpooledEvent } from "../spooled.ts";
import { LOG_NOW, logBytes, logEvent, logFixture, recordsOf } from "./testing.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

function factOf(event: SpooledEvent): LogLineFact {
  return event.facts.find((fact): fact is LogLineFact => fact.kind === "log_line")!;
}

const read = (fixture: string) => recordsOf(logFixture(fixture)).map((text) => factOf(logEvent(text)));
const problems = (event: SpooledEvent) => event.facts.flatMap((fact) => (fact.kind === "problem" ? fact.reason : []));

/** Level, milliseconds after 09:40, logger, session, message. */
const gist = ({ level, ts, logger, sessionId, message }: LogLineFact) =>
  [level, ts === LOG_NOW ? "read" : ts - Date.UTC(2026, 10, 21, 9, 40), logger, sessionId, message] as const;

describe("formats", () => {
  test("pino", () => {
    const facts = read("pino.log");
    expect(facts.map(gist)).toEqual([
      ["info", 504, "shop", "order-7", "order placed"],
      ["error", 513, "shop", null, "it failed"],
      ["info", 514, null, null, "idle"],
    ]);
    expect(facts[0]).toMatchObject({ format: "pino", pid: 4711, host: "kiln", traceId: TRACE, spanId: SPAN });
    const [, failed = ""] = recordsOf(logFixture("pino.log"));
    expect(logEvent(failed).text).toBe("it failed\nTypeError: no such order\n    at find (/srv/shop/orders.js:12:9)");
  });

  test("bunyan", () => {
    const facts = read("bunyan.log");
    expect(facts.map(gist)).toEqual([
      ["warn", 504, "db", null, "slow"],
      ["fatal", 1000, "shop", null, "gone"],
    ]);
    expect(facts[1]).toMatchObject({ format: "bunyan", pid: 4711, host: "kiln" });
  });

  test("winston and LogTape", () => {
    const facts = read("winston.log");
    expect(facts.map(gist)).toEqual([
      ["warn", 534, null, "order-7", "slow"],
      ["error", 535, null, null, "no such order"],
    ]);
    expect(facts[0]).toMatchObject({ format: "winston", service: "shop" });
    const [tape] = read("logtape.log");
    expect(gist(tape!)).toEqual(["warn", 536, "shop.db", "order-7", 'slow "select"']);
    expect(tape).toMatchObject({ format: "logtape" });
  });

  test("other JSON under its usual names", () => {
    const facts = read("json.log");
    expect(facts.map(gist)).toEqual([
      ["error", 0, "shop.db", "order-7", "lost"],
      ["info", 1000, "shop.http", null, "ecs"],
      ["warn", 2000, "shop", null, "structlog"],
      ["fatal", 3250, null, null, "zap"],
      ["error", 4500, null, null, "gelf"],
      ["info", 5000, null, "order-8", 'a {"b":1} c'],
    ]);
    expect(facts.every(({ format }) => format === "json")).toBe(true);
    expect(facts[1]).toMatchObject({ service: "shop", traceId: TRACE, pid: 12, host: "kiln" });
    expect(facts[3]).toMatchObject({ service: "shop", traceId: TRACE, spanId: SPAN });
    expect(facts[5]).toMatchObject({ pid: 99 });
  });

  test("our bracketed form", () => {
    const facts = read("bracketed.log");
    expect(facts.map(gist)).toEqual([
      ["error", 0, "shop.db", "order-7", "lost the connection"],
      ["info", 1000, "shop", null, "idle"],
      ["warn", "read", null, "payment-1", "card declined"],
      ["info", 2007, "app.db", "job-1", "ready"],
    ]);
    expect(new Set(facts.map(({ format }) => format))).toEqual(new Set(["bracketed"]));
  });

  test("logfmt", () => {
    const facts = read("logfmt.log");
    expect(facts.map(gist)).toEqual([
      ["info", 0, "http", "order-7", 'ready to "go"'],
      ["warn", 1500 - 3_600_000, null, null, "slow"],
    ]);
    expect(facts[1]).toMatchObject({ format: "logfmt", service: "shop", pid: 12, traceId: TRACE });
  });

  test("Python's defaults, with tracebacks", () => {
    expect(read("python.log").map(gist)).toEqual([
      ["error", 123, "app.db", null, "query failed"],
      ["warn", 1000, null, null, "no name"],
      ["info", 2000, "app", null, "done"],
    ]);
    expect(logEvent(recordsOf(logFixture("python.log"))[0]!).text).toContain("RuntimeError: gave up\nand a line more");
    expect(read("python-basic.log").map(gist)).toEqual([
      ["warn", "read", "root", null, "disk is filling up"],
      ["error", "read", "app.db", null, "query failed"],
      ["info", "read", "app", null, "done"],
    ]);
    expect(new Set(read("python.log").map(({ format }) => format))).toEqual(new Set(["python"]));
  });

  test("plain text: a level only from a word at its start", () => {
    expect(read("plain.log").map(gist)).toEqual([
      ["info", "read", null, null, "Server listening on 3000"],
      ["error", "read", null, null, "no such file"],
      ["error", "read", null, null, "disk full"],
      ["error", "read", null, null, "Error: no such file"],
      ["info", "read", null, null, "key=value is no logfmt"],
      ["info", "read", null, null, "{not json"],
      ["warn", 0, null, null, "slow request"],
      ["debug", 1250, null, null, "cache miss"],
    ]);
    expect(read("plain.log").every(({ format }) => format === "plain")).toBe(true);
  });

  test("colours of a terminal are no part of a line", () => {
    const fact = factOf(logEvent("\u001b[31mERROR\u001b[0m it \u001b[1mfailed\u001b[22m"));
    expect(fact).toMatchObject({ level: "error", message: "it failed" });
  });

  test("a file's known format is believed", () => {
    expect(factOf(logEvent('{"level":30,"msg":"x"}', { format: "plain" }))).toMatchObject({ format: "plain" });
    expect(factOf(logEvent('{"level":"warn","msg":"x"}', { format: "pino" }))).toMatchObject({
      format: "pino",
      level: "warn",
    });
    expect(factOf(logEvent("level=info msg=x", { format: "json" }))).toMatchObject({ format: "plain" });
  });
});

describe("times", () => {
  test("without a zone they are of the reader's", () => {
    const line = "2026-07-01 10:00:00,000 - app - INFO - summer";
    expect(factOf(logEvent(line)).ts).toBe(Date.UTC(2026, 6, 1, 10));
    expect(factOf(logEvent(line, { zone: "Europe/Berlin" })).ts).toBe(Date.UTC(2026, 6, 1, 8));
    expect(factOf(logEvent(line.replace("07-01", "01-07"), { zone: "Europe/Berlin" })).ts).toBe(
      Date.UTC(2026, 0, 7, 9),
    );
    expect(factOf(logEvent(line, { zone: "No/Where" })).ts).toBe(Date.UTC(2026, 6, 1, 10));
    expect(factOf(logEvent("2026-07-01T10:00:00+05:30 x", { zone: "Europe/Berlin" })).ts).toBe(
      Date.UTC(2026, 6, 1, 4, 30),
    );
  });

  test("of the future they are not believed; an hour is", () => {
    const at = (time: number) => logEvent(JSON.stringify({ time, msg: "x", level: 30 }));
    expect(at(LOG_NOW + 3_600_000).ts).toBe(LOG_NOW + 3_600_000);
    const late = at(LOG_NOW + 30 * 24 * 3_600_000);
    expect([late.ts, problems(late)]).toEqual([LOG_NOW, ["future_time"]]);
  });

  test("seconds, micro- and nanoseconds", () => {
    for (const time of [
      1795254000,
      1795254000.0,
      1795254000000,
      1795254000000000,
      "1795254000000000000",
      "2026-11-21T09:40:00.000000000Z",
    ])
      expect(logEvent(JSON.stringify({ time, msg: "x" })).ts).toBe(Date.UTC(2026, 10, 21, 9, 40));
  });
});

describe("whose a line is", () => {
  test("the session that it names, else that of its surroundings, else nobody's", () => {
    const named = logEvent('{"msg":"x","correlation_id":"0123456789abcdef:job-2"}', {
      session: "job-1",
      project: "/home/ada/kiln",
    });
    expect(named).toMatchObject({
      sessionId: "job-2",
      agent: "script",
      cwd: "/home/ada/kiln",
      workspaceId: "0123456789abcdef",
    });
    expect(logEvent("x", { session: "job-1" })).toMatchObject({ sessionId: "job-1", agent: "script" });
    const nobody = logEvent('{"msg":"x","session_id":"in-progress","correlation_id":"w:in-progress"}');
    expect(nobody).toMatchObject({ sessionId: "uncorrelated", agent: "unknown", cwd: null });
    expect(factOf(nobody).sessionId).toBeNull();
  });

  test("what is no session's id names none", () => {
    for (const id of [5, "", "a b", "../x", "x".repeat(200), null, {}])
      expect(factOf(logEvent(JSON.stringify({ msg: "x", session_id: id }))).sessionId).toBeNull();
  });

  test("a subagent's root is its session's", () => {
    const root = "11111111-aaaa-4aaa-8aaa-000000000001";
    expect(logEvent("x", { session: `${root}.a1` })).toMatchObject({ sessionId: `${root}.a1`, rootSessionId: root });
  });
});

describe("ids", () => {
  const key = (fields: Parameters<typeof logEvent>[1], body = "x") => logEvent(body, fields).eventId;

  test("are the same however the file is renamed or compressed", () => {
    const names = [
      "app.log",
      "app.log.1",
      "app.log.12.gz",
      "app.log-20261121",
      "app.log.2026-11-21.gz",
      "app.log-2026-11-21_10-00",
      "app.log-1795254000",
    ];
    const keys = new Set(names.map((name) => key({ path: `/var/log/${name}` })));
    expect(keys.size).toBe(1);
    expect(key({ path: "/var/log/app-1.log" })).not.toBe([...keys][0]);
  });

  test("differ by place, generation and text", () => {
    const keys = [key({}), key({ offset: "1" }), key({ generation: "1" }), key({ path: "/b.log" }), key({}, "y")];
    expect(new Set(keys).size).toBe(5);
  });

  test("of a list's entries differ by their place", () => {
    const { path: _, ...fields } = { path: "", list: "1", key: "1-a" };
    const bytes = (texts: readonly string[]) => {
      const whole = logBytes(JSON.stringify(texts), fields).toString();
      return Buffer.from(whole.replace(/^path .*\n/m, ""));
    };
    const events = parseSpooled(bytes(["same", "same", "[1]"]), LOG_NOW);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
    expect(events.map(({ text }) => text)).toEqual(["same", "same", "[1]"]);
    expect(events.map((event) => factOf(event))).toMatchObject([{ path: null, fileOffset: null }, {}, {}]);
  });
});

describe("hostile lines", () => {
  test("are kept whole, with a problem where something could not be read", () => {
    const deep = `{"a":${"[".repeat(2000)}${"]".repeat(2000)}}`;
    expect(problems(logEvent(deep))).toEqual(["too_deep"]);
    expect(problems(logEvent('{"level":30,"msg":"torn'))).toEqual(["invalid_json"]);
    expect(problems(logEvent(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])))).toEqual([
      "invalid_utf8",
    ]);
    const long = logEvent(`{"msg":"${"x".repeat(10 * 1024 * 1024)}"}`);
    expect(problems(long)).toEqual(["too_long"]);
    expect(factOf(long).message).toHaveLength(500);
    expect(long.body.length).toBeGreaterThan(10 * 1024 * 1024);
    expect(long.text.length).toBeLessThanOrEqual(256 * 1024);
  });

  test("names of objects' own functions are no fields", () => {
    const fact = factOf(logEvent('{"__proto__":{"msg":"a"},"constructor":1,"msg":"b","toString":"c"}'));
    expect(fact).toMatchObject({ message: "b", logger: null });
    expect(factOf(logEvent("{}"))).toMatchObject({ message: "{}", service: null });
  });

  test("patterns take no longer for what does not match", () => {
    const nasty = [
      "[".repeat(50_000),
      `[a] - 2026-11-21${" - ".repeat(20_000)}`,
      `a=${'"\\'.repeat(50_000)}`,
      "2026-11-21 ".repeat(9000),
      `level=x ${"a=b ".repeat(20_000)}`,
    ];
    for (const text of nasty) expect(logEvent(text).type).toBe("log.info");
  });
});

describe("interaction logs", () => {
  const file = "/home/ada/kiln/logs/llm_interactions/session_20261121_094000.jsonl";
  const [first = "", second = "", third = ""] = logFixture("interactions.jsonl").split("\n");
  const event = (text: string) => logEvent(text, { path: file, format: "interaction" });

  test("a line is a call of a model", () => {
    expect(event(first)).toMatchObject({
      type: "interaction",
      sessionId: "20261121_094000",
      text: "user\nWhich glaze fits stoneware?\nA matt one.",
      ts: Date.UTC(2026, 10, 21, 9, 40),
      facts: [
        {
          kind: "model_call",
          by: "interaction",
          messageId: "msg_01",
          model: "claude-sonnet-5",
          usage: { inputTokens: 12, outputTokens: 5, cacheReadTokens: 100 },
          costMicros: 420,
          durationMs: 812,
          firstTokenMs: 120,
          finishReason: "end_turn",
          traceId: TRACE,
          spanId: SPAN,
          interaction: { file, number: 1 },
        },
      ],
    });
  });

  test("one that was made in no session belongs to its file's; what is none is a line", () => {
    expect(event(second)).toMatchObject({
      sessionId: "20261121_094000",
      facts: [{ sessionId: "20261121_094000", error: "APIError: overloaded", usage: null }],
    });
    expect(event(third)).toMatchObject({ type: "log.info", sessionId: "uncorrelated" });
    expect(presentEvent({ source: "log", type: "interaction", body: event(first).body }).blocks[0]).toEqual({
      kind: "notice",
      label: "call of a model",
      text: "anthropic claude-sonnet-5",
    });
  });
});

test("a line is shown with its level, logger, text and other fields", () => {
  const [placed = ""] = recordsOf(logFixture("pino.log"));
  const { body, text, type } = logEvent(placed);
  const shown = presentEvent({ source: "log", type, body });
  expect(shown).toEqual({
    text,
    role: "system",
    blocks: [
      { kind: "notice", label: "info shop", text: "order placed" },
      {
        kind: "attachment",
        label: "fields",
        text: `pid: 4711\nhostname: kiln\ntrace_id: ${TRACE}\nspan_id: ${SPAN}\norder: 7`,
      },
    ],
  });
  expect(presentEvent({ source: "log", type, body: Buffer.from("x") }).blocks).toHaveLength(1);
});

test("every fixture reads again as the same event, and its text is what the reader sees", () => {
  let events = 0;
  for (const name of [
    "pino",
    "bunyan",
    "winston",
    "logtape",
    "json",
    "bracketed",
    "logfmt",
    "python",
    "python-basic",
    "plain",
  ]) {
    for (const text of recordsOf(logFixture(`${name}.log`))) {
      const event = logEvent(text, { zone: "Europe/Berlin", service: "shop" });
      expect(reparseSpooled(event.body, LOG_NOW)).toEqual(event);
      const shown = presentEvent({ source: "log", type: event.type, body: event.body });
      expect(shown.text).toBe(event.text);
      expect(shown.blocks.length).toBeGreaterThan(0);
      events++;
    }
  }
  expect(events).toBeGreaterThan(25);
});
