/** @module Loggers of other libraries carry the session; the libraries are played by what of them the adapters touch. */
import { Transform, type Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bind, configure, sessionId, withSession } from "./index.ts";
import { clewSink, type LogTapeRecord, sessionContextStorage, sessionFormatter, withSessionFields } from "./logtape.ts";
import { sessionAttributes, sessionLogRecordProcessor, sessionSpanProcessor } from "./otel.ts";
import { type PinoLike, sessionLogger, sessionMixin } from "./pino.ts";
import createPinoTransport from "./pino-transport.ts";
import { type Recorder, startRecording } from "./testing.ts";
import { ClewWinstonTransport, sessionFormat, sessionLineFormat, type WinstonInfo } from "./winston.ts";

let recorder: Recorder;
beforeEach(() => {
  recorder = startRecording();
});
afterEach(() => {
  expect(recorder.problems).toEqual([]);
  recorder.stop();
});

type Log = (data: unknown, message?: string) => void;
type FakePino = PinoLike &
  Record<"debug" | "info" | "error" | "fatal", Log> & { children: number; isLevelEnabled(level: string): boolean };

/** As pino does it: children inherit by prototype, and setting the level puts methods on the object itself. */
function fakePino(lines: string[]): FakePino {
  const values: Readonly<Record<string, number>> = { debug: 20, info: 30, error: 50, fatal: 60 };
  const symbol = Symbol("level");
  const prototype = {
    levels: { values },
    bound: "",
    get level(): string {
      return (this as unknown as Record<symbol, string>)[symbol]!;
    },
    set level(level: string) {
      (this as unknown as Record<symbol, string>)[symbol] = level;
      for (const [name, value] of Object.entries(values)) {
        (this as unknown as Record<string, Log>)[name] = function log(this: { bound: string }, data, message) {
          if (value < values[level]!) return;
          const object = typeof data === "string" ? { msg: data } : { ...(data as object), msg: message };
          lines.push(`{"level":${value}${this.bound},${JSON.stringify(object).slice(1)}`);
        };
      }
    },
    isLevelEnabled(level: string): boolean {
      return values[level]! >= values[(this as unknown as { level: string }).level]!;
    },
    child(this: PinoLike & { bound: string }, bindings: Record<string, unknown>, options: { level?: string } = {}) {
      root.children++;
      const child = Object.create(this) as PinoLike & { bound: string };
      child.bound =
        this.bound + JSON.stringify(bindings).replace(/^\{(.*)\}$/, (_, inner: string) => inner && `,${inner}`);
      child.level = options.level ?? this.level;
      return child;
    },
  };
  const root = Object.assign(Object.create(prototype) as FakePino, { children: 0 });
  root.level = "info";
  return root;
}

describe("pino", () => {
  test("every line carries its session, first of what is bound; one child for each session", async () => {
    const lines: string[] = [];
    const base = fakePino(lines);
    const logger = sessionLogger(base);
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        withSession({ name: `request ${number}`, phase: "two" }, async ({ id }) => {
          logger.info({ number }, "begins");
          await turn();
          logger.error("ends");
          return id;
        }),
      ),
    );
    expect(base.children).toBe(50);
    expect(lines).toHaveLength(100);
    for (const [number, id] of ids.entries()) {
      const own = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line.session_id === id);
      expect(own).toMatchObject([{ number, msg: "begins", phase: "two" }, { msg: "ends" }]);
    }
    expect(lines[0]).toMatch(/^\{"level":30,"session_id":"/);
    logger.info("outside");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ session_id: "in-progress", msg: "outside" });
  });

  test("child loggers, levels and bound fields work as before", () => {
    const lines: string[] = [];
    const base = fakePino(lines);
    const logger = sessionLogger(base);
    withSession({ id: "s1" }, () => {
      logger.debug("hidden");
      logger.level = "debug";
      expect(base.level).toBe("debug");
      logger.debug("shown");
      expect(logger.isLevelEnabled("debug")).toBe(true);
      const child = logger.child({ part: "db" }) as FakePino;
      child.info("from a child");
      bind({ user: 7 });
      child.info("bound");
      base.level = "error";
      logger.info("hidden again");
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: "shown", session_id: "s1" },
      { msg: "from a child", part: "db", session_id: "s1" },
      { msg: "bound", part: "db", session_id: "s1", user: 7 },
    ]);
    withSession({ id: "s2" }, () => expect(sessionMixin()).toMatchObject({ session_id: "s2" }));
  });

  test("a child that cannot be made is a problem of the SDK: the line is written without it", () => {
    const lines: string[] = [];
    const base = fakePino(lines);
    base.child = () => {
      throw new Error("frozen");
    };
    const logger = sessionLogger(base);
    withSession("one", () => logger.info("still here"));
    expect(lines).toHaveLength(1);
    expect(recorder.problems.map(({ code }) => code)).toEqual(["adapter"]);
    recorder.clear();
  });

  test("the transport hands on the lines of sessions, in whatever pieces they come", async () => {
    const stream = createPinoTransport();
    const lines = [
      {
        level: 40,
        time: 1_000,
        pid: 1,
        hostname: "h",
        session_id: "s1",
        workspace: "0123456789abcdef",
        msg: "größer",
        port: 80,
      },
      {
        level: 50,
        time: "1970-01-01T00:00:02.000Z",
        session_id: "s1",
        workspace: "0123456789abcdef",
        err: { message: "why" },
      },
      { level: 30, time: 3_000, session_id: "in-progress", msg: "outside" },
      [1],
    ];
    const bytes = Buffer.from(
      `${lines.map((line) => JSON.stringify(line)).join("\n")}\nno json\n{"level":10,"session_id":"s2","msg":"rest"}`,
    );
    for (const byte of bytes) stream.write(Buffer.from([byte]));
    await new Promise((resolve) => stream.end(resolve));
    expect(recorder.records).toMatchObject([
      {
        correlation_id: "0123456789abcdef:s1",
        type: "log",
        severity: "warn",
        message: "größer",
        ts: "1970-01-01T00:00:01.000Z",
        data: { port: 80 },
      },
      { severity: "error", message: "why", ts: "1970-01-01T00:00:02.000Z" },
      { severity: "debug", message: "rest" },
    ]);
    expect(recorder.records[0]!.data).toEqual({ port: 80 });
  });
});

const LEVEL = Symbol.for("level");
const MESSAGE = Symbol.for("message");

describe("winston", () => {
  const info = (more: object = {}): WinstonInfo =>
    ({ level: "warn", message: "careful", [LEVEL]: "warn", ...more }) as WinstonInfo;

  test("its formats put the session first, and make the line", () => {
    withSession({ id: "s1" }, () => {
      const out = sessionFormat().transform(info({ port: 80, session_id: "forged" })) as WinstonInfo;
      expect(Object.keys(out)[0]).toBe("session_id");
      expect(out).toMatchObject({ session_id: "s1", level: "warn", port: 80, [LEVEL]: "warn" });
      const line = sessionLineFormat({ logger: "app" }).transform({ ...out, timestamp: "2026-11-21T06:00:00.000Z" });
      expect((line as WinstonInfo)[MESSAGE]).toBe("[s1] - 2026-11-21T06:00:00.000Z - app - WARN - careful");
      const simple = sessionLineFormat({ format: "simple" }).transform(info({ level: "\u001b[33mwarn\u001b[39m" }));
      expect((simple as WinstonInfo)[MESSAGE]).toBe("[s1] - WARN - careful");
      const json = sessionLineFormat({ format: "json" }).transform(info({ port: 80, stack: "Error: x\n  at y" }));
      expect(JSON.parse(String((json as WinstonInfo)[MESSAGE]))).toMatchObject({
        session_id: "s1",
        port: 80,
        error: { stack: "Error: x\n  at y" },
      });
    });
  });

  test("its transport takes what a logger pipes into it", async () => {
    const transport: Writable & { log?: unknown } = new ClewWinstonTransport({ level: "warn" });
    // What winston asks of a transport.
    expect([(transport.log as () => void).length, transport.writableObjectMode, typeof transport.pipe]).toEqual([
      2,
      true,
      "function",
    ]);
    const logger = new Transform({ objectMode: true, transform: (chunk, _, done) => done(null, chunk) });
    logger.pipe(transport);
    withSession({ id: "s1", workspace: "0123456789abcdef" }, () => {
      for (const one of [info({ port: 80 }), info({ level: "info", [LEVEL]: "info" })])
        logger.write(sessionFormat().transform(one));
    });
    logger.end();
    await new Promise((resolve) => transport.on("finish", resolve));
    expect(recorder.ofType("log")).toMatchObject([
      { correlation_id: "0123456789abcdef:s1", severity: "warn", message: "careful", data: { port: 80 } },
    ]);
  });
});

describe("LogTape", () => {
  const record = (more: Partial<LogTapeRecord> = {}): LogTapeRecord => ({
    category: ["app", "db"],
    level: "warning",
    message: ["took ", 12, " ms of ", { a: 1 }],
    timestamp: Date.UTC(2026, 10, 21, 6),
    properties: {},
    ...more,
  });

  test("its context storage adds the session to every record, also inside its own contexts", () => {
    const storage = sessionContextStorage();
    withSession({ id: "outer" }, () => {
      // As LogTape's withContext does it.
      storage.run({ ...storage.getStore(), request: 1 }, () => {
        expect(storage.getStore()).toMatchObject({ request: 1, session_id: "outer" });
        withSession({ id: "inner" }, () => {
          expect(storage.getStore()).toMatchObject({ request: 1, session_id: "inner" });
        });
      });
    });
    expect(storage.getStore()).toMatchObject({ session_id: "in-progress" });
  });

  test("its sinks and formatters", () => {
    const seen: LogTapeRecord[] = [];
    const format = sessionFormatter();
    withSession({ id: "s1", workspace: "0123456789abcdef" }, () => {
      withSessionFields<LogTapeRecord>((one) => seen.push(one))(record({ properties: { port: 80 } }));
      expect(format(record())).toBe('[s1] - 2026-11-21T06:00:00.000Z - app.db - WARNING - took 12 ms of {"a":1}\n');
      clewSink()(record({ properties: { port: 80 } }));
    });
    expect(seen[0]!.properties).toMatchObject({ session_id: "s1", port: 80 });
    // A sink that runs later, outside, still knows.
    expect(format(seen[0]!)).toMatch(/^\[s1\] - /);
    expect(JSON.parse(sessionFormatter("json")(seen[0]!))).toMatchObject({ session_id: "s1" });
    clewSink()(seen[0]!);
    clewSink()(record());
    expect(recorder.ofType("log")).toMatchObject(
      [1, 2].map(() => ({
        correlation_id: "0123456789abcdef:s1",
        severity: "warn",
        message: 'took 12 ms of {"a":1}',
        data: { port: 80, logger: "app.db" },
      })),
    );
  });
});

describe("OpenTelemetry", () => {
  test("log records and spans get the session's attributes", async () => {
    const set = new Map<string, unknown>();
    const target = { setAttribute: (name: string, value: unknown) => set.set(name, value) };
    withSession({ id: "outer" }, () =>
      withSession({ id: "s1", workspace: "0123456789abcdef", phase: "two", tags: ["a"] }, () => {
        sessionLogRecordProcessor().onEmit(target);
        expect(Object.fromEntries(set)).toEqual({
          "session.id": "s1",
          "clew.correlation_id": "0123456789abcdef:s1",
          "clew.workspace": "0123456789abcdef",
          "clew.parent_session_id": "outer",
          "clew.phase": "two",
          "clew.tags": ["a"],
        });
        set.clear();
        sessionSpanProcessor().onStart(target);
        expect(Object.fromEntries(set)).toEqual(sessionAttributes());
      }),
    );
    await sessionLogRecordProcessor().forceFlush();
    await sessionSpanProcessor().shutdown();
    configure({});
    expect(sessionId()).toBe("in-progress");
    sessionSpanProcessor().onStart({
      setAttribute() {
        throw new Error("ended");
      },
    });
    expect(recorder.problems).toHaveLength(1);
    recorder.clear();
  });
});
