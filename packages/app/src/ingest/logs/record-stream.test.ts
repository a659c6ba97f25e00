import { expect, test } from "vitest";
import { decodeSpoolRecord, encodeSpoolRecord, type SpoolRecord } from "../../base/spool-record.ts";
import { parseSpooled } from "../../sources/spooled.ts";
import { createStreamRecorder } from "./record-stream.ts";

function bed() {
  let now = Date.UTC(2026, 10, 21, 12);
  const records: SpoolRecord[] = [];
  let failure: Error | null = null;
  const recorder = createStreamRecorder({
    clock: () => now,
    fields: { service: "shop", session: "job-1" },
    write(record) {
      if (failure) throw failure;
      records.push(record);
    },
  });
  return {
    recorder,
    records,
    add: (text: string) => recorder.add(Buffer.from(text)),
    pass(ms: number) {
      now += ms;
    },
    fail(error: Error | null) {
      failure = error;
    },
    texts: () => records.flatMap((record) => JSON.parse(record.body.toString()) as string[]),
  };
}

test("whole records are written, a torn line and a stack trace in the making wait", () => {
  const { recorder, add, pass, texts } = bed();
  add('{"msg":"a"}\nError: b\n    at c');
  recorder.flush(false);
  expect(texts()).toEqual(['{"msg":"a"}']);
  add(" (d.js:1:2)\n");
  recorder.flush(false);
  expect(texts()).toHaveLength(1);
  pass(2000);
  recorder.flush(false);
  expect(texts()).toEqual(['{"msg":"a"}', "Error: b\n    at c (d.js:1:2)"]);
  add("last words");
  recorder.flush(true);
  expect(texts().at(-1)).toBe("last words");
  expect(recorder.counts()).toEqual({ lines: 3, lost: 0, problem: null });
});

test("what is written is read as lines of the session around", () => {
  const { recorder, add, records } = bed();
  add("WARN disk is full\nsame\nsame\n");
  recorder.flush(true);
  const [record] = records;
  expect(record?.fields).toMatchObject({ list: "1", service: "shop", session: "job-1" });
  const fields = { ...record!.fields, key: "1-a" };
  const events = parseSpooled(encodeSpoolRecord({ ...record!, fields }), Date.UTC(2026, 10, 21, 12));
  expect(events.map(({ type, sessionId, text }) => [type, sessionId, text])).toEqual([
    ["log.warn", "job-1", "disk is full"],
    ["log.info", "job-1", "same"],
    ["log.info", "job-1", "same"],
  ]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
  expect(decodeSpoolRecord(events[0]!.body)?.fields.list).toBeUndefined();
});

test("a flood is written in batches as it comes", () => {
  const { add, records, texts, recorder } = bed();
  for (let part = 0; part < 100; part++) add(`${`${"x".repeat(99)}\n`.repeat(100)}`);
  expect(records.length).toBeGreaterThan(2);
  recorder.flush(true);
  expect(texts()).toHaveLength(10_000);
  expect(records.every((record) => record.body.length < 1024 * 1024)).toBe(true);
});

test("what cannot be written is counted, and the log goes on", () => {
  const { add, recorder, fail, texts } = bed();
  fail(new Error("no space"));
  add("a\nb\n");
  recorder.flush(true);
  fail(null);
  add("c\n");
  recorder.flush(true);
  expect(texts()).toEqual(["c"]);
  expect(recorder.counts()).toEqual({ lines: 1, lost: 2, problem: "no space" });
});
