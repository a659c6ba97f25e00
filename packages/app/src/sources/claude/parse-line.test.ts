import { describe, expect, test } from "vitest";
import { MAX_DEPTH, MAX_LINE_BYTES } from "./decode.ts";
import { parseClaudeLine } from "./parse-line.ts";
import { envelope, facts, parsed, SUBAGENT, TEST_NOW, TRANSCRIPT } from "./testing.ts";

function reasons(line: string | Buffer): readonly string[] {
  return facts(parsed(line), "problem").map(({ reason }) => reason);
}

describe("ids", () => {
  test("a record's own uuid is its event id; without one, session, place and bytes are", () => {
    expect(parsed(envelope("user"))).toMatchObject({ eventId: "u-1", naturalKey: null });
    const line = Buffer.from('{"type":"mode","mode":"normal"}');
    const at = (offset: number) => parseClaudeLine(line, { file: TRANSCRIPT, offset, now: TEST_NOW });
    expect(at(120).naturalKey).toMatch(/^s-1@120#[0-9a-f]{16}$/);
    expect(at(120)).toEqual(at(120));
    expect(at(120).eventId).not.toBe(at(121).eventId);
  });

  test.each(["../../x", "", "a b", "x".repeat(65), "\u0000", 7])("a uuid like %j is none", (uuid) => {
    const record = parsed(envelope("user", { uuid }));
    expect(record.naturalKey).not.toBeNull();
    expect(record.eventId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("the session is the file's, whatever the record says", () => {
    expect(parsed(envelope("user", { sessionId: "another" })).sessionId).toBe("s-1");
    expect(parsed(envelope("user", { sessionId: "another" }), SUBAGENT).sessionId).toBe("s-1.a1");
  });
});

describe("problems", () => {
  test("what is not JSON is kept as a problem in the same words on every Node", () => {
    const record = parsed('{"type":"user"} {"type":"user"}');
    expect(record).toMatchObject({ type: "problem", ts: null, text: "", origin: "import", length: 31 });
    expect(facts(record, "problem")).toEqual([
      { kind: "problem", reason: "invalid_json", message: "no JSON from character 16 on" },
    ]);
    expect(reasons('{"type":"us')).toEqual(["invalid_json"]);
  });

  test.each(["[1]", '"text"', "7", "true", "null"])("%s is no object", (line) => {
    expect(reasons(line)).toEqual(["not_an_object"]);
  });

  test("nesting is bounded, in short and in long lines, before anything recurses", () => {
    const nested = (depth: number, padding: number) =>
      `{"type":"x","p":"${"[".repeat(padding)}","v":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    for (const padding of [0, 300_000]) {
      expect(reasons(nested(MAX_DEPTH - 1, padding))).toEqual([]);
      expect(reasons(nested(MAX_DEPTH, padding))).toEqual(["too_deep"]);
    }
    expect(reasons("[".repeat(1_000_000) + "]".repeat(1_000_000))).toEqual(["too_deep"]);
    expect(reasons('{"a":'.repeat(1_000_000))).toEqual(["too_deep"]);
  });

  test("a line above the limit is not parsed", () => {
    const line = Buffer.alloc(MAX_LINE_BYTES + 1, 0x61);
    expect(reasons(line)).toEqual(["too_long"]);
  });

  test("bytes that are no UTF-8 are a problem of a record that is read all the same", () => {
    const line = Buffer.from(JSON.stringify(envelope("user", { message: { role: "user", content: "caf?" } })));
    line[line.indexOf("caf?") + 3] = 0xe9;
    const record = parsed(line);
    expect(record).toMatchObject({ type: "user.prompt", text: "caf\uFFFD", eventId: "u-1" });
    expect(facts(record, "problem").map(({ reason }) => reason)).toEqual(["invalid_utf8"]);
  });

  test("a byte order mark is no problem", () => {
    expect(parsed(`\uFEFF${JSON.stringify(envelope("user"))}`).eventId).toBe("u-1");
  });

  test("a message that is none is a broken field", () => {
    expect(reasons(JSON.stringify(envelope("assistant", { message: "text" })))).toEqual(["broken_field"]);
    expect(reasons(JSON.stringify(envelope("user", { message: ["text"] })))).toEqual(["broken_field"]);
  });
});

describe("time", () => {
  test("milliseconds UTC of the record's own timestamp; null for none or nonsense", () => {
    expect(parsed(envelope("system")).ts).toBe(Date.UTC(2026, 10, 18, 11));
    for (const timestamp of [undefined, null, 5, "yesterday", "x".repeat(1000), "1960-01-01T00:00:00Z"]) {
      const record = parsed(envelope("system", { timestamp }));
      expect(record.ts).toBeNull();
      expect(facts(record, "problem")).toEqual([]);
    }
  });

  test("more than a day ahead is a problem, less is a wrong clock", () => {
    const at = (ms: number) => parsed(envelope("system", { timestamp: new Date(TEST_NOW + ms).toISOString() }));
    expect(at(23 * 3_600_000).ts).toBe(TEST_NOW + 23 * 3_600_000);
    expect(at(25 * 3_600_000).ts).toBeNull();
    expect(facts(at(25 * 3_600_000), "problem").map(({ reason }) => reason)).toEqual(["future_time"]);
  });
});

describe("hostile content", () => {
  test("NUL and lone surrogates never reach the text or a fact", () => {
    const line =
      '{"type":"user","message":{"role":"user","content":"a\\u0000b\\ud800c 😀"},"cwd":"/x\\u0000","version":"1"}';
    const record = parsed(line);
    expect(record.text).toBe("a\uFFFDb\uFFFDc 😀");
    expect(JSON.stringify(record.facts)).not.toMatch(/\\u0000|\\ud800/);
  });

  test("__proto__ is a key like any other", () => {
    const record = parsed(
      '{"__proto__":{"type":"assistant","uuid":"p"},"constructor":{"x":1},"type":"user","message":{"content":"hi"}}',
    );
    expect(record).toMatchObject({ type: "user.prompt", text: "hi" });
    expect(({} as Record<string, unknown>).uuid).toBeUndefined();
  });

  test("no number makes a count that is not one", () => {
    const usage = {
      input_tokens: -5,
      output_tokens: 1e300,
      cache_read_input_tokens: "7",
      cache_creation_input_tokens: 2.9,
    };
    const message = { id: "m", model: "claude-opus-5-5", content: [], usage };
    expect(facts(parsed(envelope("assistant", { message })), "response")[0]).toMatchObject({
      inputTokens: 0,
      outputTokens: 10_000_000_000,
      cacheReadTokens: 0,
      cacheWriteTokens: 2,
      cache5mTokens: 2,
    });
  });
});

describe("the envelope", () => {
  test("says where, with what and on which branch", () => {
    expect(facts(parsed(envelope("system", { entrypoint: "cli", subtype: "informational" })), "session")).toEqual([
      {
        kind: "session",
        sessionId: "s-1",
        cwd: "/home/ada/loom",
        gitBranch: "main",
        clientVersion: "2.1.329",
        entrypoint: "cli",
        trigger: "person",
      },
    ]);
  });

  test("HEAD is no branch; a subagent is started by an agent; a branch names what it was forked from", () => {
    const forkedFrom = { sessionId: "s-0", messageUuid: "u-0" };
    const [session] = facts(parsed(envelope("user", { gitBranch: "HEAD", forkedFrom }), SUBAGENT), "session");
    expect(session).toEqual({
      kind: "session",
      sessionId: "s-1.a1",
      cwd: "/home/ada/loom",
      clientVersion: "2.1.329",
      trigger: "agent",
      forkedFrom: "s-0",
    });
  });
});
