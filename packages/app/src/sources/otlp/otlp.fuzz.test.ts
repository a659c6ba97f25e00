import fc from "fast-check";
import { expect, test } from "vitest";
import type { OtlpSignal } from "./item.ts";
import { readOtlpRequest } from "./read-request.ts";
import { checkEvent, events, log, nanos, protobufOf, span } from "./testing.ts";

const SIGNALS: readonly OtlpSignal[] = ["traces", "logs", "metrics"];
const point = { asInt: "3", timeUnixNano: nanos(0), attributes: [{ key: "a", value: { intValue: 3 } }] };
const chat = { "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 3, "session.id": "s" };
const tool = { "event.name": "tool_result", "session.id": "s", tool_use_id: "t", tool_input: '{"command":"x"}' };
const claude = { attributes: [{ key: "service.name", value: { stringValue: "claude-code" } }] };

const REQUESTS: Readonly<Record<OtlpSignal, object>> = {
  traces: {
    resourceSpans: [
      { resource: claude, scopeSpans: [{ spans: [span(tool)] }] },
      { scopeSpans: [{ spans: [span(chat)] }] },
    ],
  },
  logs: {
    resourceLogs: [
      { resource: claude, scopeLogs: [{ logRecords: [log(tool)] }] },
      { scopeLogs: [{ logRecords: [log()] }] },
    ],
  },
  metrics: { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", sum: { dataPoints: [point] } }] }] }] },
};

async function survives(signal: OtlpSignal, body: Buffer, contentType: string): Promise<void> {
  const answer = await readOtlpRequest({ signal, contentType, contentEncoding: undefined, body });
  if ("status" in answer) expect([400, 413]).toContain(answer.status);
  else if (answer.items.length > 0) {
    const list = events(answer.items);
    expect(list).toHaveLength(answer.items.length);
    list.forEach(checkEvent);
  }
}

/** Somewhere in a value another value: by a path of choices, so that it shrinks. */
function withChange(value: unknown, path: readonly number[], change: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== "object" || value === null) return change;
  const keys = Object.keys(value);
  const key = keys[at % Math.max(1, keys.length)];
  if (key === undefined) return change;
  const changed = withChange((value as Record<string, unknown>)[key], rest, change);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}

test("JSON with anything anywhere is taken in or refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SIGNALS),
      fc.array(fc.tuple(fc.array(fc.nat(9), { maxLength: 12 }), fc.jsonValue({ maxDepth: 4 })), { maxLength: 3 }),
      async (signal, changes) => {
        const request = changes.reduce<unknown>(
          (value, [path, change]) => withChange(value, path, change),
          REQUESTS[signal],
        );
        await survives(signal, Buffer.from(JSON.stringify(request)), "application/json");
      },
    ),
    { numRuns: 500 },
  );
});

test("bytes with anything anywhere are taken in or refused, in both encodings", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SIGNALS),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(4000),
      async (signal, isJson, changes, cut) => {
        const whole = isJson ? Buffer.from(JSON.stringify(REQUESTS[signal])) : protobufOf(signal, REQUESTS[signal]);
        const body = whole.subarray(0, cut % 2 === 0 ? whole.length : cut % whole.length);
        for (const [at, byte] of changes) if (body.length > 0) body[at % body.length] = byte;
        await survives(signal, body, isJson ? "application/json" : "application/x-protobuf");
      },
    ),
    { numRuns: 1000 },
  );
});

test("bytes of any kind are refused or say nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isJson) =>
      survives("logs", Buffer.from(bytes), isJson ? "application/json" : "application/x-protobuf"),
    ),
    { numRuns: 500 },
  );
});
