import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceFile } from "../../model/source-file.ts";
import { presentEvent } from "../present.ts";
import { parseClaudeLine } from "./parse-line.ts";
import { eachRecord, FIXTURES, TEST_NOW, TRANSCRIPT } from "./testing.ts";

const lines: Buffer[] = [];
for (const version of ["1.0.17", "2.1.40", "2.1.329"]) {
  eachRecord([`${FIXTURES}/${version}`], (_, bytes, file) => {
    if (file.kind !== "tool-output") lines.push(bytes);
  });
}

/** Pieces that have broken parsers: wrong types, strange keys and numbers, halves of characters, escapes. */
const SPLICES = [
  "null",
  "[]",
  "{}",
  "-1",
  "1e999",
  "9007199254740993",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__":{"type":"user"},',
  '"constructor":1,',
  '"content":[[[]]],',
  '"type":"tool_result",',
  '"usage":[],',
  '"timestamp":"9999-01-01T00:00:00Z",',
  '"uuid":"../../x",',
  ",,",
  "\\",
  '"',
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0]), Buffer.from([0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf0, 0x9f])]);

type Change = readonly ["cut" | "splice" | "drop" | "flip" | "repeat", number, number];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom("cut" as const, "splice" as const, "drop" as const, "flip" as const, "repeat" as const),
  fc.nat(100_000),
  fc.nat(255),
);

/** A value's place: after a colon, so that what is spliced in often stays JSON. */
function valueAt(bytes: Buffer, at: number): number {
  const colon = bytes.indexOf(0x3a, at % Math.max(1, bytes.length));
  return colon === -1 ? at % Math.max(1, bytes.length) : colon + 1;
}

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
  const value = valueAt(bytes, at);
  const end = Math.max(value, bytes.indexOf(0x2c, value));
  return Buffer.concat([bytes.subarray(0, value), SPLICES[by % SPLICES.length] as Buffer, bytes.subarray(end)]);
}

function check(bytes: Buffer, file: SourceFile): void {
  const record = parseClaudeLine(bytes, { file, offset: 7, now: TEST_NOW });
  if (!/^[A-Za-z0-9._:-]{1,64}$/.test(record.eventId)) throw new Error(`event id ${record.eventId}`);
  if (!/^[a-z]+(\.[A-Za-z0-9_-]+)*$/.test(record.type)) throw new Error(`type ${record.type}`);
  if (record.text.includes("\0") || !record.text.isWellFormed()) throw new Error("text is not clean");
  if (record.ts !== null && !(record.ts >= 0 && record.ts <= TEST_NOW + 86_400_000))
    throw new Error(`time ${record.ts}`);
  if (record.length !== bytes.length || record.offset !== 7) throw new Error("place");
  const facts = JSON.stringify(record.facts);
  if (facts.includes("\\u0000") || facts.includes("\\ud8") || facts.includes("null,null,null,null"))
    throw new Error(facts);
  for (const fact of record.facts) {
    if (fact.kind !== "response") continue;
    const counts = [
      fact.inputTokens,
      fact.outputTokens,
      fact.cache5mTokens,
      fact.cache1hTokens,
      fact.cacheWriteTokens,
      fact.cacheReadTokens,
    ];
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) throw new Error(`counts ${counts}`);
  }
  const presented = presentEvent({ source: "claude-code", type: record.type, body: bytes });
  if (presented.text !== record.text) throw new Error("the reader's text differs");
  if (JSON.stringify(parseClaudeLine(bytes, { file, offset: 7, now: TEST_NOW })) !== JSON.stringify(record))
    throw new Error("not pure");
}

describe("a line that somebody broke", () => {
  test("20,000 mutated lines are parsed, each to a clean record and the same one twice", () => {
    let runs = 0;
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (index, changes, isSubagent) => {
          runs++;
          const file: SourceFile = isSubagent
            ? { ...TRANSCRIPT, kind: "subagent", sessionId: "s-1.a1", agentId: "a1" }
            : TRANSCRIPT;
          check(changes.reduce(apply, lines[index] as Buffer), file);
        },
      ),
      { numRuns: 20_000, seed: 329 },
    );
    expect(runs).toBe(20_000);
  });

  test("any JSON value, any bytes", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => check(Buffer.from(json), TRANSCRIPT)),
      { numRuns: 1000, seed: 1 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => check(Buffer.from(bytes), TRANSCRIPT)),
      { numRuns: 1000, seed: 2 },
    );
  });

  test("any value in the place of any known field", () => {
    const keys = [
      "message",
      "content",
      "data",
      "attachment",
      "toolUseResult",
      "usage",
      "timestamp",
      "uuid",
      "subtype",
      "origin",
      "snapshot",
    ];
    const value = fc.jsonValue({ maxDepth: 4 });
    const record = fc.record({
      type: fc.constantFrom(
        "user",
        "assistant",
        "system",
        "attachment",
        "progress",
        "summary",
        "cost-state",
        "mode",
        "pr-link",
        "__proto__",
      ),
      body: fc.dictionary(fc.constantFrom(...keys), value),
      message: fc.dictionary(fc.constantFrom("id", "model", "content", "usage", "stop_reason"), value),
    });
    fc.assert(
      fc.property(record, ({ type, body, message }) =>
        check(Buffer.from(JSON.stringify({ type, message, ...body })), TRANSCRIPT),
      ),
      { numRuns: 3000, seed: 3 },
    );
  });
});
