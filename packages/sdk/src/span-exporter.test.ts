/** @module Spans of the real OpenTelemetry SDK come into the spool as its own serializer says them. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { afterEach, expect, test } from "vitest";
import { decodeSpoolRecord } from "../../app/src/base/spool-record.ts";
import { listSpool, readSpoolFile } from "../../app/src/spool/spool-directory.ts";
import { resetSettings } from "./configure.ts";
import { configure, onProblem, withSession } from "./index.ts";
import { clewSpanExporter, type FinishedSpan, sessionSpanProcessor } from "./otel.ts";
import { type ExportedSpan, startRecording } from "./testing.ts";

afterEach(resetSettings);

const resource = resourceFromAttributes({ "service.name": "shop", "process.pid": 7 });
const providers = (...spanProcessors: SpanProcessor[]) => new NodeTracerProvider({ resource, spanProcessors });

/** Everything that a span can hold. */
function makeSpans(provider: NodeTracerProvider): void {
  const tracer = provider.getTracer("lib", "1.2.3", { schemaUrl: "https://schema.test" });
  const attributes = {
    text: "grün",
    whole: 1,
    half: 1.5,
    below: -3,
    yes: true,
    list: ["p", "q"],
    numbers: [1, 2.5],
    empty: [],
  };
  const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const outer = tracer.startSpan(
    "outer",
    { kind: SpanKind.SERVER, attributes },
    trace.setSpanContext(context.active(), { ...remote, isRemote: true }),
  );
  for (const kind of [SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER])
    tracer.startSpan("inner", { kind, startTime: 1_700_000_000_123 }, trace.setSpan(context.active(), outer)).end();
  outer.addEvent("seen", { at: 1 });
  outer.recordException(new Error("no such column"));
  outer.addLink({ context: remote, attributes: { why: "retry" } });
  outer.setStatus({ code: SpanStatusCode.ERROR, message: "failed" });
  outer.end();
  provider.getTracer("other").startSpan("alone").end();
}

/** In the official JSON integers are numbers, counts of nothing are zeros, and spans are grouped. */
function official(spans: Parameters<typeof JsonTraceSerializer.serializeRequest>[0]): ExportedSpan[] {
  interface Scoped {
    readonly scope: Record<string, unknown>;
    readonly spans: readonly Record<string, unknown>[];
  }
  const request = JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest(spans)!).toString()) as {
    resourceSpans: readonly { readonly resource: Record<string, unknown>; readonly scopeSpans: readonly Scoped[] }[];
  };
  const items = request.resourceSpans.flatMap((one) =>
    one.scopeSpans.flatMap(({ scope, spans: list }) =>
      list.map((item) => ({ signal: "traces" as const, resource: one.resource, scope, item })),
    ),
  );
  const text = JSON.stringify(items, (key, value: unknown) => {
    if (key === "intValue") return String(value);
    return /^dropped\w+Count$/.test(key) && value === 0 ? undefined : value;
  });
  return JSON.parse(text) as ExportedSpan[];
}

const byId = (items: readonly ExportedSpan[]): ExportedSpan[] =>
  [...items].sort((one, other) => String(one.item.spanId).localeCompare(String(other.item.spanId)));

interface Spool {
  readonly env: Readonly<Record<string, string>>;
  readonly kinds: () => string[];
  readonly items: () => ExportedSpan[];
}

function makeSpool(): Spool {
  const home = mkdtempSync(join(tmpdir(), "clew-sdk-spans-"));
  const spool = join(home, "spool");
  const records = () => listSpool(spool).names.map((name) => decodeSpoolRecord(readSpoolFile(spool, name)!.bytes)!);
  return {
    env: { CLEW_HOME: home },
    kinds: () => records().map(({ kind, fields }) => `${kind} ${/^\d+$/.test(fields.at ?? "")}`),
    items: () => records().flatMap(({ body }) => JSON.parse(body.toString()) as ExportedSpan[]),
  };
}

test("every span is one item with its resource and its scope, as OpenTelemetry's own JSON has it", async () => {
  const spool = makeSpool();
  configure({ env: spool.env });
  const memory = new InMemorySpanExporter();
  const exporter = clewSpanExporter();
  const provider = providers(new SimpleSpanProcessor(memory), new BatchSpanProcessor(exporter));
  makeSpans(provider);
  await provider.forceFlush();
  await exporter.forceFlush();
  expect(spool.kinds()).toEqual(["otlp true"]);
  const items = byId(spool.items());
  expect(items).toHaveLength(6);
  expect(items).toEqual(byId(official(memory.getFinishedSpans())));
  const outer = items.find(({ item }) => item.name === "outer")!;
  expect(outer.item).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentSpanId: "b7ad6b7169203331",
    kind: 2,
    status: { code: 2, message: "failed" },
    startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
  });
  expect(outer.item.attributes).toContainEqual({ key: "whole", value: { intValue: "1" } });
  expect(outer.resource.attributes).toContainEqual({ key: "service.name", value: { stringValue: "shop" } });
  await provider.shutdown();
});

test("one by one, with the session, and what is exported after the end is let go", async () => {
  const recorder = startRecording();
  const exporter = clewSpanExporter();
  const provider = providers(sessionSpanProcessor(), new SimpleSpanProcessor(exporter));
  const tracer = provider.getTracer("lib");
  withSession({ id: "s1", workspace: "0123456789abcdef" }, () => tracer.startSpan("work").end());
  expect(recorder.spans).toHaveLength(1);
  expect(recorder.spans[0]!.item.attributes).toContainEqual({ key: "session.id", value: { stringValue: "s1" } });
  await provider.shutdown();
  const codes: number[] = [];
  exporter.export([], ({ code }) => codes.push(code));
  tracer.startSpan("late").end();
  expect([codes, recorder.spans.length]).toEqual([[0], 1]);
  expect(recorder.problems).toEqual([]);
  recorder.stop();
});

test("5,000 spans at once are all there; the answer comes before they are", async () => {
  const spool = makeSpool();
  configure({ env: spool.env });
  const exporter = clewSpanExporter();
  const provider = providers(new BatchSpanProcessor(exporter, { maxQueueSize: 10_000 }));
  const tracer = provider.getTracer("lib");
  for (let number = 0; number < 5000; number++) tracer.startSpan(`span ${number}`).end();
  await provider.shutdown();
  expect(new Set(spool.items().map(({ item }) => item.name)).size).toBe(5000);
});

/** As versions 1 of the SDK had them, and what no version has. */
const span = (more: object = {}): FinishedSpan => ({
  name: "made up",
  kind: 0,
  spanContext: () => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceState: { serialize: () => "v=1" } }),
  parentSpanId: "c".repeat(16),
  startTime: [1_700_000_000, 5],
  endTime: [1_700_000_001, 999_999_999],
  status: { code: 0 },
  attributes: {},
  links: [],
  events: [],
  resource: { attributes: {} },
  instrumentationLibrary: { name: "old", version: "1" },
  ...more,
});

test("older spans, numbers that JSON lacks, and spans that are too large", async () => {
  const recorder = startRecording();
  const exporter = clewSpanExporter();
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`key ${index}`, "x".repeat(2000)]));
  const odd = { nan: Number.NaN, far: 2 ** 60, big: 10n, nothing: null, object: { a: 1 } };
  exporter.export([span({ attributes: odd }), span({ attributes: many, droppedAttributesCount: 1 })], () => {});
  const [first, second] = recorder.spans;
  expect(first).toEqual({
    signal: "traces",
    resource: { attributes: [] },
    scope: { name: "old", version: "1" },
    item: {
      traceId: "a".repeat(32),
      spanId: "b".repeat(16),
      traceState: "v=1",
      parentSpanId: "c".repeat(16),
      flags: 256,
      name: "made up",
      kind: 1,
      startTimeUnixNano: "1700000000000000005",
      endTimeUnixNano: "1700000001999999999",
      attributes: [
        { key: "nan", value: { doubleValue: "NaN" } },
        { key: "far", value: { doubleValue: 2 ** 60 } },
        { key: "big", value: { intValue: "10" } },
        { key: "nothing", value: {} },
        { key: "object", value: { stringValue: '{"a":1}' } },
      ],
      events: [],
      links: [],
      status: { code: 0 },
    },
  });
  expect(second!.item).toMatchObject({ droppedAttributesCount: 1 + 400 - 32 });
  expect(JSON.stringify(second).length).toBeLessThan(100_000);
  recorder.stop();
});

test("what cannot be exported is a problem of the SDK, and the answer is the same", async () => {
  const problems: string[] = [];
  const file = join(mkdtempSync(join(tmpdir(), "clew-sdk-spans-")), "file");
  writeFileSync(file, "");
  configure({ env: { CLEW_HOME: join(file, "below") } });
  onProblem(({ code }) => problems.push(code));
  const exporter = clewSpanExporter();
  const codes: number[] = [];
  const hostile = Object.defineProperty(span(), "attributes", {
    get() {
      throw new Error("hostile");
    },
  });
  exporter.export([hostile, span()], ({ code }) => codes.push(code));
  exporter.export(5 as never, ({ code }) => codes.push(code));
  await exporter.forceFlush();
  await exporter.shutdown();
  expect(codes).toEqual([0, 0]);
  expect(problems).toEqual(["adapter", "adapter", "spool"]);
});

test("without Clew on the machine, and with CLEW_SDK=off, nothing is made", async () => {
  const home = mkdtempSync(join(tmpdir(), "clew-sdk-nobody-"));
  for (const env of [{ HOME: home }, { CLEW_HOME: join(home, "clew"), CLEW_SDK: "off" }]) {
    configure({ env });
    const exporter = clewSpanExporter();
    exporter.export([span()], () => {});
    await exporter.shutdown();
    expect(listSpool(join(home, "clew", "spool")).names).toEqual([]);
  }
  mkdirSync(join(home, ".local", "share", "clew"), { recursive: true });
  configure({ env: { HOME: home } });
  const exporter = clewSpanExporter();
  exporter.export([span()], () => {});
  await exporter.forceFlush();
  expect(listSpool(join(home, ".local", "share", "clew", "spool")).names).toHaveLength(1);
});
