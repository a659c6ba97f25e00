import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { context, trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { afterEach, describe, expect, test } from "vitest";
import { encodeSpoolRecord } from "../../../base/spool-record.ts";
import { OTLP_LIMITS as LIMITS } from "../../../sources/otlp/read-request.ts";
import { parseSpooled } from "../../../sources/spooled.ts";
import { otlpToken, readOtlpToken } from "../secret.ts";
import { serveDashboard } from "../serve.ts";
import { TEST_HOST, TEST_ORIGIN, testApp } from "../testing.ts";
import type { OtlpBusy, OtlpReceiver } from "./otlp.ts";

const TOKEN = "a".repeat(64);

/** Keeps what it is given, or refuses as often as it is told to. */
function keeper(refusals: (OtlpBusy | Error)[] = []) {
  const records: Buffer[] = [];
  let asked = 0;
  const otlp: OtlpReceiver = {
    token: TOKEN,
    accept(bodies) {
      asked++;
      records.push(...bodies); // Also where it then refuses: a disk may fill up between two records.
      const refusal = refusals.shift();
      if (refusal instanceof Error) throw refusal;
      return refusal;
    },
  };
  const events = () =>
    records.flatMap((body) =>
      parseSpooled(encodeSpoolRecord({ kind: "otlp", fields: { at: String(Date.now()) }, body }), Date.now()),
    );
  return { otlp, records, events, asked: () => asked };
}

const EMPTY = JSON.stringify({ resourceSpans: [] });
const ONE = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: "a" }] }] }] });

function post(
  otlp: OtlpReceiver,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  path = "/v1/traces",
) {
  const { app } = testApp({ otlp });
  const own = { host: TEST_HOST, authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  return app.request(path, { method: "POST", headers: { ...own, ...headers }, body: body as unknown as BodyInit });
}

const opened: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function serve(otlp: OtlpReceiver): Promise<string> {
  const server = await serveDashboard({ appFor: (port) => testApp({ otlp, port }).app, port: 0 });
  opened.push(() => server.close());
  return server.url;
}

describe.each([
  ["http/json", JsonTraces, JsonLogs, JsonMetrics],
  ["http/protobuf", ProtobufTraces, ProtobufLogs, ProtobufMetrics],
] as const)("the OpenTelemetry SDK by %s", (_, Traces, Logs, Metrics) => {
  const exporter = (url: string, path: string, more: object = {}) => ({
    url: `${url}/v1/${path}`,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...more,
  });
  const resource = resourceFromAttributes({ "service.name": "loom", "process.pid": process.pid });

  test("exports spans, compressed or not, and none is lost", async () => {
    const kept = keeper();
    const url = await serve(kept.otlp);
    const spans = 2000;
    for (const compression of ["none", "gzip"] as const) {
      const processor = new BatchSpanProcessor(new Traces(exporter(url, "traces", { compression })), {
        maxQueueSize: spans,
      });
      const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
      const tracer = provider.getTracer("loom");
      for (let at = 0; at < spans / 2; at++) {
        const parent = tracer.startSpan(`row ${at}`, { attributes: { "session.id": "s-1", at } });
        tracer.startSpan("thread", {}, trace.setSpan(context.active(), parent)).end();
        parent.end();
      }
      await provider.shutdown();
    }
    const found = kept.events();
    expect(found.map(({ type }) => type).every((type) => type === "otel.span")).toBe(true);
    expect(new Set(found.map(({ eventId }) => eventId)).size).toBe(2 * spans);
    expect(found.filter(({ sessionId }) => sessionId === "s-1")).toHaveLength(spans);
    expect(found.flatMap(({ facts }) => facts.filter(({ kind }) => kind === "problem"))).toEqual([]);
  });

  test("sends again what could not be stored, which makes no new events", async () => {
    const busy = { status: 503, retryAfterSeconds: 1 } as const;
    const kept = keeper([busy]);
    const url = await serve(kept.otlp);
    const logs = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: new Logs(exporter(url, "logs")) })],
    });
    const logger = logs.getLogger("shuttle");
    for (let at = 0; at < 20; at++)
      logger.emit({ body: "stuck", severityNumber: SeverityNumber.WARN, timestamp: 1_000_000 });
    await logs.shutdown();
    expect(kept.asked()).toBe(2);
    const found = kept.events();
    expect(found).toHaveLength(40);
    expect(new Set(found.map(({ eventId }) => eventId)).size).toBe(20);
    expect(found[0]!.facts).toMatchObject([
      { kind: "log_line", level: "warn", message: "stuck", logger: "shuttle", pid: process.pid },
    ]);
  });

  test("exports metrics, a fact for each series", async () => {
    const kept = keeper();
    const url = await serve(kept.otlp);
    const reader = new PeriodicExportingMetricReader({
      exporter: new Metrics(exporter(url, "metrics")),
      exportIntervalMillis: 1e6,
    });
    const provider = new MeterProvider({ resource, readers: [reader] });
    const meter = provider.getMeter("loom");
    const rows = meter.createCounter("rows");
    rows.add(3, { side: "left" });
    rows.add(4, { side: "right" });
    meter.createHistogram("width", { unit: "cm" }).record(12.5);
    await provider.shutdown();
    const facts = kept.events().flatMap((event) => event.facts.filter((fact) => fact.kind === "metric"));
    expect(facts.map(({ name, value, metricKind, unit }) => [name, value, metricKind, unit])).toEqual([
      ["rows", 3, "sum", null],
      ["rows", 4, "sum", null],
      ["width", 12.5, "histogram", "cm"],
    ]);
  });
});

describe("who may send", () => {
  test.each([
    ["no token", { authorization: "" }],
    ["another token", { authorization: `Bearer ${"b".repeat(64)}` }],
    ["a part of it", { authorization: `Bearer ${"a".repeat(63)}` }],
    ["another scheme", { authorization: `Basic ${TOKEN}` }],
  ])("%s is 401, and nothing is taken", async (_, headers) => {
    const kept = keeper();
    const response = await post(kept.otlp, ONE, headers);
    expect([response.status, kept.asked()]).toEqual([401, 0]);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("clew otel env") });
  });

  test("the token, also with its blank still encoded, or none where none is wanted", async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `bearer  ${TOKEN}`, `Bearer%20${TOKEN}`])
      expect((await post(keeper().otlp, ONE, { authorization })).status).toBe(200);
    expect((await post({ ...keeper().otlp, token: null }, ONE, { authorization: "" })).status).toBe(200);
  });

  test.each([
    ["another site's page", { origin: "http://evil.com" }],
    ["a sandboxed page", { origin: "null" }],
    ["another port's page", { origin: "http://127.0.0.1:9999" }],
    ["what a browser marks", { "sec-fetch-site": "cross-site" }],
    ["what a browser marks as a neighbour's", { "sec-fetch-site": "same-site" }],
    ["another host's name", { host: "evil.com" }],
  ])("%s is 403 even with the token", async (_, headers) => {
    const kept = keeper();
    expect([(await post(kept.otlp, ONE, headers)).status, kept.asked()]).toEqual([403, 0]);
  });

  test("a cookie opens nothing here, the token nothing elsewhere", async () => {
    const { app, cookie } = testApp({ otlp: keeper().otlp });
    const headers = { host: TEST_HOST, origin: TEST_ORIGIN, cookie, "content-type": "application/json" };
    expect((await app.request("/v1/traces", { method: "POST", headers, body: ONE })).status).toBe(401);
    const bearer = { host: TEST_HOST, authorization: `Bearer ${TOKEN}` };
    expect((await app.request("/api/sessions", { headers: bearer })).status).toBe(401);
  });

  test("without a receiver nothing is there", async () => {
    const { app } = testApp();
    const headers = { host: TEST_HOST, authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    expect((await app.request("/v1/traces", { method: "POST", headers, body: ONE })).status).toBe(404);
  });
});

describe("what is answered", () => {
  test("in the request's encoding: an empty message when everything was taken", async () => {
    const json = await post(keeper().otlp, EMPTY);
    expect([json.status, json.headers.get("content-type"), await json.text()]).toEqual([200, "application/json", "{}"]);
    const protobuf = await post(keeper().otlp, new Uint8Array(), { "content-type": "application/x-protobuf" });
    expect([protobuf.status, protobuf.headers.get("content-type")]).toEqual([200, "application/x-protobuf"]);
    expect((await protobuf.arrayBuffer()).byteLength).toBe(0);
  });

  test.each([
    ["/v1/traces", "resourceSpans", "scopeSpans", "spans", "rejectedSpans"],
    ["/v1/logs", "resourceLogs", "scopeLogs", "logRecords", "rejectedLogRecords"],
    ["/v1/metrics", "resourceMetrics", "scopeMetrics", "metrics", "rejectedDataPoints"],
  ])("%s tells what it could not read, and keeps it", async (path, outer, inner, leaves, count) => {
    const kept = keeper();
    const body = JSON.stringify({ [outer]: [{ [inner]: [{ [leaves]: [{ name: "a" }, 5] }] }] });
    const response = await post(kept.otlp, body, {}, path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ partialSuccess: { [count]: "1", errorMessage: expect.any(String) } });
    expect(kept.events()).toHaveLength(2);
  });

  test.each([
    [415, { "content-type": "text/plain" }, ONE],
    [415, { "content-type": "" }, ONE],
    [415, { "content-encoding": "br" }, ONE],
    [400, {}, "{"],
    [400, { "content-encoding": "gzip" }, "no gzip"],
    [413, { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(80 * 1024 * 1024), { level: 9 })],
    [413, { "content-length": String(65 * 1024 * 1024) }, ONE],
  ])("%i for %j", async (status, headers, body) => {
    const kept = keeper();
    const response = await post(kept.otlp, body, headers as Record<string, string>);
    expect([response.status, kept.asked()]).toEqual([status, 0]);
    expect(await response.json()).toMatchObject({ message: expect.any(String) });
  });

  test("a body without a length ends where it is too much", async () => {
    const kept = keeper();
    const { app } = testApp({ otlp: { ...kept.otlp, limits: { ...LIMITS, bytes: 1000 } } });
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(100));
      },
    });
    const headers = { host: TEST_HOST, authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const response = await app.request("/v1/logs", { method: "POST", headers, body, duplex: "half" } as RequestInit);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(20);
  });

  test("503 with a time to come back when it cannot be stored, whatever fails", async () => {
    const errors: unknown[] = [];
    const failed = new Error("the disk is full");
    const { app } = testApp({
      otlp: keeper([{ status: 503, retryAfterSeconds: 7 }, failed]).otlp,
      onError: (error) => errors.push(error),
    });
    const headers = { host: TEST_HOST, authorization: `Bearer ${TOKEN}`, "content-type": "application/x-protobuf" };
    const span = Uint8Array.from([10, 8, 18, 6, 18, 4, 42, 2, 97, 97]);
    const send = () => app.request("/v1/traces", { method: "POST", headers, body: span });
    const first = await send();
    expect([first.status, first.headers.get("retry-after")]).toEqual([503, "7"]);
    // google.rpc.Status: field 2, a text.
    const status = Buffer.from(await first.arrayBuffer());
    expect([status[0], status.subarray(2).toString()]).toEqual([0x12, "this cannot be stored now"]);
    const second = await send();
    expect([second.status, second.headers.get("retry-after"), errors]).toEqual([503, "5", [failed]]);
    expect(await second.text()).not.toContain("disk is full");
    expect((await send()).status).toBe(200);
  });

  test("429 when too many wait; each is taken in one after the other", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let inside = 0;
    let most = 0;
    const accept = async () => {
      inside++;
      most = Math.max(most, inside);
      await gate;
      inside--;
      return undefined;
    };
    const { app } = testApp({ otlp: { token: null, accept } });
    const headers = { host: TEST_HOST, "content-type": "application/json" };
    const all = Array.from({ length: 40 }, () => app.request("/v1/traces", { method: "POST", headers, body: ONE }));
    const early = await Promise.race(all);
    expect([early.status, early.headers.get("retry-after")]).toEqual([429, "1"]);
    release();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect([statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 429).length, most]).toEqual([
      32, 8, 1,
    ]);
  });

  test("items of a large request stand in several records", async () => {
    const kept = keeper();
    const spans = Array.from({ length: 12_000 }, (_, at) => ({ name: `row ${at}` }));
    expect((await post(kept.otlp, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))).status).toBe(200);
    expect([kept.asked(), kept.records.length]).toEqual([1, 3]);
    expect(kept.events()).toHaveLength(12_000);
  });
});

describe("the token", () => {
  const home = (): string => {
    const path = mkdtempSync(join(tmpdir(), "clew-token-"));
    opened.push(() => rmSync(path, { recursive: true }));
    return path;
  };

  test("is made once, in a file of its owner's", () => {
    const directory = home();
    expect(readOtlpToken(directory)).toBeNull();
    const token = otlpToken(directory);
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect([otlpToken(directory), readOtlpToken(directory)]).toEqual([token, token]);
    const path = join(directory, "otlp.token");
    expect(readFileSync(path, "utf8")).toBe(token);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.platform === "win32")("is made anew when others could read it, or it is none", () => {
    const directory = home();
    const path = join(directory, "otlp.token");
    const token = otlpToken(directory);
    chmodSync(path, 0o644);
    expect(readOtlpToken(directory)).toBeNull();
    const second = otlpToken(directory);
    expect(second).not.toBe(token);
    writeFileSync(path, "x".repeat(64));
    expect(otlpToken(directory)).toMatch(/^[0-9a-f]{64}$/);
  });
});
