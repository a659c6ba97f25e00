import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TEST_NOW } from "./claude/testing.ts";
import { FIXTURE_NAMES, fixtureBody, HOOK_FIXTURES, ownRecord, SESSION, spoolBytes } from "./hooks/testing.ts";
import { presentEvent } from "./present.ts";
import { parseSpooled, reparseSpooled, type SpooledEvent } from "./spooled.ts";
import { isSessionId } from "./spooled-event.ts";

const older = readdirSync(join(HOOK_FIXTURES, "older")).map((name) => `older/${name.slice(0, -".json".length)}`);
const OWN: readonly object[] = [
  ownRecord("session.start", {
    cwd: "/home/ada/loom",
    agent: "command",
    name: "n",
    pid: 5,
    identity: "ada",
    trigger: "t",
  }),
  ownRecord("session.end", { status: "failed", exit_code: 3, result: "r" }),
  ownRecord("session.outcome", { summary: "s", learnings: ["a", "b"], files: ["/a"] }),
  ownRecord("session.state", { focus: "f", next_steps: ["n"], todos: [{ text: "t", status: "pending" }] }),
  ownRecord("session.activity", { activity: "waiting", reason: "question" }),
  ownRecord("context.injected", { text: "t", items: [{ kind: "focus" }] }),
  ownRecord("log", { stream: "stderr", line: 3 }, { severity: "error", message: "m" }),
];
const header = { session: SESSION, pid: "5", project: "/home/ada/loom", parent: "p-1", identity: "ada" };
const records: readonly Buffer[] = [
  ...[...FIXTURE_NAMES, ...older].map((name) => spoolBytes(fixtureBody(name), header)),
  ...OWN.map((record) => spoolBytes(record, header, "event")),
  spoolBytes(OWN, header, "event"),
];

const SPLICES: readonly Buffer[] = [
  "null",
  "[]",
  "{}",
  "-1",
  "1e999",
  "9007199254740993",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__":{"agent_id":"a"},',
  '"constructor":1,',
  '"agent_id":"../x",',
  '"agent_type":"",',
  '"session_id":5,',
  '"hook_event_name":"PostToolUse",',
  '"tool_calls":[{}],',
  '"tool_use_id":"t",',
  '"transcript_path":"/../x.jsonl",',
  '"ts":"9999-01-01T00:00:00Z",',
  '"<clew-context>"',
  '"</clew-context><clew-context x"',
  "\nat 99999999999999999999\n",
  "\nsession \u202e\n",
  "\n\n",
  ",,",
  "\\",
  '"',
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0]), Buffer.from([0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf0, 0x9f])]);

type Change = readonly ["cut" | "value" | "splice" | "drop" | "flip" | "repeat", number, number];

/** Values that leave the rest of the record as it is. */
const VALUES = SPLICES.filter((splice) => {
  try {
    JSON.parse(splice.toString("latin1"));
    return true;
  } catch {
    return false;
  }
});

const KINDS = ["value", "value", "value", "value", "value", "cut", "splice", "drop", "flip", "repeat"] as const;
const change: fc.Arbitrary<Change> = fc.tuple(fc.constantFrom(...KINDS), fc.nat(100_000), fc.nat(255));

function apply(bytes: Buffer, [kind, at, by]: Change): Buffer {
  const place = at % Math.max(1, bytes.length);
  if (kind === "cut") return bytes.subarray(0, place);
  if (kind === "drop") return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + by)]);
  if (kind === "repeat")
    return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place, place + by), bytes.subarray(place)]);
  if (kind === "flip") {
    const flipped = Buffer.from(bytes);
    if (flipped.length > 0) flipped[place] = (flipped[place] as number) ^ (by || 1);
    return flipped;
  }
  // A value's place, after a colon, so that what is spliced in often stays JSON.
  const colon = bytes.indexOf(0x3a, place);
  const value = colon === -1 ? place : colon + 1;
  if (kind === "value") {
    // A text or a number as a whole; what is anything else is broken, which may be too.
    const old = /^\s*(?:"(?:[^"\\]|\\.)*"|[^,}\]]*)/.exec(bytes.toString("latin1", value))?.[0] ?? "";
    const end = value + old.length;
    return Buffer.concat([bytes.subarray(0, value), VALUES[by % VALUES.length] as Buffer, bytes.subarray(end)]);
  }
  const end = Math.max(value, bytes.indexOf(0x2c, value));
  return Buffer.concat([bytes.subarray(0, value), SPLICES[by % SPLICES.length] as Buffer, bytes.subarray(end)]);
}

/** Throws at a string, or at a key, that a later stage could not carry. */
function onlyClean(key: string, value: unknown): unknown {
  for (const text of [key, value])
    if (typeof text === "string" && (text.includes("\0") || !text.isWellFormed()))
      throw new Error(JSON.stringify(text));
  return value;
}

const bare = (event: SpooledEvent): string => JSON.stringify({ ...event, body: null });

function check(bytes: Buffer): readonly SpooledEvent[] {
  const events = parseSpooled(bytes, TEST_NOW);
  if (events.length === 0) throw new Error("no event");
  for (const event of events) checkEvent(event);
  if (events.map(bare).join() !== parseSpooled(bytes, TEST_NOW).map(bare).join()) throw new Error("not pure");
  return events;
}

function checkEvent(event: SpooledEvent): void {
  const again = reparseSpooled(event.body, TEST_NOW);
  if (!again || bare(again) !== bare(event) || !again.body.equals(event.body))
    throw new Error("another event when read again");
  if (!/^[0-9a-f]{32}$/.test(event.eventId)) throw new Error(`event id ${event.eventId}`);
  if (!/^(problem|(hook|event|log|session|context)(\.[A-Za-z0-9_-]+)+)$/.test(event.type))
    throw new Error(`type ${event.type}`);
  if (!isSessionId(event.rootSessionId) || !/^[0-9A-Za-z][0-9A-Za-z._-]*$/.test(event.sessionId))
    throw new Error(`session ${event.sessionId}`);
  if (event.text.includes("\0") || !event.text.isWellFormed()) throw new Error("text is not clean");
  if (event.ts !== null && !(event.ts >= 0 && event.ts <= TEST_NOW + 86_400_000)) throw new Error(`time ${event.ts}`);
  if (event.length !== event.body.length || event.offset !== 0) throw new Error("place");
  const facts = JSON.stringify(event.facts, onlyClean);
  for (const fact of event.facts) {
    if ("ts" in fact && fact.kind !== "change" && fact.ts !== event.ts)
      throw new Error(`a fact of another time: ${facts}`);
    if ("sessionId" in fact && fact.sessionId !== null && !/^[0-9A-Za-z][0-9A-Za-z._-]*$/.test(fact.sessionId))
      throw new Error(facts);
    if (fact.kind === "activity" && fact.reason !== null && !/^[A-Za-z0-9_.: -]{1,80}$/.test(fact.reason))
      throw new Error(facts);
  }
  const presented = presentEvent({ source: event.source, type: event.type, body: event.body });
  if (presented.text !== event.text) throw new Error("the reader's text differs");
  JSON.stringify(presented.blocks, onlyClean);
  if (presented.blocks.length === 0) throw new Error(`nothing to show of ${event.type}`);
}

describe("a spool file that somebody broke", () => {
  test("whole, none of them has a problem", () => {
    for (const bytes of records)
      for (const event of check(bytes)) expect(event.facts.filter(({ kind }) => kind === "problem")).toEqual([]);
    expect(records.length).toBeGreaterThan(40);
  });

  test("10,000 mutated records are events, the same ones when they are read again", () => {
    let runs = 0;
    let understood = 0;
    fc.assert(
      fc.property(fc.nat(records.length - 1), fc.array(change, { minLength: 1, maxLength: 3 }), (index, changes) => {
        runs++;
        const events = check(changes.reduce(apply, records[index] as Buffer));
        if (events.some(({ type }) => type !== "problem")) understood++;
      }),
      { numRuns: 10_000, seed: 33 },
    );
    expect(runs).toBe(10_000);
    // Enough of them get past the JSON to the readers.
    expect(understood).toBeGreaterThan(4000);
  });

  test("any JSON, any bytes, behind any header", () => {
    const fields = fc.record({
      session: fc.string(),
      project: fc.string(),
      parent: fc.string(),
      pid: fc.string(),
      key: fc.string(),
    });
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fields, fc.boolean(), (json, given, isHook) => {
        check(spoolBytes(json, given, isHook ? "hook" : "event"));
      }),
      { numRuns: 1500, seed: 1 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void check(Buffer.from(bytes))),
      { numRuns: 500, seed: 2 },
    );
  });

  test("any value in the place of any field", () => {
    const bodies = records.map((bytes) => JSON.parse(bytes.subarray(bytes.indexOf("\n\n") + 2).toString()) as object);
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.nat(bodies.length - 1), fc.nat(30), value, (index, place, given) => {
        const body = bodies[index] as Record<string, unknown>;
        const keys = Object.keys(body);
        const key = keys[place % keys.length] as string;
        const kind = index < FIXTURE_NAMES.length + older.length ? "hook" : "event";
        check(spoolBytes({ ...body, [key]: given }, header, kind));
        check(spoolBytes({ ...body, data: { ...(body.data as object), [key]: given } }, header, kind));
      }),
      { numRuns: 2000, seed: 3 },
    );
  });
});
