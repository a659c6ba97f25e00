import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeSpoolRecord } from "../../base/spool-record.ts";
import type { TokenUsage } from "../../model/usage.ts";
import { parseSpooled } from "../spooled.ts";
import type { SpooledEvent } from "../spooled-event.ts";
import type { OtlpSignal } from "./item.ts";
import { factsOf, itemsOf, protobufOf } from "./testing.ts";

interface Totals {
  readonly input: number;
  readonly output: number;
  readonly cache5m: number;
  readonly cache1h: number;
  readonly cacheRead: number;
  readonly responses: number;
}

interface Expected {
  readonly session_ids: readonly string[];
  readonly totals: { readonly all: Totals };
  readonly tools: readonly { readonly id: string; readonly name: string; readonly is_error: boolean }[];
}

/** Exports of the real client, recorded on this machine: see test/real-client/README.md. */
const captures = process.env.CLEW_CAPTURES;
const scenarios = captures ? readdirSync(captures).filter((name) => existsSync(join(captures, name, "otlp"))) : [];

const LATER = Date.UTC(2100, 0, 1);

async function eventsOf(scenario: string, encoding: "json" | "protobuf"): Promise<readonly SpooledEvent[]> {
  const folder = join(captures!, scenario, "otlp");
  const events: SpooledEvent[] = [];
  for (const name of readdirSync(folder).sort()) {
    const signal = /-(traces|logs|metrics)\.json$/.exec(name)?.[1] as OtlpSignal | undefined;
    if (!signal) continue;
    const text = readFileSync(join(folder, name), "utf8");
    const { items, rejected } =
      encoding === "json"
        ? await itemsOf(signal, text)
        : await itemsOf(signal, protobufOf(signal, JSON.parse(text) as object), "application/x-protobuf");
    expect(rejected).toBe(0);
    const body = Buffer.from(`[${items.join(",")}]`);
    events.push(...parseSpooled(encodeSpoolRecord({ kind: "otlp", fields: { at: "1" }, body }), LATER));
  }
  return events;
}

function sumOf(usages: readonly TokenUsage[]): Totals {
  const sum = (of: (usage: TokenUsage) => number): number => usages.reduce((total, usage) => total + of(usage), 0);
  return {
    input: sum((usage) => usage.inputTokens),
    output: sum((usage) => usage.outputTokens),
    cache5m: sum((usage) => usage.cache5mTokens),
    cache1h: sum((usage) => usage.cache1hTokens),
    cacheRead: sum((usage) => usage.cacheReadTokens),
    responses: usages.length,
  };
}

const named = scenarios.length > 0 ? scenarios : ["nothing"];

describe.skipIf(scenarios.length === 0).each(named)("the client's export of %s", (scenario) => {
  test("tells tokens, tools and sessions as they were", async () => {
    const expected = JSON.parse(readFileSync(join(captures!, scenario, "expected.json"), "utf8")) as Expected;
    const events = await eventsOf(scenario, "json");
    const calls = events.flatMap((event) => factsOf(event, "model_call"));
    const told = (by: string) => calls.filter((call) => call.by === by && call.usage);
    expect(sumOf(told("api_request").map(({ usage }) => usage!))).toEqual(expected.totals.all);
    const bySpan = sumOf(told("span").map(({ usage }) => usage!));
    expect(bySpan.input + bySpan.output + bySpan.cacheRead).toBe(
      expected.totals.all.input + expected.totals.all.output + expected.totals.all.cacheRead,
    );
    const key = (by: string) => new Set(calls.filter((call) => call.by === by).map(({ requestId }) => requestId));
    expect(key("span")).toEqual(key("api_request"));

    const ended = events.flatMap((event) => factsOf(event, "hook_tool")).filter(({ phase }) => phase !== "pre");
    expect(new Set(ended.map(({ toolUseId }) => toolUseId))).toEqual(new Set(expected.tools.map(({ id }) => id)));
    for (const { id, name, is_error: isError } of expected.tools) {
      const tool = ended.find(({ toolUseId }) => toolUseId === id)!;
      expect([tool.name, tool.phase !== "post"]).toEqual([name, isError]);
    }
    expect(new Set(events.map(({ rootSessionId }) => rootSessionId))).toEqual(new Set(expected.session_ids));
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    expect(events.flatMap((event) => factsOf(event, "problem"))).toEqual([]);
    const sessionOfTool = new Map(ended.map(({ toolUseId, sessionId }) => [toolUseId, sessionId]));
    for (const { toolUseId, sessionId } of events.flatMap((event) => factsOf(event, "span")))
      if (toolUseId !== null) expect(sessionId).toBe(sessionOfTool.get(toolUseId));
  });

  test("is the same in protobuf", async () => {
    const facts = (events: readonly SpooledEvent[]) => events.map(({ eventId, facts }) => ({ eventId, facts }));
    expect(facts(await eventsOf(scenario, "protobuf"))).toEqual(facts(await eventsOf(scenario, "json")));
  });
});
