import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { OTLP_LIMITS, type OtlpLimits, readOtlpRequest } from "./read-request.ts";
import { BEGAN, checkEvent, events, factsOf, itemsOf, log, nanos, protobufOf, span } from "./testing.ts";

const JSON_TYPE = "application/json";
const PROTOBUF = "application/x-protobuf";
const traces = (...spans: readonly unknown[]) => ({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: "s" }, spans }] }],
});
const logs = (...logRecords: readonly unknown[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const read = (body: Buffer | string, contentEncoding?: string, limits?: OtlpLimits, contentType = JSON_TYPE) =>
  readOtlpRequest({ signal: "traces", contentType, contentEncoding, body: Buffer.from(body) }, limits);

test("a request is taken apart into items", async () => {
  const body = JSON.stringify(traces(span(), span({}, { spanId: "00f067aa0ba902b7" })));
  const { items, rejected, message, encoding } = await itemsOf("traces", body);
  expect([items.length, rejected, message, encoding]).toEqual([2, 0, null, JSON_TYPE]);
  expect(JSON.parse(items[0]!)).toEqual({
    signal: "traces",
    resource: { attributes: [] },
    scope: { name: "s" },
    item: span(),
  });
});

test("both encodings say the same", async () => {
  const attributes = [
    { key: "text", value: { stringValue: "" } },
    { key: "big", value: { intValue: "9007199254740993" } },
    { key: "list", value: { arrayValue: { values: [{ boolValue: false }, { doubleValue: 0.5 }] } } },
    { key: "map", value: { kvlistValue: { values: [{ key: "a", value: { intValue: "0" } }] } } },
    { key: "bytes", value: { bytesValue: "AQI=" } },
  ];
  const event = { timeUnixNano: nanos(1), name: "exception", attributes };
  const link = { traceId: "0af7651916cd43dd8448eb211c80319d", spanId: "b7ad6b7169203332", attributes };
  const request = traces({ ...span(), attributes, events: [event], links: [link] });
  const plain = await itemsOf("traces", JSON.stringify(request));
  const packed = await itemsOf("traces", protobufOf("traces", request), PROTOBUF);
  const item = (text: string) => (JSON.parse(text) as { item: Record<string, unknown> }).item;
  const { status, ...expected } = item(plain.items[0]!);
  expect(status).toEqual({});
  expect(item(packed.items[0]!)).toMatchObject(expected);
});

test("equal log records of a request are counted, so that each is an event and a retry none", async () => {
  const body = JSON.stringify(logs(log(), log(), log({ other: 1 }), log()));
  const [first, again] = [await itemsOf("logs", body), await itemsOf("logs", body)];
  expect(first.items.map((text) => (JSON.parse(text) as { n?: number }).n)).toEqual([undefined, 1, undefined, 2]);
  const ids = (items: readonly string[]) => events(items).map(({ eventId }) => eventId);
  expect(new Set(ids(first.items)).size).toBe(4);
  expect(ids(again.items)).toEqual(ids(first.items));
});

test("a metric is an item for each of its points", async () => {
  const point = (asInt: number) => ({ asInt, timeUnixNano: nanos(0) });
  const metrics = [
    { name: "rows", sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [point(1), point(2)] } },
  ];
  const { items } = await itemsOf("metrics", JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
  const facts = events(items).flatMap((event) => factsOf(event, "metric"));
  expect(facts.map(({ value, isDelta, ts }) => [value, isDelta, ts])).toEqual([
    [1, true, BEGAN],
    [2, true, BEGAN],
  ]);
});

describe("what is broken", () => {
  test("is kept, counted and told, and its neighbours are taken", async () => {
    const request = {
      resourceSpans: [
        7,
        { scopeSpans: [null, { spans: [span(), "x", [1]] }, { spans: { a: 1 } }] },
        { scopeSpans: "y" },
      ],
    };
    const { items, rejected, message } = await itemsOf("traces", JSON.stringify(request));
    expect([items.length, rejected]).toEqual([7, 6]);
    expect(message).toContain("6 of 7");
    const list = events(items);
    list.forEach(checkEvent);
    expect(list.filter(({ type }) => type === "problem")).toHaveLength(6);
    expect(list.filter(({ type }) => type === "otel.span")).toHaveLength(1);
  });

  test("an item that is too long for the spool is kept in part", async () => {
    const body = JSON.stringify(traces(span({ text: "x".repeat(5000) }), span()));
    const answer = await read(body, undefined, { ...OTLP_LIMITS, item: 4000 });
    expect(answer).toMatchObject({ rejected: 1, items: [expect.stringContaining('"problem"'), expect.anything()] });
  });

  test.each([
    ["no JSON", "{", JSON_TYPE],
    ["no object", "[]", JSON_TYPE],
    ["a text where a list belongs", '{"resourceSpans":"x"}', JSON_TYPE],
    ["another signal's request", JSON.stringify(logs(log())), JSON_TYPE],
    ["no message", "\u0001\u0002\u0003 not protobuf", PROTOBUF],
    ["brackets without end", "[".repeat(100_000), JSON_TYPE],
    ["a deep value", `{"resourceSpans":${"[".repeat(500)}${"]".repeat(500)}}`, JSON_TYPE],
  ])("%s is 400", async (_, body, contentType) => {
    expect(await read(body, undefined, undefined, contentType)).toMatchObject({ status: 400 });
  });

  test("a protobuf message that nests without end is 400", async () => {
    const field = (number: number, content: Buffer): Buffer => {
      const length: number[] = [];
      for (let rest = content.length; ; rest >>= 7) {
        length.push(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
      }
      return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
    };
    let value = Buffer.alloc(0);
    for (let depth = 0; depth < 5000; depth++) value = Buffer.from(field(5, field(1, value)));
    const attribute = field(1, Buffer.concat([field(1, Buffer.from("k")), field(2, value)]));
    const body = field(1, field(1, attribute));
    expect(await read(body, undefined, undefined, PROTOBUF)).toMatchObject({ status: 400 });
  });

  test("a status in the body is none of ours", async () => {
    expect(await read('{"status":204,"resourceSpans":[]}')).toMatchObject({ items: [], rejected: 0 });
  });

  test("an empty request is a good one", async () => {
    expect(await read("{}")).toMatchObject({ items: [], rejected: 0, message: null });
    expect(await read("", undefined, undefined, PROTOBUF)).toMatchObject({ items: [], rejected: 0, message: null });
  });
});

describe("compression", () => {
  const body = Buffer.from(JSON.stringify(traces(span())));

  test.each([
    ["gzip", gzipSync(body)],
    ["x-gzip", gzipSync(body)],
    ["deflate", deflateSync(body)],
    ["deflate", deflateRawSync(body)],
    ["identity", body],
  ])("%s is read", async (encoding, packed) => {
    expect(await read(packed, encoding)).toMatchObject({ rejected: 0, items: [expect.anything()] });
  });

  test("what is none is 400, what nobody knows 415", async () => {
    expect(await read(body, "gzip")).toMatchObject({ status: 400 });
    expect(await read(gzipSync(body).subarray(0, 40), "gzip")).toMatchObject({ status: 400 });
    expect(await read(body, "br")).toMatchObject({ status: 415 });
    expect(await read(body, undefined, undefined, "text/plain")).toMatchObject({ status: 415 });
  });

  test("a bomb is 413 and takes no more memory than is allowed", async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, "["), { level: 9 });
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.memoryUsage().arrayBuffers;
    const answers = await Promise.all(Array.from({ length: 4 }, () => read(bomb, "gzip")));
    for (const answer of answers) expect(answer).toMatchObject({ status: 413 });
    const limit = 4 * Math.min(OTLP_LIMITS.bytes, OTLP_LIMITS.ratio * bomb.length);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(limit + 32 * 1024 * 1024);
  });

  test("too many bytes, items, or too large a resource for them are 413", async () => {
    const small = { ...OTLP_LIMITS, bytes: 1000, compressedBytes: 100 };
    expect(await read("x".repeat(1001), undefined, small)).toMatchObject({ status: 413 });
    expect(await read("x".repeat(101), "gzip", small)).toMatchObject({ status: 413 });
    const many = JSON.stringify(traces(...Array.from({ length: 11 }, () => ({}))));
    expect(await read(many, undefined, { ...OTLP_LIMITS, items: 10 })).toMatchObject({ status: 413 });
    expect(await read(many, undefined, { ...OTLP_LIMITS, written: 300 })).toMatchObject({ status: 413 });
  });
});
