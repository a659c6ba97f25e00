/** @module What goes out as OpenTelemetry, against OpenTelemetry's own encoders: the same spans have to be the same messages. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { type HrTime, type Link, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { SpanBatch } from "../packages/app/src/export/otlp/batches.ts";
import { encodeJson, encodeProtobuf } from "../packages/app/src/export/otlp/encode.ts";
import { exportSessions, noCounts } from "../packages/app/src/export/otlp/export-sessions.ts";
import { type Attributes, nanosecondsOf, type OutgoingSpan } from "../packages/app/src/export/otlp/span.ts";
import { parseFilter } from "../packages/app/src/query/filter/parse.ts";
import { openReader, type Reader } from "../packages/app/src/query/reader.ts";
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
} from "../packages/app/src/sources/otlp/protocol/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import type { Span } from "../packages/app/src/sources/otlp/protocol/opentelemetry/proto/trace/v1/trace_pb.ts";
import { readOtlpRequest } from "../packages/app/src/sources/otlp/read-request.ts";
import { bareEnvironment, clew } from "./command.ts";
import { accept, type Collected, type Collector, startCollector } from "./otlp-collector.ts";
import { otelVariables, startDaemon } from "./otlp-daemon.ts";
import { repositoryRoot } from "./repository.ts";

const MAIN = "30000000-0000-4000-8000-000000000001";
let home: string;
let env: NodeJS.ProcessEnv;
let db: Reader;
let collector: Collector | null = null;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "clew-otlp-"));
  const config = ["2.1.329", "2.1.40", "1.0.17"].map((version) => join(repositoryRoot, "fixtures", "claude", version));
  env = bareEnvironment({ HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run") });
  env.CLAUDE_CONFIG_DIR = config.join(",");
  const { code, stderr } = await clew(["index"], env);
  expect(code, stderr).toBe(0);
  db = openReader(join(home, "data", "clew.db"));
});
afterAll(() => {
  db.close();
  rmSync(home, { recursive: true, force: true });
});
afterEach(async () => {
  await collector?.close();
  collector = null;
});

async function collect(answer?: (request: Collected, response: ServerResponse, number: number) => void) {
  collector = await startCollector(answer);
  return collector;
}

async function batches(content: boolean): Promise<readonly SpanBatch[]> {
  const found: SpanBatch[] = [];
  const question = { sessionIds: [], filter: parseFilter("", "list"), timeZone: "UTC", now: Date.now(), content };
  const keep = async (batch: SpanBatch) => {
    found.push(batch);
    return { bytes: 0, retries: 0, rejectedSpans: 0 };
  };
  await exportSessions(db, question, keep, noCounts(), () => false);
  return found;
}

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT };
const CODES = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, error: SpanStatusCode.ERROR };
const hrTime = (milliseconds: number): HrTime => {
  const time = nanosecondsOf(milliseconds);
  return [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)];
};
const context = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: 1 });
const plain = (attributes: Attributes) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "bigint" ? Number(value) : Array.isArray(value) ? [...value] : value,
    ]),
  ) as ReadableSpan["attributes"];

/** Our spans as OpenTelemetry's SDK would hold them. */
function readable({ groups }: SpanBatch): ReadableSpan[] {
  return groups.flatMap((group) => {
    const resource = resourceFromAttributes(plain(group.resource));
    return group.spans.map(
      (span: OutgoingSpan): ReadableSpan => ({
        name: span.name,
        kind: KINDS[span.kind],
        spanContext: () => context(span.traceId, span.spanId),
        ...(span.parentSpanId !== null && { parentSpanContext: context(span.traceId, span.parentSpanId) }),
        startTime: hrTime(span.start),
        endTime: hrTime(span.end),
        status: { code: CODES[span.status], ...(span.statusMessage !== null && { message: span.statusMessage }) },
        attributes: plain(span.attributes),
        links: span.links.map(
          (link): Link => ({ context: context(link.traceId, link.spanId), attributes: plain(link.attributes) }),
        ),
        events: [],
        duration: [0, 0],
        ended: true,
        resource,
        instrumentationScope: { name: "clew", version: "0" },
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      }),
    );
  });
}

/** A request of OTLP's JSON, whose ids are hex digits. */
function messageOfJson(json: JsonValue): ExportTraceServiceRequest {
  const based = JSON.parse(JSON.stringify(json), (name, value: unknown) =>
    /^(traceId|spanId|parentSpanId)$/.test(name) ? Buffer.from(value as string, "hex").toString("base64") : value,
  ) as JsonValue;
  return fromJson(ExportTraceServiceRequestSchema, based);
}

const messageOfBinary = (bytes: Uint8Array): ExportTraceServiceRequest =>
  fromBinary(ExportTraceServiceRequestSchema, Uint8Array.from(bytes));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Each span's own bytes by its id, and what its program says of itself; our version of the scope is the package's. */
function bytesBySpan(request: ExportTraceServiceRequest): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { resource, scopeSpans } of request.resourceSpans) {
    for (const { scope, spans } of scopeSpans) {
      expect(scope?.name).toBe("clew");
      for (const span of spans) {
        const one: ExportTraceServiceRequest = {
          ...request,
          resourceSpans: [
            {
              ...request.resourceSpans[0]!,
              resource,
              scopeSpans: [{ ...scopeSpans[0]!, scope: undefined, spans: [span] }],
            },
          ],
        } as ExportTraceServiceRequest;
        found.set(hex(span.spanId), hex(toBinary(ExportTraceServiceRequestSchema, one)));
      }
    }
  }
  return found;
}

describe.each([false, true])("with content: %s", (content) => {
  test("each span is, byte for byte, what OpenTelemetry's own encoders make of it, in both encodings", async () => {
    let compared = 0;
    for (const batch of await batches(content)) {
      const spans = readable(batch);
      const theirs = bytesBySpan(messageOfBinary(ProtobufTraceSerializer.serializeRequest(spans)!));
      const theirJson = JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest(spans)!).toString()) as JsonValue;
      expect(theirs.size).toBe(batch.spans);
      expect(bytesBySpan(messageOfBinary(encodeProtobuf(batch)))).toEqual(theirs);
      expect(bytesBySpan(messageOfJson(encodeJson(batch)))).toEqual(theirs);
      expect(bytesBySpan(messageOfJson(theirJson))).toEqual(theirs);
      compared += batch.spans;
    }
    expect(compared).toBeGreaterThan(50);
  });
});

test("Clew's own receiver takes every span of it", async () => {
  for (const batch of await batches(true)) {
    for (const [contentType, body] of [
      ["application/x-protobuf", Buffer.from(encodeProtobuf(batch))],
      ["application/json", Buffer.from(JSON.stringify(encodeJson(batch)))],
    ] as const) {
      const read = await readOtlpRequest({ signal: "traces", contentType, contentEncoding: undefined, body });
      expect(read).toMatchObject({ rejected: 0, message: null });
      expect("items" in read && read.items).toHaveLength(batch.spans);
    }
  }
});

test("spans make whole trees: every parent is there, no id twice", async () => {
  const spans = (await batches(false)).flatMap(({ groups }) => groups.flatMap((group) => group.spans));
  const ids = new Set(spans.map((span) => `${span.traceId} ${span.spanId}`));
  expect(ids.size).toBe(spans.length);
  const orphans = spans.filter(
    ({ traceId, parentSpanId }) => parentSpanId !== null && !ids.has(`${traceId} ${parentSpanId}`),
  );
  expect(orphans).toEqual([]);
  const roots = spans.filter((span) => span.parentSpanId === null);
  expect(new Set(roots.map((span) => span.traceId)).size).toBe(roots.length);
});

function spansIn(requests: readonly Collected[]): readonly Span[] {
  return requests.flatMap(({ headers, body }) => {
    const isJson = headers["content-type"] === "application/json";
    const message = isJson ? messageOfJson(JSON.parse(body.toString()) as JsonValue) : messageOfBinary(body);
    return message.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });
}

const said = (span: Span, name: string): unknown => span.attributes.find(({ key }) => key === name)?.value?.value.value;

describe("clew export otlp", () => {
  test("sends the same spans in both encodings, and they add up to what the archive holds", async () => {
    const seen: (readonly Span[])[] = [];
    for (const protocol of ["http/protobuf", "http/json"]) {
      const { url, requests } = await collect();
      const words = [
        "export",
        "otlp",
        "--endpoint",
        url,
        "--protocol",
        protocol,
        "--header",
        "x-key=open sesame",
        "--json",
      ];
      const { code, stdout, stderr } = await clew(words, env);
      expect([code, stderr]).toEqual([0, ""]);
      const spans = spansIn(requests);
      expect(JSON.parse(stdout)).toMatchObject({ spans: spans.length, batches: requests.length, rejected_spans: 0 });
      for (const request of requests) {
        expect(request.path).toBe("/v1/traces");
        expect(request.headers).toMatchObject({ "x-key": "open sesame", "content-encoding": "gzip" });
      }
      seen.push(spans);
      await collector?.close();
    }
    expect(seen[0]).toEqual(seen[1]);
    const { totals } = JSON.parse((await clew(["cost", "--by", "model", "--json"], env)).stdout) as {
      totals: Record<string, number>;
    };
    const sum = (name: string): number => seen[0]!.reduce((total, span) => total + Number(said(span, name) ?? 0), 0);
    expect(sum("gen_ai.usage.output_tokens")).toBe(totals.output_tokens);
    expect(sum("clew.usage.uncached_input_tokens")).toBe(totals.input_tokens);
    expect(sum("gen_ai.usage.cache_read.input_tokens")).toBe(totals.cache_read_input_tokens);
    expect(sum("gen_ai.usage.cache_creation.input_tokens")).toBe(totals.cache_creation_input_tokens);
    expect(sum("clew.cost_usd")).toBeCloseTo(totals.cost_usd!, 6);
    const calls = JSON.parse(
      (await clew(["sql", "SELECT count(*) AS calls FROM tool_calls", "--json"], env)).stdout,
    ) as {
      rows: readonly { readonly calls: number }[];
    };
    expect(seen[0]!.filter((span) => said(span, "gen_ai.operation.name") === "execute_tool")).toHaveLength(
      calls.rows[0]!.calls,
    );
  });

  test("takes a named session with its subagents, and nothing else", async () => {
    const { url, requests } = await collect();
    const { code, stdout } = await clew(["export", "otlp", MAIN], {
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ spans of \d+ sessions in 1 request to http:\/\/127\.0\.0\.1:\d+\/v1\/traces\n$/);
    const spans = spansIn(requests);
    const sessions = new Set(spans.map((span) => said(span, "session.id") as string));
    expect(sessions.size).toBeGreaterThan(1);
    expect([...sessions].filter((id) => !id.startsWith(MAIN))).toEqual([]);
    expect(new Set(spans.map((span) => hex(span.traceId))).size).toBe(1);
  });

  test("writes a file of one request a line, for its user alone, and no half of one", async () => {
    const path = join(home, "traces.jsonl");
    const { code } = await clew(["export", "otlp", "--output", path], env);
    expect(code).toBe(0);
    const piped = await clew(["export", "otlp", "--output", "-"], env);
    expect(piped.stderr).toMatch(/spans of/);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(
      piped.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as JsonValue),
    ).toEqual(lines.map((line) => JSON.parse(line) as JsonValue));
    const all = (await batches(false)).reduce((sum, batch) => sum + batch.spans, 0);
    const spans = lines.flatMap((line) => messageOfJson(JSON.parse(line) as JsonValue).resourceSpans);
    expect(spans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))).toHaveLength(all);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    const nowhere = await clew(["export", "otlp", "--output", join(home, "none", "x")], env);
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining("cannot write")]);
    expect(readdirSync(home).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("sends again when it is asked to wait", async () => {
    const { url, requests } = await collect((request, response, number) => {
      if (number === 1) response.writeHead(429, { "retry-after": "0" }).end();
      else accept(request, response);
    });
    const { code, stdout, stderr } = await clew(["export", "otlp", MAIN, "--endpoint", url, "--json"], env);
    expect([code, JSON.parse(stdout).retries]).toEqual([0, 1]);
    expect(stderr).toMatch(/answered 429; trying again/);
    expect(requests[1]!.body.equals(requests[0]!.body)).toBe(true);
  });

  test("reports what a receiver accepts in part, and fails", async () => {
    const { url } = await collect((_, response) => {
      const partialSuccess = { rejectedSpans: "2", errorMessage: "too old" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ partialSuccess }));
    });
    const { code, stdout, stderr } = await clew(["export", "otlp", MAIN, "--endpoint", url, "--json"], env);
    expect([code, JSON.parse(stdout).rejected_spans]).toEqual([1, 2]);
    expect(stderr).toContain("did not accept 2 spans: too old");
    expect(stderr).toContain("did not accept 2 of them");
  });

  test("follows no redirect, neither with its spans nor with its key", async () => {
    const other = await startCollector();
    const { url } = await collect((_, response) =>
      response.writeHead(307, { location: `${other.url}/v1/traces` }).end(),
    );
    const { code, stderr } = await clew(
      ["export", "otlp", MAIN, "--endpoint", url, "--header", "authorization=Bearer key"],
      env,
    );
    await other.close();
    expect([code, other.requests]).toEqual([1, []]);
    expect(stderr).toContain("redirect");
    expect(stderr).not.toContain("Bearer");
  });

  test("sends nothing to the daemon whose sessions they are", async () => {
    const here = { ...env, CLAUDE_CONFIG_DIR: join(home, "claude") };
    await startDaemon(here);
    try {
      const variables = await otelVariables([], here);
      const { code, stderr } = await clew(["export", "otlp", MAIN], { ...here, ...variables });
      expect([code, stderr]).toEqual([2, expect.stringContaining("is Clew's own daemon")]);
    } finally {
      await clew(["daemon", "stop"], here);
    }
  });

  test.each([
    [["export"], 2, "needs otlp"],
    [["export", "otpl"], 2, "did you mean `clew export otlp`?"],
    [["export", "otlp"], 2, "needs --endpoint URL"],
    [["export", "otlp", MAIN, "--since", "1d", "--endpoint", "http://127.0.0.1:1"], 2, "--since chooses among all"],
    [["export", "otlp", "--output", "-", "--json"], 2, "--output - and --json"],
    [["export", "otlp", "--output", "x", "--protocol", "http/json"], 2, "--protocol does not go with --output"],
    [["export", "otlp", "--endpoint", "http://127.0.0.1:1", "--protocol", "grpc"], 2, "--protocol grpc is unknown"],
    [["export", "otlp", "no-such-session", "--output", "-"], 1, "no session no-such-session"],
    [["export", "otlp", "--endpoint", "http://127.0.0.1:1"], 1, "cannot send to http://127.0.0.1:1/v1/traces"],
  ] as const)("%j ends with %i", async (words, code, message) => {
    const ended = await clew(words, env);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(message)]);
    expect(ended.stdout).toBe("");
  });
});

test("JSON that protobuf would write differs from OTLP's", () => {
  // Guards the comparison above: were ids base64, decoding them as hex would not bring them back.
  const id = Buffer.from("00112233445566778899aabbccddeeff", "hex");
  const json = toJson(
    ExportTraceServiceRequestSchema,
    messageOfJson({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: id.toString("hex") }] }] }] }),
  );
  expect(JSON.stringify(json)).toContain(id.toString("base64"));
});
