/** @module OpenTelemetry's own SDK against a daemon that is killed: what was accepted is stored, once, however often it was sent. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { context, trace } from "@opentelemetry/api";
import { OTLPLogExporter as JsonLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bareEnvironment, clew } from "./command.ts";
import { killDaemon, receiverHeaders, rowsOf, type StartedDaemon, startDaemon } from "./otlp-daemon.ts";
import { type LossyProxy, startProxy } from "./otlp-proxy.ts";

const SPANS = Number(process.env.CLEW_OTLP_SPANS ?? 2000);
const BATCH = 100;
const LOGS = 300;
/** Of the requests of spans: killed the moment it has gone out, and some milliseconds later, when it may be stored already. */
const KILL_AT = new Map([
  [4, 0],
  [11, 8],
]);
/** Every so-manieth answer is lost, so that what is stored is sent again. */
const LOSE_EVERY = 4;
const TOKENS = 7;

const exporters = {
  "http/json": { traces: JsonTraceExporter, logs: JsonLogExporter, metrics: JsonMetricExporter },
  "http/protobuf": { traces: ProtobufTraceExporter, logs: ProtobufLogExporter, metrics: ProtobufMetricExporter },
} as const;

let home: string;
let env: NodeJS.ProcessEnv;
let proxy: LossyProxy | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-o-"));
  const { XDG_RUNTIME_DIR, ...bare } = bareEnvironment({
    HOME: home,
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
  });
  env = bare;
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  await clew(["daemon", "stop"], env);
  rmSync(home, { recursive: true, force: true });
});

type Done = Parameters<SpanExporter["export"]>[1];

/** Tries again what its exporter has given up, and remembers which spans that says are accepted. */
function stubborn(exporter: SpanExporter, accepted: Set<string>): SpanExporter {
  const send = (spans: ReadableSpan[], done: Done, triesLeft: number): void => {
    exporter.export(spans, (result) => {
      if (result.code !== 0 && triesLeft > 0) {
        setTimeout(() => send(spans, done, triesLeft - 1), 500);
        return;
      }
      if (result.code === 0) for (const span of spans) accepted.add(span.spanContext().spanId);
      done(result);
    });
  };
  return {
    export: (spans, done) => send(spans, done, 5),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

test.each(["http/json", "http/protobuf"] as const)(
  "%s: two kills and lost answers lose nothing and count nothing twice",
  { timeout: 180_000 },
  async (encoding) => {
    let daemon: StartedDaemon = await startDaemon(env);
    const headers = await receiverHeaders(env);
    let kills = 0;
    let restart = Promise.resolve();
    const killed = async (wait: number): Promise<void> => {
      await delay(wait);
      await killDaemon(daemon);
      kills++;
      way.to(null);
      daemon = await startDaemon(env);
      way.to(daemon.url);
    };
    const way = await startProxy({
      loseEvery: LOSE_EVERY,
      whenAway: "cut",
      onRequest(number) {
        const wait = KILL_AT.get(number);
        if (wait !== undefined) restart = restart.then(() => killed(wait));
      },
    });
    proxy = way;
    way.to(daemon.url);

    const { traces, logs, metrics } = exporters[encoding];
    const at = (path: string) => ({ url: `${way.url}/v1/${path}`, headers, timeoutMillis: 60_000 });
    const resource = resourceFromAttributes({ "service.name": "kiln" });
    const accepted = new Set<string>();
    const tracing = new BasicTracerProvider({
      resource,
      spanProcessors: [
        new BatchSpanProcessor(stubborn(new traces(at("traces")), accepted), {
          maxQueueSize: SPANS,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: 50,
          exportTimeoutMillis: 60_000,
        }),
      ],
    });
    const tracer = tracing.getTracer("kiln");
    const sent = new Set<string>();
    let calls = 0;
    for (let number = 0; number < SPANS; number += 10) {
      const parent = tracer.startSpan("fire", { attributes: { kiln: number } });
      const inside = trace.setSpan(context.active(), parent);
      for (let child = 1; child < 10; child++) {
        const attributes = {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "openai",
          "gen_ai.request.model": "gpt-4o",
          "gen_ai.usage.input_tokens": 1,
          "gen_ai.usage.output_tokens": TOKENS,
        };
        const span = tracer.startSpan(child === 1 ? "chat gpt-4o" : "step", child === 1 ? { attributes } : {}, inside);
        if (child === 1) calls++;
        span.end();
        sent.add(span.spanContext().spanId);
      }
      parent.end();
      sent.add(parent.spanContext().spanId);
      if (number % (2 * BATCH) === 0) await delay(20);
    }
    await tracing.forceFlush();
    await restart;

    const reader = new PeriodicExportingMetricReader({
      exporter: new metrics({ ...at("metrics"), temporalityPreference: AggregationTemporality.DELTA }),
      exportIntervalMillis: 3_600_000,
      exportTimeoutMillis: 60_000,
    });
    const metering = new MeterProvider({ resource, readers: [reader] });
    const counter = metering.getMeter("kiln").createCounter("kiln.fired");
    for (let round = 0; round <= LOSE_EVERY; round++) {
      counter.add(100);
      await reader.forceFlush();
    }
    const logging = new LoggerProvider({
      resource,
      processors: [
        new BatchLogRecordProcessor({
          exporter: new logs(at("logs")),
          maxExportBatchSize: BATCH / 2,
          maxQueueSize: LOGS,
          exportTimeoutMillis: 60_000,
        }),
      ],
    });
    const logger = logging.getLogger("kiln");
    for (let number = 0; number < LOGS; number++) logger.emit({ body: `fired ${number}`, severityNumber: 9 });
    await logging.forceFlush();
    for (const provider of [tracing, metering, logging]) await provider.shutdown();
    // What waits when a daemon ends is stored by whoever writes next.
    await clew(["daemon", "stop"], env);
    await clew(["index"], env);

    // All of it happened: the kills, and answers that its clients never saw.
    expect(kills).toBe(KILL_AT.size);
    expect(way.counts.lost).toBeGreaterThanOrEqual(LOSE_EVERY);
    expect(accepted.size).toBe(SPANS);
    expect(accepted).toEqual(sent);

    const spans = await rowsOf<{ span_id: string }>("SELECT span_id FROM spans", env);
    expect(spans).toHaveLength(SPANS);
    expect(new Set(spans.map((row) => row.span_id))).toEqual(accepted);
    const lines = await rowsOf<{ message: string }>("SELECT message FROM log_lines", env);
    expect(lines).toHaveLength(LOGS);
    expect(new Set(lines.map((row) => row.message)).size).toBe(LOGS);
    const series = await rowsOf<{ value: number; points: number }>(
      "SELECT value, points FROM metric_series WHERE name = 'kiln.fired'",
      env,
    );
    expect(series).toEqual([{ value: 100 * (LOSE_EVERY + 1), points: LOSE_EVERY + 1 }]);
    const [events] = await rowsOf<{ events: number }>(
      "SELECT count(*) AS events FROM events WHERE source = 'otlp' AND type NOT LIKE '%metric%'",
      env,
    );
    expect(events?.events).toBe(SPANS + LOGS);
    const [usage] = await rowsOf(
      "SELECT count(*) AS responses, sum(output_tokens) AS output, sum(counted) AS counted FROM responses",
      env,
    );
    expect(usage).toEqual({ responses: calls, output: calls * TOKENS, counted: calls });

    // What is derived again from the log is the same.
    const before = await rowsOf(DERIVED, env);
    const rebuilt = await clew(["rebuild"], env);
    expect(rebuilt.code, rebuilt.stderr).toBe(0);
    expect(await rowsOf(DERIVED, env)).toEqual(before);
  },
);

const DERIVED = `SELECT 'span' AS what, span_id AS id, session_id AS session FROM spans
  UNION ALL SELECT 'response', response_id, session_id FROM responses
  UNION ALL SELECT 'line', message, session_id FROM log_lines
  UNION ALL SELECT 'metric', name || value, session_id FROM metric_series ORDER BY 1, 2, 3`;
