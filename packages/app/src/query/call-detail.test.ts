import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeSpoolRecord } from "../base/spool-record.ts";
import { callDetail, WRITTEN } from "./call-detail.ts";
import { testTelemetry } from "./log-testing.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  const { modelCall, line } = testTelemetry(base);
  base.session("s", { agent: "script" });
  const event = (eventId: string, source: "clew" | "log", body: object) => {
    const kind = source === "log" ? "log" : "event";
    const fields = source === "log" ? { format: "interaction" } : {};
    const bytes = encodeSpoolRecord({ kind, fields, body: Buffer.from(JSON.stringify(body)) });
    const id = base.event("s", { eventId, type: "interaction", ts: TEST_NOW, body: Buffer.from(bytes).toString() });
    base.db.prepare("UPDATE events SET source = ? WHERE id = ?").run(source, id);
  };
  event("announced-2", "clew", { v: 1, type: "interaction", data: { interaction_id: 2 } });
  event("written-1", "log", { interaction_id: 1, input: "one?", output: "1" });
  event("written-2", "log", { interaction_id: 2, input: "two?", output: "2" });
  const told = (eventId: string) => JSON.stringify({ interaction: { eventId } });
  const call = (key: string, number: number, eventId: string) =>
    modelCall(key, {
      session_id: "s",
      event_id: eventId,
      told: told(eventId),
      interaction: JSON.stringify({ file: "f", number }),
      duration_ms: 100,
    });
  call("by-announcement", 2, "announced-2");
  call("by-file", 1, "written-1");
  call("not-written", 3, "announced-2");
  line({ session: "s", ts: TEST_NOW + 50, message: "without a trace" });
});
afterAll(() => base.close());

const parts = (key: string) =>
  callDetail(base.db, key)?.said.flatMap((block) => (block.kind === "attachment" ? [[block.label, block.text]] : []));

test("what was said is the log file's line, of calls that began together the one of its number", () => {
  expect(callDetail(base.db, "by-announcement")?.record).toEqual({ event_id: "written-2", session_id: "s" });
  expect(parts("by-announcement")).toEqual([
    ["input", "two?"],
    ["output", "2"],
  ]);
  expect(parts("by-file")).toEqual([
    ["input", "one?"],
    ["output", "1"],
  ]);
});

test("a call of which no line is known leads to its announcement; an unknown call is none", () => {
  expect(callDetail(base.db, "not-written")).toMatchObject({ record: { event_id: "announced-2" }, said: [] });
  expect(callDetail(base.db, "else")).toBeNull();
});

test("lines of its time belong to it, whether or not they have a trace", () => {
  expect(callDetail(base.db, "by-file")?.lines.map(({ message }) => message)).toEqual(["without a trace"]);
});

test("walks an index", () => {
  expect(base.plan(WRITTEN, ["s", 0])).toContain("USING INDEX events_live (session_id=? AND ts=?)");
});
