/** @module The logging libraries themselves, as they are installed: every line carries the session that wrote it, in JSON and as text. */
import { Writable } from "node:stream";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import {
  configure as configureLogtape,
  getLogger,
  type LogRecord,
  reset as resetLogtape,
  withContext,
} from "@logtape/logtape";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import winston from "winston";
import { createConsoleLogger } from "./console.ts";
import { bind, type Session, withSession } from "./index.ts";
import { clewSink, sessionContextStorage, sessionFormatter } from "./logtape.ts";
import { sessionLogRecordProcessor } from "./otel.ts";
import { sessionLogger, sessionMixin } from "./pino.ts";
import { type Recorder, startRecording } from "./testing.ts";
import { ClewWinstonTransport, sessionFormat, sessionLineFormat } from "./winston.ts";

let recorder: Recorder;
beforeEach(() => {
  recorder = startRecording();
});
afterEach(() => {
  expect(recorder.problems).toEqual([]);
  recorder.stop();
});

type Line = Record<string, unknown>;

/** A stream that keeps what is written to it. */
function keep(): { readonly stream: Writable; readonly texts: string[]; readonly lines: () => Line[] } {
  const texts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      texts.push(String(chunk));
      done();
    },
  });
  const lines = () =>
    texts
      .join("")
      .split("\n")
      .filter(Boolean)
      .map((text) => JSON.parse(text) as Line);
  return { stream, texts, lines };
}

const options = { id: "s1", workspace: "0123456789abcdef", phase: "two", tags: ["nightly", "a"] };
const fieldsOf = ({ traceId, spanId }: Session) => ({
  session_id: "s1",
  correlation_id: "0123456789abcdef:s1",
  workspace: "0123456789abcdef",
  phase: "two",
  tags: ["nightly", "a"],
  trace_id: traceId,
  span_id: spanId,
});
const FIELD_NAMES = ["session_id", "correlation_id", "workspace", "phase", "tags", "trace_id", "span_id"];
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

describe("pino", () => {
  test("session fields come first of what is bound, in their order; children, levels, redaction and errors stay pino's", () => {
    const { stream, lines, texts } = keep();
    const log = sessionLogger(pino({ redact: ["card"], serializers: { port: (port: number) => port + 1 } }, stream));
    const fields = withSession(options, (session) => {
      log.info({ port: 80, card: "4111" }, "ready %s", "now");
      const child = log.child({ part: "db" }, { level: "debug" });
      child.debug("asked");
      bind({ user: 7 });
      child.error(new Error("no such column"));
      log.debug("hidden");
      log.level = "debug";
      log.debug("shown");
      expect([log.isLevelEnabled("debug"), child.bindings()]).toEqual([true, expect.objectContaining({ part: "db" })]);
      return fieldsOf(session);
    });
    log.info("outside");
    const [first, asked, failed, shown, outside] = lines();
    expect(texts).toHaveLength(5);
    expect(Object.keys(first!).filter((name) => !["level", "time", "pid", "hostname"].includes(name))).toEqual([
      ...FIELD_NAMES,
      "port",
      "card",
      "msg",
    ]);
    expect(first).toMatchObject({ ...fields, port: 81, card: "[Redacted]", msg: "ready now", level: 30 });
    expect(asked).toMatchObject({ ...fields, part: "db", msg: "asked" });
    expect(failed).toMatchObject({ ...fields, user: 7, err: { message: "no such column", type: "Error" } });
    expect(shown).toMatchObject({ ...fields, msg: "shown" });
    expect(outside).toMatchObject({ session_id: "in-progress", msg: "outside" });
    expect(outside).not.toHaveProperty("trace_id");
  });

  test("2,000 tasks at once, each with its session: no line has another's id, and each session has one child logger", async () => {
    const { stream, lines } = keep();
    const base = pino({ base: null, timestamp: false }, stream);
    let children = 0;
    const make = base.child.bind(base);
    base.child = ((...args: Parameters<typeof make>) => {
      children++;
      return make(...args);
    }) as typeof base.child;
    const log = sessionLogger(base);
    const mixed = pino({ mixin: sessionMixin, base: null, timestamp: false }, stream);
    await Promise.all(
      Array.from({ length: 2000 }, (_, number) =>
        withSession({ id: `r${number}` }, async () => {
          log.info({ of: `r${number}` }, "one");
          await wait(number % 5);
          log.info({ of: `r${number}` }, "two");
          await turn();
          await withSession({ id: `r${number}.inner` }, async () => {
            await turn();
            log.warn({ of: `r${number}.inner` }, "three");
          });
          process.nextTick(() => log.info({ of: `r${number}` }, "four"));
          mixed.info({ of: `r${number}` }, "five");
          await turn();
        }),
      ),
    );
    const written = lines();
    expect(written).toHaveLength(10_000);
    expect(written.filter(({ session_id, of }) => session_id !== of)).toEqual([]);
    expect(children).toBe(4000);
  });
});

describe("winston", () => {
  test("JSON and text lines, and what its transport hands to Clew", async () => {
    const json = keep();
    const own = keep();
    const text = keep();
    const { combine, timestamp, json: asJson, errors, label, splat } = winston.format;
    const log = winston.createLogger({
      level: "debug",
      format: combine(errors({ stack: true }), splat(), label({ label: "app" }), timestamp(), sessionFormat()),
      transports: [
        new winston.transports.Stream({ stream: json.stream, format: asJson({ deterministic: false }) }),
        new winston.transports.Stream({ stream: own.stream, format: sessionLineFormat({ format: "json" }) }),
        new winston.transports.Stream({ stream: text.stream, format: sessionLineFormat() }),
        new ClewWinstonTransport({ level: "warn" }),
      ],
    });
    const fields = withSession(options, (session) => {
      log.info("ready %s", "now", { port: 80 });
      log.child({ part: "db" }).warn("slow\n[forged] - line");
      log.error(new Error("no such column"));
      return fieldsOf(session);
    });
    log.debug("outside");
    log.end();
    await new Promise((resolve) => log.once("finish", resolve));
    await turn();
    const [first, slow, failed, outside] = json.lines();
    expect(Object.keys(first!).slice(0, 7)).toEqual(FIELD_NAMES);
    expect(first).toMatchObject({ ...fields, level: "info", message: "ready now", port: 80 });
    expect(Object.keys(own.lines()[0]!).slice(0, 7)).toEqual(FIELD_NAMES);
    expect(own.lines()).toMatchObject([
      { ...fields, level: "info", logger: "app", message: "ready now", port: 80 },
      { ...fields, part: "db" },
      { ...fields, error: { stack: expect.stringContaining("no such column") } },
      { session_id: "in-progress" },
    ]);
    expect(slow).toMatchObject({ ...fields, part: "db" });
    expect(failed).toMatchObject({ ...fields, message: "no such column" });
    expect(outside).toMatchObject({ session_id: "in-progress" });
    const printed = text.texts.join("").split("\n");
    expect(printed[0]).toMatch(new RegExp(`^\\[s1\\] - ${TIME} - app - INFO - ready now$`));
    expect(printed[1]).toMatch(new RegExp(`^\\[s1\\] - ${TIME} - app - WARN - slow$`));
    expect(printed[2]).toBe("    [forged] - line");
    expect(printed[3]).toMatch(new RegExp(`^\\[s1\\] - ${TIME} - app - ERROR - no such column$`));
    expect(printed.filter((line) => line.startsWith("["))).toHaveLength(4);
    const { session_id: _, correlation_id: __, workspace: ___, ...more } = fields;
    expect(recorder.ofType("log")).toMatchObject([
      { correlation_id: "0123456789abcdef:s1", severity: "warn", data: { ...more, part: "db" } },
      { correlation_id: "0123456789abcdef:s1", severity: "error", message: "no such column" },
    ]);
  });
});

describe("LogTape", () => {
  afterEach(() => resetLogtape());

  test("JSON and text lines, its own contexts, and what its sink hands to Clew", async () => {
    const seen: LogRecord[] = [];
    const [json, text] = [sessionFormatter("json"), sessionFormatter()];
    const texts: string[] = [];
    const jsons: string[] = [];
    await configureLogtape({
      contextLocalStorage: sessionContextStorage(),
      sinks: {
        all: (record) => {
          seen.push(record);
          texts.push(text(record));
          jsons.push(json(record));
        },
        clew: clewSink(),
      },
      loggers: [
        { category: "app", lowestLevel: "debug", sinks: ["all", "clew"] },
        { category: ["logtape", "meta"], sinks: [] },
      ],
    });
    const log = getLogger(["app", "db"]);
    const fields = await withSession(options, async (session) => {
      log.info("took {ms} ms", { ms: 12 });
      await withContext({ request: 1 }, async () => {
        await turn();
        log.with({ part: "pool" }).error("failed {error}", { error: new Error("why") });
        withSession({ id: "inner" }, () => log.debug("inside"));
      });
      return fieldsOf(session);
    });
    log.warn("outside");
    const parsed = jsons.map((line) => JSON.parse(line) as Line);
    expect(Object.keys(parsed[0]!).slice(0, 7)).toEqual(FIELD_NAMES);
    expect(parsed[0]).toMatchObject({ ...fields, ms: 12, message: "took 12 ms", level: "info", logger: "app.db" });
    expect(parsed[1]).toMatchObject({ ...fields, request: 1, part: "pool", error: { message: "why" } });
    expect(parsed[2]).toMatchObject({ session_id: "inner", request: 1 });
    expect(parsed[3]).toMatchObject({ session_id: "in-progress" });
    expect(texts[0]).toMatch(new RegExp(`^\\[s1\\] - ${TIME} - app\\.db - INFO - took 12 ms\\n$`));
    expect(texts[1]).toMatch(new RegExp(`^\\[s1\\] - ${TIME} - app\\.db - ERROR - failed `));
    expect(seen[0]!.properties).toMatchObject({ ...fields, ms: 12 });
    expect(recorder.ofType("log")).toMatchObject([
      { correlation_id: "0123456789abcdef:s1", severity: "info", message: "took 12 ms", data: { ms: 12 } },
      { correlation_id: "0123456789abcdef:s1", severity: "error", data: { request: 1, part: "pool" } },
      { correlation_id: expect.stringMatching(/:inner$/), severity: "debug" },
    ]);
  });

  test("500 tasks at once: no record has another's id", async () => {
    const wrong: unknown[] = [];
    let count = 0;
    await configureLogtape({
      contextLocalStorage: sessionContextStorage(),
      sinks: {
        check: ({ properties }) => {
          count++;
          if (properties.session_id !== properties.of) wrong.push(properties);
        },
      },
      loggers: [
        { category: "app", sinks: ["check"] },
        { category: ["logtape", "meta"], sinks: [] },
      ],
    });
    const log = getLogger("app");
    await Promise.all(
      Array.from({ length: 500 }, (_, number) =>
        withSession({ id: `r${number}` }, () =>
          withContext({ outer: number }, async () => {
            await wait(number % 3);
            log.info("one", { of: `r${number}` });
            await turn();
            withSession({ id: `r${number}.inner` }, () => log.info("two", { of: `r${number}.inner` }));
          }),
        ),
      ),
    );
    expect([count, wrong]).toEqual([1000, []]);
  });
});

describe("console", () => {
  test("the text form, simple and detailed, and JSON", () => {
    const printed: string[] = [];
    const print = (line: string): void => void printed.push(line);
    const fields = withSession(options, (session) => {
      for (const format of ["simple", "detailed", "json"] as const)
        createConsoleLogger({ name: "app", format, print }).warn("slow", { ms: 12 });
      return fieldsOf(session);
    });
    expect(printed[0]).toBe("[s1] - WARN - slow");
    expect(printed[1]).toMatch(new RegExp(`^\\[s1\\] - ${TIME} - app - WARN - slow$`));
    const json = JSON.parse(printed[2]!) as Line;
    expect(Object.keys(json).slice(0, 7)).toEqual(FIELD_NAMES);
    expect(json).toMatchObject({ ...fields, ms: 12, logger: "app", level: "warn", message: "slow" });
  });
});

describe("OpenTelemetry logs", () => {
  test("log records carry the session", async () => {
    const exporter = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({
      processors: [sessionLogRecordProcessor(), new SimpleLogRecordProcessor({ exporter })],
    });
    const log = provider.getLogger("app");
    withSession(options, () => log.emit({ body: "ready", attributes: { port: 80 } }));
    log.emit({ body: "outside" });
    await provider.forceFlush();
    const [inside, outside] = exporter.getFinishedLogRecords();
    expect(inside!.attributes).toEqual({
      port: 80,
      "session.id": "s1",
      "clew.correlation_id": "0123456789abcdef:s1",
      "clew.workspace": "0123456789abcdef",
      "clew.phase": "two",
      "clew.tags": ["nightly", "a"],
    });
    expect(outside!.attributes["session.id"]).toBe("in-progress");
    await provider.shutdown();
  });
});
