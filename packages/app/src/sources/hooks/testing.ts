/** @module Spool records for tests: a fixture's body, or one made here, behind a header as the spool's reader leaves it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeSpoolRecord, type SpoolRecord } from "../../base/spool-record.ts";
import type { Fact, ParsedRecord } from "../../model/record.ts";
import { TEST_NOW } from "../claude/testing.ts";
import { parseSpooled, reparseSpooled, type SpooledEvent } from "../spooled.ts";

export const HOOK_FIXTURES = join(import.meta.dirname, "../../../../../fixtures/hooks");
/** Session of the fixtures, its subagent, and when their hooks ran. */
export const SESSION = "40000000-0000-4000-8000-000000000001";
export const CHILD = `${SESSION}.aaaa00000000000a1`;
export const AT = TEST_NOW - 60_000;

/** Names of the fixtures that stand for today's clients. */
export const FIXTURE_NAMES: readonly string[] = readdirSync(HOOK_FIXTURES)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length));

export function fixtureBody(name: string): Buffer {
  return readFileSync(join(HOOK_FIXTURES, `${name}.json`));
}

export function spoolBytes(
  body: Buffer | object | string,
  fields: SpoolRecord["fields"] = {},
  kind: SpoolRecord["kind"] = "hook",
): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return encodeSpoolRecord({ kind, fields: { at: `${AT}.25`, key: "0001.rec", ...fields }, body: bytes });
}

/** All events of some bytes, each the same when it is read from its stored body. */
export function events(bytes: Buffer): readonly SpooledEvent[] {
  const parsed = parseSpooled(bytes, TEST_NOW);
  for (const event of parsed) {
    const again = reparseSpooled(event.body, TEST_NOW);
    if (
      !again?.body.equals(event.body) ||
      JSON.stringify({ ...again, body: null }) !== JSON.stringify({ ...event, body: null })
    )
      throw new Error(`${event.type} is another event when it is read again`);
  }
  return parsed;
}

function only(bytes: Buffer): SpooledEvent {
  const parsed = events(bytes);
  if (parsed.length !== 1) throw new Error(`${parsed.length} events`);
  return parsed[0] as SpooledEvent;
}

/** The one event of a hook's body. */
export function hook(body: Buffer | object | string, fields: SpoolRecord["fields"] = {}): SpooledEvent {
  return only(spoolBytes(body, fields));
}

/** A body with the fields that all have. */
export function hookBody(name: string, more: object = {}): Record<string, unknown> {
  const transcript_path = `/home/ada/.claude/projects/-home-ada-loom/${SESSION}.jsonl`;
  return { session_id: SESSION, transcript_path, cwd: "/home/ada/loom", hook_event_name: name, ...more };
}

/** The one event of an own record's body. */
export function own(body: Buffer | object | string, fields: SpoolRecord["fields"] = {}): SpooledEvent {
  return only(spoolBytes(body, fields, "event"));
}

/** An own record with a right head. */
export function ownRecord(type: string, data?: unknown, more: object = {}): Record<string, unknown> {
  const ts = new Date(AT).toISOString();
  const correlation_id = `0123456789abcdef:${SESSION}`;
  return { v: 1, ts, id: "r-1", correlation_id, type, ...(data !== undefined && { data }), ...more };
}

/** Problems' messages. */
export function problems(event: ParsedRecord): readonly string[] {
  return event.facts.flatMap((fact: Fact) => (fact.kind === "problem" ? [`${fact.reason}: ${fact.message}`] : []));
}
