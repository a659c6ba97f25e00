/** @module OpenTelemetry's SDK sends a daemon 5,000 spans a second, in both encodings: kept up with, until committed, at what cost. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { clewBin, percentile, root, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const RATE = 5000;
const SECONDS = Number(process.env.CLEW_BENCH_SECONDS ?? 8);
const SPANS = RATE * SECONDS;
const TICK_MS = 20;
const LOOK_MS = 100;
/** A daemon that is behind gets so long to catch up. */
const PATIENCE_MS = 60_000;
const Database = createRequire(join(root, "packages", "app", "package.json"))("better-sqlite3");

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Nanoseconds on a processor, of all threads that live; null where the system does not tell. */
function processorTime(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce(
      (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
      0,
    );
  } catch {
    return null;
  }
}

function machine() {
  const home = mkdtempSync(join(tmpdir(), "clew-otlp-"));
  const env = {
    ...process.env,
    HOME: home,
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    NO_COLOR: "1",
  };
  const clew = async (...words) => (await runNode([clewBin, ...words], { env })).stdout;
  return { home, clew, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Spans as a service makes them: one of a request, and below it four steps, one of them a model's call. */
function startRequest(tracer, number) {
  const spans = [
    tracer.startSpan(`GET /pots/${number % 50}`, {
      attributes: { "http.request.method": "GET", "url.path": `/pots/${number}` },
    }),
  ];
  for (let step = 1; step < 5; step++) {
    const attributes =
      step === 1 && number % 20 === 0
        ? {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 812,
            "gen_ai.usage.output_tokens": 96,
          }
        : { "db.system.name": "postgresql", "db.query.summary": "SELECT pots", "db.response.returned_rows": step };
    spans.push(tracer.startSpan(step === 1 ? "chat gpt-4o" : "SELECT pots", { attributes }));
  }
  return spans;
}

/** Rows of spans, as a reader of the database sees them. */
function countOf(path) {
  const db = new Database(path, { readonly: true });
  const statement = db.prepare("SELECT count(*) AS spans FROM spans");
  return { stored: () => statement.get().spans, close: () => db.close() };
}

/** Offers the spans at the rate; when the last is accepted and committed, how long each was under way, what it cost. */
async function offered(Exporter, serializer) {
  const { home, clew, remove } = machine();
  try {
    const { pid, url } = JSON.parse(await clew("daemon", "start", "--port", "0", "--json"));
    const { variables } = JSON.parse(await clew("otel", "env", "--for", "any", "--json"));
    const [name, value] = variables.OTEL_EXPORTER_OTLP_HEADERS.split("=");
    const headers = { [name]: decodeURIComponent(value) };
    const exporter = new Exporter({ url: `${url}/v1/traces`, headers, timeoutMillis: 60_000 });
    const acknowledging = [];
    const bodies = [];
    let accepted = 0;
    const measured = {
      export(spans, done) {
        const sentAt = performance.now();
        bodies.push(serializer.serializeRequest(spans));
        exporter.export(spans, (result) => {
          if (result.code === 0) accepted += spans.length;
          acknowledging.push(performance.now() - sentAt);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
      forceFlush: () => exporter.forceFlush(),
    };
    const batching = {
      maxQueueSize: SPANS,
      maxExportBatchSize: 512,
      scheduledDelayMillis: 100,
      exportTimeoutMillis: 60_000,
    };
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": "pottery" }),
      spanProcessors: [new BatchSpanProcessor(measured, batching)],
    });
    const tracer = provider.getTracer("pottery");
    await pause(2000);
    const { stored, close } = countOf(join(home, "data", "clew.db"));
    const lags = [];
    const before = { daemon: processorTime(pid), at: performance.now() };
    const elapsed = () => performance.now() - before.at;
    /** The newest span in the database was made as long ago as the rate says. */
    const look = () => {
      const count = stored();
      if (count > 0 && count < SPANS) lags.push(elapsed() - (count / RATE) * 1000);
      return count;
    };
    let made = 0;
    let nextLook = LOOK_MS;
    while (made < SPANS) {
      const due = Math.min(SPANS, Math.floor((elapsed() / 1000) * RATE));
      while (made < due) {
        for (const span of startRequest(tracer, made / 5)) span.end();
        made += 5;
      }
      if (elapsed() > nextLook) {
        look();
        nextLook = elapsed() + LOOK_MS;
      }
      await pause(TICK_MS);
    }
    await provider.forceFlush();
    const acceptedAfter = elapsed();
    while (look() < accepted && elapsed() < SECONDS * 1000 + PATIENCE_MS) await pause(LOOK_MS / 4);
    const committedAfter = elapsed();
    const after = processorTime(pid);
    const count = stored();
    close();
    await provider.shutdown();
    if (accepted !== made || count !== made) throw new Error(`${accepted} accepted and ${count} stored of ${made}`);
    return {
      acceptedAfter,
      committedAfter,
      acknowledging: percentile(acknowledging, 95),
      lag: percentile(lags, 95),
      percent: after === null ? null : ((after - before.daemon) / (committedAfter * 1e6)) * 100,
      bare: bare(bodies),
    };
  } finally {
    await clew("daemon", "stop").catch(() => {});
    remove();
  }
}

/** Milliseconds for the same requests, each a transaction, in rows of one table without an index. */
function bare(bodies) {
  const { home, remove } = machine();
  const db = new Database(join(home, "bare.db"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE requests (id INTEGER PRIMARY KEY, body BLOB)");
  const insert = db.prepare("INSERT INTO requests (body) VALUES (?)");
  const startedAt = performance.now();
  for (const body of bodies) insert.run(Buffer.from(body));
  const time = performance.now() - startedAt;
  db.close();
  remove();
  return time;
}

for (const [encoding, Exporter, serializer] of [
  ["http/json", JsonExporter, JsonTraceSerializer],
  ["http/protobuf", ProtobufExporter, ProtobufTraceSerializer],
]) {
  const found = await offered(Exporter, serializer);
  const count = SPANS.toLocaleString("en");
  const perSecond = (time) => Math.round((SPANS / time) * 1000).toLocaleString("en");
  printTable(`OpenTelemetry's SDK, ${RATE.toLocaleString("en")} spans a second for ${SECONDS} s, ${encoding}`, [
    {
      what: `${count} spans until the last is accepted, on disk (${perSecond(found.acceptedAfter)} a second)`,
      value: found.acceptedAfter,
      unit: "ms",
      budget: SECONDS * 1000 + 1000,
      yardstick: { name: "bare INSERTs of the same requests", value: found.bare },
    },
    {
      what: `until the last is committed (${perSecond(found.committedAfter)} a second)`,
      value: found.committedAfter,
      unit: "ms",
      budget: SECONDS * 1000 + 2000,
      yardstick: { name: "bare INSERTs of the same requests", value: found.bare },
    },
    { what: "a request of up to 512 spans until it is accepted, p95", value: found.acknowledging, unit: "ms" },
    { what: "a span until it is committed, p95", value: found.lag, unit: "ms", budget: 2000 },
    ...(found.percent === null
      ? []
      : [{ what: "percent of one processor, daemon", value: found.percent, unit: "ratio", budget: 100 }]),
  ]);
}
