/** @module A session follows the code that it was opened around, and no other. */
import { AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  bind,
  bindCallback,
  bindEmitter,
  childEnv,
  configure,
  correlationId,
  currentSession,
  currentWorkspace,
  logFields,
  type Session,
  sessionId,
  startSession,
  trackSession,
  unbind,
  withSession,
} from "./index.ts";
import { type Recorder, startRecording } from "./testing.ts";

let recorder: Recorder;
beforeEach(() => {
  recorder = startRecording();
});
afterEach(() => {
  expect(recorder.problems).toEqual([]);
  recorder.stop();
});

const endOf = (session: Session) => recorder.ofSession(session.id).find(({ type }) => type === "session.end")?.data;

describe("withSession", () => {
  test("10,000 at once, through await, timers, emitters and nested sessions: none has another's id", async () => {
    const shared = new EventEmitter().setMaxListeners(0);
    const wrong: string[] = [];
    const check = (expected: string, where: string): void => {
      if (sessionId() !== expected || logFields().session_id !== expected) wrong.push(`${where}: ${sessionId()}`);
    };
    const one = (number: number): Promise<void> =>
      withSession({ name: `request ${number}`, id: `r${number}` }, async (session) => {
        const id = session.id;
        check(id, "at first");
        await turn();
        check(id, "after a turn");
        await new Promise<void>((resolve) => {
          setTimeout(() => {
            check(id, "in a timer");
            process.nextTick(() => {
              check(id, "in a tick");
              resolve();
            });
          }, number % 7);
        });
        const own = bindEmitter(new EventEmitter());
        own.on("event", () => check(id, "in an own emitter's listener"));
        shared.once(
          `event ${number}`,
          bindCallback(() => check(id, "in a shared emitter's listener")),
        );
        shared.once(
          `event ${number}`,
          AsyncResource.bind(() => check(id, "in an async resource")),
        );
        await withSession(`inner ${number}`, async (inner) => {
          await wait(number % 3);
          if (inner.parentId !== id) wrong.push("parent");
          check(inner.id, "inside");
        });
        check(id, "after the inner one");
        withSession("outside", () => own.emit("event"));
        await Promise.all([wait(1), turn()]);
        check(id, "at last");
      });
    const all = Array.from({ length: 10_000 }, (_, number) => one(number));
    for (let round = 0; round < 20; round++) {
      check("in-progress", "outside");
      await wait(5);
      for (let number = 0; number < 10_000; number++) shared.emit(`event ${number}`);
    }
    await Promise.all(all);
    for (let number = 0; number < 10_000; number++) shared.emit(`event ${number}`);
    expect(wrong).toEqual([]);
    expect(recorder.ofType("session.end")).toHaveLength(30_000);
    expect(new Set(recorder.records.map(({ id }) => id)).size).toBe(60_000);
  });

  test("answers what the function answers, sync or async", async () => {
    expect(withSession("sync", () => 7)).toBe(7);
    const promise = withSession("async", async () => 8);
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe(8);
    expect(recorder.sessions.map(({ status }) => status)).toEqual(["completed", "completed"]);
  });

  test.each([
    ["an error", new TypeError("no such thing"), "TypeError: no such thing"],
    ["a text", "just a text", "string: just a text"],
    ["nothing", undefined, "undefined: undefined"],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("hostile");
          },
        },
      ),
      "object: [unprintable]",
    ],
  ])("records a failure with %s and throws the same", async (_, thrown, result) => {
    const caught: unknown[] = [];
    try {
      withSession("sync", () => {
        throw thrown;
      });
    } catch (error) {
      caught.push(error);
    }
    await withSession("async", () => Promise.reject(thrown)).catch((error: unknown) => caught.push(error));
    expect(caught.length).toBe(2);
    expect(caught.every((error) => Object.is(error, thrown))).toBe(true);
    for (const session of recorder.sessions) {
      expect(session.status).toBe("failed");
      expect(endOf(session)).toMatchObject({ status: "failed", result });
    }
  });

  test("a nested session is a child; it inherits workspace, trace, phase and bound fields", () => {
    withSession({ name: "outer", phase: "two", workspace: "0123456789abcdef", tags: ["a"] }, (outer) => {
      bind({ user: 1 });
      withSession("inner", (inner) => {
        expect(inner.parentId).toBe(outer.id);
        expect(inner.traceId).toBe(outer.traceId);
        expect(inner.spanId).not.toBe(outer.spanId);
        expect(logFields()).toEqual({
          session_id: inner.id,
          correlation_id: `0123456789abcdef:${inner.id}`,
          workspace: "0123456789abcdef",
          phase: "two",
          trace_id: outer.traceId,
          span_id: inner.spanId,
          user: 1,
        });
        expect(Object.keys(logFields())[0]).toBe("session_id");
      });
      withSession({ name: "apart", parent: null }, (apart) => expect(apart.parentId).toBeNull());
      withSession({ name: "elsewhere", parent: "another" }, (other) => expect(other.parentId).toBe("another"));
    });
    expect(recorder.ofType("session.start")[1]!.data).toMatchObject({
      parent_session_id: recorder.sessions[0]!.id,
      name: "inner",
      agent: "script",
      pid: process.pid,
    });
  });

  test("a caller's headers make its session the parent", () => {
    const headers = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "clew-correlation-id": "0123456789abcdef:caller-1",
    };
    for (const given of [headers, new Headers(headers)]) {
      withSession({ headers: given }, (session) => {
        expect(session.parentId).toBe("caller-1");
        expect(session.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
      });
    }
    expect(recorder.ofType("session.start")[0]!.data).toMatchObject({ caller_span_id: "b7ad6b7169203331" });
    withSession({ headers: { traceparent: "00-zz", "clew-correlation-id": "x:../../etc" } }, (session) => {
      expect(session.parentId).toBeNull();
      expect(session.traceId).toMatch(/^[0-9a-f]{32}$/);
    });
  });

  test("an id that could not stand in a log line or a file name is replaced", () => {
    for (const id of ["a b", "x]\n[y", "../up", ""])
      withSession({ id }, (session) => expect(session.id).toMatch(/^h-[0-9a-f]{32}$/));
    withSession({ id: "20251105_143052" }, (session) => expect(session.id).toBe("20251105_143052"));
  });

  test("options that are no options are a problem of the SDK, not of the program", () => {
    const hostile = {
      get name(): string {
        throw new Error("hostile");
      },
    };
    for (const options of [
      undefined,
      null,
      { tags: 5 },
      { workspace: 5 },
      { headers: 5, data: hostile },
      hostile,
    ] as never[]) {
      expect(withSession(options, (session) => session.id)).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(withSession({ id: 42 as never }, () => sessionId())).toBe("42");
    const session = startSession();
    session.end({ result: 5 as never, data: hostile });
    expect(session.status).toBe("completed");
    expect(recorder.problems.every(({ code }) => code === "settings" || code === "encode")).toBe(true);
    expect(recorder.problems.length).toBeGreaterThan(3);
    recorder.clear();
  });

  test("one that is not to be recorded has an id and leaves no record, nor do those inside it", () => {
    withSession({ record: false }, () => withSession("inner", (inner) => inner.log("info", "nothing")));
    expect(recorder.records).toEqual([]);
    expect(recorder.sessions).toHaveLength(2);
  });
});

describe("startSession", () => {
  test("the code after it is part of it until its end", async () => {
    expect(sessionId()).toBe("in-progress");
    const outer = startSession("outer");
    expect(sessionId()).toBe(outer.id);
    const late = wait(5).then(() => sessionId());
    const inner = startSession({ name: "inner" });
    expect(inner.parentId).toBe(outer.id);
    inner.end({ result: "four of five" });
    inner.end();
    inner.fail(new Error("too late"));
    expect(sessionId()).toBe(outer.id);
    await turn();
    expect(sessionId()).toBe(outer.id);
    outer.fail(new Error("broke"));
    expect(sessionId()).toBe("in-progress");
    expect(await late).toBe(outer.id);
    expect(endOf(inner)).toMatchObject({ status: "completed", result: "four of five" });
    expect(recorder.ofSession(inner.id)).toHaveLength(2);
    expect(outer.error).toMatchObject({ name: "Error", message: "broke" });
  });

  test("does not leak out of withSession", () => {
    withSession("around", (around) => {
      startSession("left open");
      expect(currentSession()?.parentId).toBe(around.id);
    });
    expect(sessionId()).toBe("in-progress");
  });
});

describe("trackSession", () => {
  test("keeps type, this, name and length", async () => {
    const counter = {
      count: 2,
      add: trackSession("add", async function add(this: { count: number }, by: number, _unused: string) {
        await turn();
        return [this.count + by, sessionId()] as const;
      }),
    };
    const [sum, id] = await counter.add(3, "");
    expect(sum).toBe(5);
    expect(id).toBe(recorder.sessions[0]!.id);
    expect([counter.add.name, counter.add.length]).toEqual(["add", 2]);
    expect(recorder.sessions[0]!.name).toBe("add");
    trackSession({ trigger: "cron" }, function nightly() {})();
    expect(recorder.sessions[1]).toMatchObject({ name: "nightly", trigger: "cron", status: "completed" });
  });

  test("a generator's session lasts until it is done, and covers each of its steps", async () => {
    const numbers = trackSession("numbers", async function* numbers(last: number) {
      for (let number = 1; number <= last; number++) {
        await turn();
        yield sessionId();
      }
    });
    const seen = new Set<string>();
    for await (const id of numbers(3)) {
      seen.add(id);
      expect(sessionId()).toBe("in-progress");
      expect(recorder.sessions[0]!.status).toBe("active");
    }
    expect([...seen]).toEqual([recorder.sessions[0]!.id]);
    expect(recorder.sessions[0]!.status).toBe("completed");
    for await (const _ of numbers(3)) break;
    expect(recorder.sessions[1]!.status).toBe("completed");
    const failing = trackSession("failing", function* failing(): Generator<number> {
      yield 1;
      throw new Error("after one");
    });
    expect(() => [...failing()]).toThrow("after one");
    expect(recorder.sessions[2]!.status).toBe("failed");
  });
});

describe("bind and unbind", () => {
  test("fields are those of the code that binds them, and of what it starts", async () => {
    await withSession("bound", async (session) => {
      bind({ user: 1, step: "a", session_id: "forged", workspace: "forged" });
      const inner = bind({ step: "b" }, () => logFields());
      expect(inner).toMatchObject({ user: 1, step: "b", session_id: session.id });
      const branches = await Promise.all(
        ["x", "y"].map(async (branch) => {
          bind({ branch });
          await turn();
          return logFields().branch;
        }),
      );
      expect(branches).toEqual(["x", "y"]);
      expect(logFields().step).toBe("a");
      unbind("step");
      expect(logFields()).not.toHaveProperty("step");
      expect(logFields().user).toBe(1);
      unbind();
      expect(logFields()).not.toHaveProperty("user");
      expect(logFields().workspace).toBe(session.workspace.id);
    });
    expect(logFields()).not.toHaveProperty("user");
  });

  test("phase and tags can be replaced", () => {
    withSession({ phase: "one" }, () => {
      bind({ phase: "two" });
      expect(logFields().phase).toBe("two");
    });
  });
});

describe("outside any session", () => {
  test("the id is in-progress", () => {
    expect(currentSession()).toBeNull();
    expect(correlationId()).toBe(`${currentWorkspace().id}:in-progress`);
    expect(logFields()).toEqual({
      session_id: "in-progress",
      correlation_id: correlationId(),
      workspace: currentWorkspace().id,
    });
  });

  test("a session that the environment names is joined, and neither started nor ended", () => {
    configure({
      env: {
        CLEW_SESSION_ID: "outer-1",
        CLEW_PARENT_SESSION_ID: "outer-0",
        CLEW_CORRELATION_ID: "fedcba9876543210:outer-1",
        TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      },
    });
    expect(correlationId()).toBe("fedcba9876543210:outer-1");
    const adopted = currentSession()!;
    expect(adopted).toMatchObject({
      isAdopted: true,
      parentId: "outer-0",
      traceId: "0af7651916cd43dd8448eb211c80319c",
    });
    adopted.end();
    adopted.fail(new Error("not ours"));
    expect(adopted.status).toBe("active");
    withSession("inner", (inner) => {
      expect(inner.parentId).toBe("outer-1");
      expect(inner.traceId).toBe(adopted.traceId);
      expect(inner.workspace.id).toBe("fedcba9876543210");
    });
    adopted.log("info", "said in it");
    expect(recorder.ofSession("outer-1").map(({ type }) => type)).toEqual(["log"]);
  });

  test.each<[string, { readonly client?: string; readonly around?: string; readonly parent?: string }, string]>([
    ["only ours", {}, "ours"],
    [
      "a client inside: it is not the one that was there when ours was given",
      { client: "inner", around: "outer" },
      "inner",
    ],
    ["a client inside, and none around", { client: "inner", around: "" }, "inner"],
    ["a client around", { client: "outer", around: "outer" }, "ours"],
    [
      "a client around, by one that does not say so but names it as parent",
      { client: "outer", parent: "outer" },
      "ours",
    ],
    ["a client, and nothing is known of it", { client: "some" }, "some"],
    ["a client that is the session", { client: "ours", around: "" }, "ours"],
    ["no client id", { client: "a b", around: "outer" }, "ours"],
  ])("of two sessions that are named the nearer one is joined: %s", (_, { client, around, parent }, expected) => {
    configure({
      env: {
        CLEW_SESSION_ID: "ours",
        CLEW_WORKSPACE: "0123456789abcdef",
        CLAUDE_CODE_SESSION_ID: client,
        CLEW_CLIENT_SESSION_ID: around,
        CLEW_PARENT_SESSION_ID: parent,
      },
    });
    expect(sessionId()).toBe(expected);
    const isOurs = expected === "ours";
    expect(currentSession()!.parentId).toBe((isOurs && parent) || null);
    // What came with ours says nothing of another.
    expect(currentSession()!.workspace.id === "0123456789abcdef").toBe(isOurs);
  });

  test("what a session hands to its children tells a client around it from one inside", () => {
    for (const client of ["around", undefined]) {
      configure({ env: { CLAUDE_CODE_SESSION_ID: client } });
      const env = withSession({ id: "ours" }, () => childEnv());
      expect(env.CLEW_CLIENT_SESSION_ID).toBe(client ?? "");
      configure({ env: { ...env, CLAUDE_CODE_SESSION_ID: client } });
      expect(sessionId()).toBe("ours");
      configure({ env: { ...env, CLAUDE_CODE_SESSION_ID: "inside" } });
      expect(sessionId()).toBe("inside");
    }
  });

  test("what an environment holds may be anything", () => {
    for (const bad of ["", "a b", "../x", "x".repeat(200), "\u001b[31m"]) {
      configure({ env: { CLEW_SESSION_ID: bad, CLEW_WORKSPACE: bad, TRACEPARENT: bad, CLEW_PARENT_SESSION_ID: bad } });
      expect(sessionId()).toBe("in-progress");
    }
    configure({ env: { CLAUDE_CODE_SESSION_ID: "3646aa6f-99b8-46bd-8636-2c7a4696884e" } });
    expect(sessionId()).toBe("3646aa6f-99b8-46bd-8636-2c7a4696884e");
    configure({ env: { TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } });
    withSession("first", ({ traceId }) => expect(traceId).toBe("0af7651916cd43dd8448eb211c80319c"));
  });
});
