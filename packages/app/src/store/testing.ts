/** @module For tests: stores of their own, events as programs tell them, and the proof that their order makes no difference. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { eventIdOf, UNCORRELATED_SESSION } from "../base/ids.ts";
import type { Fact, ResponseFact } from "../model/record.ts";
import type { LogLineFact, ModelCallFact, SpanFact } from "../model/telemetry.ts";
import type { LiveEvent } from "./batch.ts";
import { canonicalHashes } from "./canonical-dump.ts";
import { openStore, type Store } from "./store.ts";

export const NOW = Date.UTC(2026, 10, 21, 12);
export const TRACE = "0af7651916cd43dd8448eb211c80319c";
let directory: string;
let stores: Store[];

export function newStore(skew = 0): Store {
  return openAt(join(directory, `${stores.length}.db`), skew);
}

/** The same store after the process that had it open is gone. */
export function reopened(store: Store, skew = 0): Store {
  const path = store.db.name;
  store.close();
  return openAt(path, skew);
}

function openAt(path: string, skew: number): Store {
  const opened = openStore(path, {
    clock: () => NOW + skew,
    place: (cwd) => ({
      workspaceId: `w-${cwd ?? "none"}`,
      workspacePath: cwd ?? "none",
      workspaceName: "kiln",
      projectId: "dir:kiln",
      projectName: "kiln",
      remote: null,
    }),
    identify: (agent, place) => ({ identityId: `${agent}@${place.projectName}`, personId: "person:ada" }),
    price: ({ inputTokens }) => ({ costMicros: inputTokens, priceVersion: "test" }),
    prices: "test",
  });
  stores.push(opened);
  return opened;
}

/** Before each test. */
export function makeStores(): void {
  directory = mkdtempSync(join(tmpdir(), "clew-correlation-"));
  stores = [];
}

/** After each test. */
export function removeStores(): void {
  for (const one of stores) one.close();
  rmSync(directory, { recursive: true, force: true });
}

export function event(
  name: string,
  sessionId: string,
  facts: readonly Fact[],
  options: Partial<LiveEvent> = {},
): LiveEvent {
  return {
    eventId: eventIdOf(name),
    naturalKey: name,
    sessionId,
    rootSessionId: sessionId.split(".")[0]!,
    ts: NOW,
    type: "log.info",
    origin: "tool",
    offset: 0,
    length: 2,
    text: name,
    facts,
    source: "log",
    agent: "script",
    cwd: null,
    body: Buffer.from("{}"),
    ...options,
  };
}

export const line = (name: string, more: Partial<LogLineFact> = {}): LiveEvent => {
  const fact: LogLineFact = {
    kind: "log_line",
    sessionId: null,
    ts: NOW,
    level: "info",
    message: name,
    logger: null,
    service: "kiln",
    pid: null,
    host: null,
    traceId: null,
    spanId: null,
    path: null,
    fileOffset: null,
    format: "pino",
    ...more,
  };
  return event(name, fact.sessionId ?? UNCORRELATED_SESSION, [fact], { ts: fact.ts });
};

export const span = (spanId: string, parentSpanId: string | null, more: Partial<SpanFact> = {}): LiveEvent => {
  const fact: SpanFact = {
    kind: "span",
    traceId: TRACE,
    spanId,
    parentSpanId,
    sessionId: null,
    fallbackSession: null,
    name: spanId,
    spanKind: "internal",
    service: "kiln",
    startedAt: NOW * 1000,
    endedAt: NOW * 1000 + 5,
    status: "unset",
    statusMessage: null,
    toolUseId: null,
    ...more,
  };
  return event(`span ${spanId}`, fact.sessionId ?? UNCORRELATED_SESSION, [fact], { source: "otlp", type: "span" });
};

export const start = (
  sessionId: string,
  more: { pid?: number; spanId?: string; ts?: number; parent?: string } = {},
): LiveEvent => {
  const { pid, spanId, ts = NOW - 1000, parent } = more;
  const facts: Fact[] = [
    { kind: "session", sessionId, cwd: `/${sessionId}`, ...(parent && { parentSessionId: parent }) },
  ];
  if (pid) facts.push({ kind: "process", sessionId, pid, startedAt: null, ts });
  if (spanId) facts.push({ kind: "trace", sessionId, traceId: TRACE, spanId, callerSpanId: null, ts });
  return event(`start ${sessionId}`, sessionId, facts, {
    source: "clew",
    type: "session.start",
    ts,
    cwd: `/${sessionId}`,
  });
};
export const end = (sessionId: string, ts: number): LiveEvent =>
  event(`end ${sessionId}`, sessionId, [{ kind: "activity", sessionId, ts, activity: "ended", reason: null }], {
    source: "clew",
    type: "session.end",
    ts,
  });

export const usage = {
  inputTokens: 10,
  outputTokens: 5,
  cache5mTokens: 0,
  cache1hTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
};
export const call = (by: ModelCallFact["by"], more: Partial<ModelCallFact> = {}): LiveEvent => {
  const fact: ModelCallFact = {
    kind: "model_call",
    by,
    ownKey: "own",
    messageId: null,
    requestId: null,
    sessionId: "s1",
    fallbackSession: null,
    ts: NOW,
    provider: "anthropic",
    model: "m-1",
    usage,
    costMicros: null,
    durationMs: 12,
    firstTokenMs: null,
    finishReason: null,
    error: null,
    querySource: null,
    traceId: null,
    spanId: null,
    interaction: null,
    ...more,
  };
  const name = `${by} ${fact.ownKey} ${fact.requestId} ${fact.messageId} ${fact.error}`;
  return event(name, fact.sessionId ?? UNCORRELATED_SESSION, [fact], { source: "otlp", type: "call" });
};
export const response = (requestId: string, messageId = "msg_1", sessionId = "s1"): LiveEvent => {
  const fact: ResponseFact = {
    kind: "response",
    responseId: `${messageId}|${requestId}`,
    messageId,
    requestId,
    sessionId,
    record: "assistant",
    isSidechain: false,
    ts: NOW,
    model: "m-1",
    ...usage,
    thinkingTokens: null,
    webSearches: 0,
    serviceTier: null,
    speed: null,
    inferenceGeo: null,
    stopReason: "end_turn",
    outputUndercounted: false,
  };
  return event(`response ${requestId}`, sessionId, [fact], { source: "claude-code", type: "assistant.text" });
};

export const rows = (store: Store, sql: string) => store.db.prepare(sql).all() as Record<string, unknown>[];
export const joins = (store: Store) =>
  Object.fromEntries(
    rows(store, "SELECT message, session_id, joined_by FROM log_lines").map((row) => [
      row.message,
      `${row.session_id} ${row.joined_by}`,
    ]),
  );

/** The same whatever comes first and in however many transactions. */
export function always(events: readonly LiveEvent[], check: (store: Store) => void): void {
  const whole = newStore();
  whole.writeLive(events);
  check(whole);
  const expected = canonicalHashes(whole.db);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: events.length, maxLength: events.length }),
      (order, sizes) => {
        const store = newStore();
        for (let at = 0, step = 0; at < order.length; at += sizes[step++]!) {
          store.writeLive(order.slice(at, at + sizes[step]!));
        }
        // Again: nothing is stored twice.
        store.writeLive(order);
        expect(canonicalHashes(store.db)).toEqual(expected);
        store.close();
      },
    ),
    { numRuns: 25 },
  );
}
