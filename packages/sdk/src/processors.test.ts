/** @module What a processor or a problem handler does harms nobody else. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addProcessor, createMetrics, onProblem, problemCount, type SdkProblem, withSession } from "./index.ts";
import { report } from "./problems.ts";
import { type Recorder, startRecording } from "./testing.ts";

let recorder: Recorder;
beforeEach(() => {
  recorder = startRecording();
});
afterEach(() => recorder.stop());

describe("processors", () => {
  test("one that throws, one that rejects and one that never answers leave the others and the program alone", async () => {
    const seen: string[] = [];
    addProcessor({
      name: "thrower",
      onSessionStart: () => {
        throw new Error("start");
      },
      onEvent: () => {
        throw new Error("event");
      },
    });
    addProcessor({ name: "rejecter", onSessionStart: async () => Promise.reject(new Error("later")) });
    let hung = 0;
    addProcessor({
      name: "hanger",
      onEvent: () => {
        hung++;
        return new Promise(() => {});
      },
    });
    addProcessor({
      onSessionStart: ({ name }) => seen.push(`start ${name}`),
      onSessionEnd: ({ name, status, durationMs }) => seen.push(`end ${name} ${status} ${durationMs! >= 0}`),
      onEvent: ({ type }) => seen.push(type),
    });
    expect(await withSession("one", async () => 5)).toBe(5);
    expect(seen).toEqual(["session.start", "start one", "session.end", "end one completed true"]);
    await new Promise(setImmediate);
    expect(recorder.problems.map(({ message }) => message).sort()).toEqual([
      "rejecter.onSessionStart",
      "thrower.onEvent",
      "thrower.onEvent",
      "thrower.onSessionStart",
    ]);
    for (let number = 0; number < 2000; number++) withSession("more", () => {});
    expect(hung).toBe(1000);
    expect(recorder.sessions).toHaveLength(2001);
  });

  test("what a processor does inside is recorded by nobody, also later", async () => {
    let calls = 0;
    addProcessor({
      onEvent(_, session) {
        calls++;
        session.log("info", "again");
        withSession("from a processor", () => {});
        return Promise.resolve().then(() => session.log("info", "later"));
      },
    });
    withSession("one", (session) => session.log("info", "once"));
    await new Promise(setImmediate);
    expect(calls).toBe(3);
    expect(recorder.records.map(({ type }) => type)).toEqual(["session.start", "log", "session.end"]);
  });

  test("one that is removed is not called any more", () => {
    let calls = 0;
    const remove = addProcessor({ onSessionStart: () => calls++ });
    withSession("one", () => {});
    remove();
    withSession("two", () => {});
    expect(calls).toBe(1);
  });

  test("metrics count sessions by name, and events by type", () => {
    recorder.stop();
    let now = 1000;
    recorder = startRecording({ clock: () => now });
    const metrics = createMetrics();
    addProcessor(metrics);
    for (const duration of [10, 30, 20]) withSession("work", () => (now += duration));
    expect(() =>
      withSession({ trigger: "cron" }, () => {
        throw new Error("no");
      }),
    ).toThrow();
    withSession("open", () => {
      expect(metrics.snapshot()).toEqual({
        active: 1,
        sessions: {
          work: { started: 3, completed: 3, failed: 0, duration_ms: { total: 60, min: 10, max: 30, p50: 20, p95: 30 } },
          cron: { started: 1, completed: 0, failed: 1, duration_ms: { total: 0, min: 0, max: 0, p50: 0, p95: 0 } },
          open: { started: 1, completed: 0, failed: 0, duration_ms: { total: 0, min: 0, max: 0, p50: 0, p95: 0 } },
        },
        events: { "session.start": 5, "session.end": 4 },
      });
    });
    for (let number = 0; number < 3000; number++) withSession(`user ${number}`, () => {});
    expect(Object.keys(metrics.snapshot().sessions)).toHaveLength(1001);
    metrics.reset();
    expect(metrics.snapshot()).toEqual({ active: 0, sessions: {}, events: {} });
  });
});

describe("the channel for problems", () => {
  test("a handler that throws, or causes problems itself, is called once for each", () => {
    const seen: SdkProblem[] = [];
    onProblem((problem) => {
      seen.push(problem);
      report("settings", "from inside");
      withSession("from inside", (session) => session.log("error", "from inside"));
      throw new Error("handler");
    });
    report("spool", "one", new Error("disk"));
    expect(seen).toEqual([{ code: "spool", message: "one", cause: new Error("disk") }]);
    expect(problemCount()).toBe(2);
    expect(recorder.records).toEqual([]);
  });
});
