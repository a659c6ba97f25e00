import { describe, expect, test } from "vitest";
import { eventIdOf } from "../base/ids.ts";
import { facts, TEST_NOW } from "./claude/testing.ts";
import {
  AT,
  events,
  fixtureBody,
  hook,
  hookBody,
  own,
  ownRecord,
  problems,
  SESSION,
  spoolBytes,
} from "./hooks/testing.ts";
import { parseSpooled, UNKNOWN_SESSION } from "./spooled.ts";
import { hexOf } from "./spooled-event.ts";

describe("ids", () => {
  test("a hook's event: the file's name and the body", () => {
    const body = fixtureBody("stop");
    const event = hook(body);
    const naturalKey = `hook:0001.rec:${hexOf(body, 16)}`;
    expect(event).toMatchObject({ naturalKey, eventId: eventIdOf(naturalKey) });
    expect(hook(body, { key: "0002.rec" }).eventId).not.toBe(event.eventId);
    expect(hook(body, { at: "1" }).eventId).toBe(event.eventId);
  });

  test("an own event: its record's", () => {
    expect(own(ownRecord("log", {}, { message: "a" })).naturalKey).toBe("clew:r-1");
    expect(own(ownRecord("log", {}, { message: "b" }), { key: "2" }).naturalKey).toBe("clew:r-1");
  });

  test("the stored body is the record as it came", () => {
    const bytes = spoolBytes(fixtureBody("stop"));
    const [event] = parseSpooled(bytes, TEST_NOW);
    expect(event?.body.equals(bytes)).toBe(true);
    expect(event?.length).toBe(bytes.length);
  });
});

describe("times", () => {
  test("whole milliseconds of the header's", () => {
    expect(hook(fixtureBody("stop"), { at: `${AT}.999999` }).ts).toBe(AT);
  });

  test.each([["tomorrow"], ["-5"], ["1e9"], ["99999999999999999999"], ["NaN"]])("%j is none", (at) => {
    const event = hook(fixtureBody("post-tool-use"), { at });
    expect(event).toMatchObject({ ts: null, facts: [{ kind: "problem", message: "the record says no time" }] });
  });

  test("what is of the future has none, and nothing that needs one", () => {
    const event = hook(fixtureBody("session-start"), { at: String(TEST_NOW + 25 * 3600 * 1000), pid: "5" });
    expect(event.ts).toBeNull();
    expect(event.facts.map(({ kind }) => kind)).toEqual(["problem", "session"]);
    expect(problems(event)).toEqual(["future_time: the record is of the future"]);
  });
});

const STRANGE_IDS = [
  "../../etc/passwd",
  "a/b",
  "-rf",
  ".hidden",
  "x".repeat(10_000),
  "🧶",
  "a\u0000b",
  "\ud800",
  "a b",
  "a\nb",
  "'; DROP TABLE sessions; --",
  "<img src=x>",
];

describe("strange ids", () => {
  test.each(STRANGE_IDS.map((id) => [id]))("%j is hashed", (id) => {
    const event = hook({ ...hookBody("Stop"), session_id: id });
    expect(event.sessionId).toBe(`h-${hexOf(JSON.parse(JSON.stringify(id)) as string, 32)}`);
    expect(problems(event)).toEqual(["broken_field: session_id is no id"]);
    const agent = hook(hookBody("SubagentStart", { agent_id: `/${id}`, agent_type: "Explore" }));
    expect(agent.sessionId).toMatch(new RegExp(`^${SESSION}\\.h-[0-9a-f]{32}$`));
    expect(problems(agent)).toEqual(["broken_field: agent_id is no id"]);
    const program = own(ownRecord("log", {}, { message: "m", correlation_id: `0123456789abcdef:${id}` }));
    expect(program.sessionId).toMatch(/^h-[0-9a-f]{32}$/);
  });

  test.each([["a"], ["A.b_c-9"], ["0".repeat(128)]])("%j is an id", (id) => {
    const event = hook({ ...hookBody("Stop"), session_id: id });
    expect(event.sessionId).toBe(id);
    expect(problems(event)).toEqual([]);
  });

  test("other values than texts", () => {
    for (const session_id of [7, {}, [], true]) {
      const event = hook({ ...hookBody("Stop"), session_id }, { session: "s-1" });
      expect(event.sessionId).toBe("s-1");
      expect(problems(event)).toEqual(["broken_field: session_id is no text"]);
    }
    expect(hook(hookBody("Stop", { agent_id: ["a"] })).sessionId).toBe(SESSION);
  });

  test("nothing follows for a session that nothing names", () => {
    const event = hook({ hook_event_name: "PreToolUse", tool_name: "Bash", tool_use_id: "t" });
    expect(event).toMatchObject({
      sessionId: UNKNOWN_SESSION,
      rootSessionId: UNKNOWN_SESSION,
      type: "hook.pre-tool-use",
    });
    expect(event.facts).toEqual([{ kind: "problem", reason: "broken_field", message: "nothing names the session" }]);
  });

  test.each([
    ["/home/ada/../../etc/x.jsonl"],
    ["relative.jsonl"],
    ["/etc/passwd"],
    ["/a\u0000.jsonl"],
    [`/${"x".repeat(5000)}.jsonl`],
    ["/a\n.jsonl"],
    [5],
  ])("%j is no place to look for a transcript", (transcript_path) => {
    expect(hook({ ...hookBody("Stop"), transcript_path }).transcriptPath).toBeNull();
  });

  test("a transcript's place on any platform", () => {
    for (const path of ["/home/a.jsonl", "C:\\Users\\ada\\a.jsonl", "\\\\server\\a.jsonl"])
      expect(hook({ ...hookBody("Stop"), transcript_path: path }).transcriptPath).toBe(path);
  });
});

describe("what is no record", () => {
  test.each([
    ["", "a file of the spool that is no record"],
    ["{}", "a file of the spool that is no record"],
    ["clew-spool 2 hook\n\n{}", "a file of the spool that is no record"],
    ["clew-spool 1 letter\n\n{}", "a file of the spool that is no record"],
    ["clew-spool 1 hook\nat 1\n", "a file of the spool that is no record"],
  ])("%j", (text, message) => {
    const [event, ...more] = events(Buffer.from(text));
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: "problem", origin: "import", sessionId: UNKNOWN_SESSION, text: "", ts: null });
    expect(event?.facts).toMatchObject([{ kind: "problem", message }]);
    expect(event?.body.toString()).toBe(text);
  });

  test.each([
    ["not JSON", "invalid_json"],
    ["", "invalid_json"],
    ["null", "not_an_object"],
    ["[1]", "not_an_object"],
    ['"text"', "not_an_object"],
    ["7", "not_an_object"],
    ["[".repeat(100_000), "invalid_json"],
    [`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, "too_deep"],
    [`{"hook_event_name":"Stop","x":${"[".repeat(600)}${"]".repeat(600)}}`, "too_deep"],
  ])("a body that is none: %#", (body, reason) => {
    const reasons = reason === "invalid_json" && body.startsWith("[") ? ["invalid_json", "too_deep"] : [reason];
    const event = hook(body, { session: SESSION, project: "/home/ada/loom" });
    expect(event).toMatchObject({ type: "problem", sessionId: SESSION, cwd: "/home/ada/loom", ts: AT, text: "" });
    expect(reasons).toContain(facts(event, "problem")[0]?.reason);
    expect(event.facts).toHaveLength(1);
    if (body !== "[1]") expect(own(body, { session: "s-1" })).toMatchObject({ type: "problem", sessionId: "s-1" });
  });

  test("a body of 64 MB and a byte is kept and not read", () => {
    const event = hook(Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(64 * 1024 * 1024, 0x78), Buffer.from('"}')]));
    expect(problems(event)[0]).toMatch(/^too_long: /);
  });

  test("bytes that are not UTF-8 are read", () => {
    const body = Buffer.concat([
      Buffer.from(`{"hook_event_name":"Notification","session_id":"${SESSION}","message":"`),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect(hook(body)).toMatchObject({ type: "hook.notification", text: "\uFFFD" });
    expect(problems(hook(body))).toEqual(["invalid_utf8: bytes that are not UTF-8"]);
  });

  test.each([["user-prompt-submit"], ["post-tool-use-agent"], ["post-tool-batch"]])(
    "%s, cut off after any byte: a problem or what came before, never an error",
    (name) => {
      const body = Buffer.from(JSON.stringify(JSON.parse(fixtureBody(name).toString())));
      const whole = spoolBytes(body, { session: SESSION });
      const start = whole.length - body.length;
      for (let length = 0; length < whole.length; length++) {
        const cut = events(whole.subarray(0, length));
        if (cut.length !== 1 || cut[0]?.type !== "problem") throw new Error(`cut at ${length}: ${cut[0]?.type}`);
        const expected = length < start ? UNKNOWN_SESSION : SESSION;
        if (cut[0].sessionId !== expected) throw new Error(`cut at ${length}: ${cut[0].sessionId}`);
      }
      expect(events(whole)[0]?.type).not.toBe("problem");
    },
  );

  test("300 KB of output", () => {
    const stdout = "é".repeat(150_000);
    const body = hookBody("PostToolUse", { tool_name: "Bash", tool_use_id: "t", tool_response: { stdout } });
    expect(hook(body)).toMatchObject({ text: "", facts: [{ kind: "hook_tool" }, { kind: "activity" }] });
    expect(hook({ ...body, transcript_path: null }).text).toBe(stdout);
  });

  test("text is clean", () => {
    const event = hook(hookBody("Notification", { message: "a\u0000b\ud800c" }));
    expect(event.text).toBe("a\uFFFDb\uFFFDc");
  });

  test("keys that objects have by nature", () => {
    const body = `{"session_id":"${SESSION}","hook_event_name":"__proto__","__proto__":{"tool_name":"Bash"},"constructor":1}`;
    expect(hook(body)).toMatchObject({ type: "hook.proto", facts: [], sessionId: SESSION });
  });
});

describe("a list of own records", () => {
  test("is an event each, each with its own body", () => {
    const list = [
      ownRecord("log", {}, { message: "one", id: "r-1" }),
      5,
      ownRecord("log", {}, { message: "two\ud800", id: "r-2" }),
      ["x"],
    ];
    const parsed = events(spoolBytes(list, { session: "s-1" }, "event"));
    expect(parsed.map(({ type, text, sessionId }) => [type, text, sessionId])).toEqual([
      ["log.info", "one", SESSION],
      ["problem", "", "s-1"],
      ["log.info", "two\uFFFD", SESSION],
      ["problem", "", "s-1"],
    ]);
    expect(new Set(parsed.map(({ eventId }) => eventId)).size).toBe(4);
    expect(parsed[1]?.body.toString()).toMatch(/^clew-spool 1 event\n[\s\S]*\n\n5$/);
  });

  test("that is empty, or longer than any of ours, is one problem", () => {
    for (const list of ["[]", `[${"1,".repeat(20_000)}1]`]) {
      const parsed = events(spoolBytes(list, {}, "event"));
      expect(parsed).toHaveLength(1);
      expect(problems(parsed[0]!)).toEqual(["not_an_object: an array"]);
    }
  });

  test("is none where a hook gave it", () => {
    expect(events(spoolBytes([hookBody("Stop")]))).toMatchObject([{ type: "problem" }]);
  });
});
