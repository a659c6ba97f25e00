import fc from "fast-check";
import { expect, test } from "vitest";
import { isSessionId } from "../../base/session-id.ts";
import { presentEvent } from "../present.ts";
import { parseSpooled, reparseSpooled, type SpooledEvent } from "../spooled.ts";
import { LOG_NOW, logBytes, logFixture, recordsOf } from "./testing.ts";

const NAMES = [
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
];
const records = [
  ...NAMES.flatMap((name) => recordsOf(logFixture(`${name}.log`))).map((text) => logBytes(text)),
  ...recordsOf(logFixture("interactions.jsonl")).map((text) => logBytes(text, { format: "interaction" })),
];
const SPLICES = [
  "null",
  "{}",
  "[]",
  "-1",
  "1e999",
  '"\\u0000"',
  '"\\ud800"',
  '"',
  "\\",
  "\n",
  "\0",
  "[",
  "=",
  " - ",
  "\u202e",
  "9999-12-31",
  "zone x\n",
  "at -5\n",
];

/** A later stage carries no NUL and no half character. */
function onlyClean(key: string, value: unknown): unknown {
  for (const text of [key, value])
    if (typeof text === "string" && (text.includes("\0") || !text.isWellFormed()))
      throw new Error(JSON.stringify(text));
  return value;
}

const bare = (event: SpooledEvent): string => JSON.stringify({ ...event, body: null });

function check(bytes: Buffer): void {
  for (const event of parseSpooled(bytes, LOG_NOW)) {
    if (event.source !== "log") continue;
    const again = reparseSpooled(event.body, LOG_NOW);
    if (!again || bare(again) !== bare(event)) throw new Error("another event when read again");
    if (!/^(log\.(trace|debug|info|warn|error|fatal)|interaction)$/.test(event.type)) throw new Error(event.type);
    if (!isSessionId(event.sessionId) || !isSessionId(event.rootSessionId)) throw new Error(event.sessionId);
    if (event.ts !== null && !(event.ts >= 0 && event.ts <= LOG_NOW + 86_400_000)) throw new Error(`time ${event.ts}`);
    JSON.stringify({ ...event, body: null }, onlyClean);
    for (const fact of event.facts) {
      if (fact.kind !== "log_line") continue;
      if (fact.ts !== event.ts || fact.message.length > 500) throw new Error(JSON.stringify(fact));
    }
    const shown = presentEvent({ source: event.source, type: event.type, body: event.body });
    if (shown.text !== event.text) throw new Error("the reader's text differs");
    if (shown.blocks.length === 0) throw new Error("nothing to show");
    JSON.stringify(shown.blocks, onlyClean);
  }
}

test("any line that somebody broke is an event, and the same one when it is read again", () => {
  let runs = 0;
  const change = fc.tuple(fc.constantFrom("cut", "splice", "drop", "flip"), fc.nat(2000), fc.nat(255));
  fc.assert(
    fc.property(fc.nat(records.length - 1), fc.array(change, { minLength: 1, maxLength: 4 }), (index, changes) => {
      runs++;
      let bytes = records[index]!;
      for (const [kind, place, by] of changes) {
        const at = place % Math.max(1, bytes.length);
        const rest = bytes.subarray(kind === "drop" ? at + by : at);
        if (kind === "cut") bytes = bytes.subarray(0, at);
        else if (kind === "flip") {
          bytes = Buffer.from(bytes);
          if (bytes.length > 0) bytes[at] = bytes[at]! ^ (by || 1);
        } else {
          const splice = kind === "splice" ? Buffer.from(SPLICES[by % SPLICES.length]!) : Buffer.alloc(0);
          bytes = Buffer.concat([bytes.subarray(0, at), splice, rest]);
        }
      }
      check(bytes);
    }),
    { numRuns: 5000, seed: 12 },
  );
  expect(runs).toBe(5000);
});

test("any text and any JSON behind any header", () => {
  const text = fc.oneof(fc.string(), fc.json({ maxDepth: 5 }), fc.string({ unit: "binary" }));
  const fields = fc.record({
    path: fc.string(),
    offset: fc.string(),
    generation: fc.string(),
    format: fc.constantFrom("", "json", "pino", "logfmt", "plain", "interaction", "x"),
    zone: fc.constantFrom("", "UTC", "Asia/Tokyo", "x"),
    session: fc.string(),
    service: fc.string(),
    at: fc.constantFrom("", "5", String(LOG_NOW), "x"),
  });
  fc.assert(
    fc.property(text, fields, (body, given) => check(logBytes(body, given))),
    { numRuns: 2000, seed: 13 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => check(logBytes(Buffer.from(bytes)))),
    { numRuns: 1000, seed: 14 },
  );
});

test("any value in the place of any field", () => {
  const objects = [
    ...recordsOf(logFixture("json.log")),
    ...recordsOf(logFixture("pino.log")),
    logFixture("interactions.jsonl").split("\n")[0]!,
  ].map((record) => JSON.parse(record) as Record<string, unknown>);
  fc.assert(
    fc.property(fc.nat(objects.length - 1), fc.nat(30), fc.jsonValue({ maxDepth: 3 }), (index, place, value) => {
      const object = objects[index]!;
      const keys = Object.keys(object);
      const body = JSON.stringify({ ...object, [keys[place % keys.length]!]: value });
      check(logBytes(body));
      check(logBytes(body, { format: "interaction" }));
    }),
    { numRuns: 1500, seed: 15 },
  );
});
