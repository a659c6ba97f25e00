/** @module The queue is bounded, keeps the oldest, counts what it drops, and never makes anybody wait. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Recorder, startRecording } from "./testing.ts";
import { openTransport, type Transport } from "./transport.ts";

let recorder: Recorder;
beforeEach(() => {
  recorder = startRecording();
});
afterEach(() => recorder.stop());

interface Fake {
  readonly batches: (readonly string[])[];
  readonly lost: number[];
  fail: boolean;
  block: Promise<void> | null;
}

function open(options: object = {}): { readonly fake: Fake; readonly transport: Transport } {
  const fake: Fake = { batches: [], lost: [], fail: false, block: null };
  const transport = openTransport(
    {
      async write(batch) {
        await fake.block;
        if (fake.fail) throw new Error("ENOSPC");
        fake.batches.push(batch);
      },
      writeSync: (batch) => void fake.batches.push(batch),
      onLost: async (count) => void fake.lost.push(count),
    },
    { label: "fake", flushMs: 1, ...options },
  );
  return { fake, transport };
}

test("what is sent is written soon, in order, without a flush", async () => {
  const { fake, transport } = open();
  for (const text of ["a", "b", "c"]) transport.send(text);
  expect(fake.batches).toEqual([]);
  await expect.poll(() => fake.batches).toEqual([["a", "b", "c"]]);
  await transport.close();
  transport.send("late");
  await transport.flush();
  expect(fake.batches).toHaveLength(1);
});

test("batches have a size; enough bytes are written at once", async () => {
  for (const [batchBytes, lengths] of [
    [100, [10, 10, 10]],
    [undefined, [30]],
  ] as const) {
    const { fake, transport } = open({ flushMs: 1_000_000, flushBytes: 100, ...(batchBytes && { batchBytes }) });
    for (let number = 0; number < 30; number++) transport.send("x".repeat(10));
    await expect.poll(() => fake.batches.flat().length).toBe(30);
    expect(fake.batches.map((batch) => batch.length)).toEqual(lengths);
    await transport.close();
  }
});

test("a full queue keeps the oldest and counts the rest", async () => {
  const { fake, transport } = open({ maxRecords: 5, maxBytes: 1000 });
  for (let number = 0; number < 8; number++) transport.send(String(number));
  expect(transport.stats()).toMatchObject({ waiting: 5, lost: 3 });
  await transport.flush();
  expect(fake.batches).toEqual([["0", "1", "2", "3", "4"]]);
  expect(fake.lost).toEqual([3]);
  expect(recorder.problems.map(({ message }) => message)).toEqual(["fake: 3 records were dropped, too many waited"]);
  transport.send("y".repeat(1001));
  transport.send("z");
  await transport.close();
  expect(fake.batches.flat()).toContain("z");
  expect(fake.lost).toEqual([3, 1]);
});

test("a batch that failed comes again; the failure is told once", async () => {
  const { fake, transport } = open({ retryMs: 1 });
  fake.fail = true;
  transport.send("a");
  await expect.poll(() => transport.stats().failures).toBeGreaterThan(2);
  transport.send("b");
  fake.fail = false;
  await expect.poll(() => fake.batches).toEqual([["a"], ["b"]]);
  expect(recorder.problems).toHaveLength(1);
  expect(recorder.problems[0]).toMatchObject({ code: "spool", cause: new Error("ENOSPC") });
  await transport.close();
});

test("a writer that hangs holds up nobody: the queue fills and the rest is dropped", async () => {
  const { fake, transport } = open({ maxRecords: 100 });
  let release = (): void => {};
  fake.block = new Promise((resolve) => {
    release = resolve;
  });
  transport.send("first");
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (let number = 0; number < 1000; number++) transport.send(String(number));
  expect(transport.stats()).toMatchObject({ waiting: 100, lost: 901 });
  release();
  await transport.close();
  expect(fake.batches.flat()).toHaveLength(100);
});

test("at the process' exit the rest is written at once, also what was being written", () => {
  const { fake, transport } = open({ flushMs: 1_000_000 });
  transport.send("a");
  transport.send("b");
  transport.flushSync();
  transport.flushSync();
  expect(fake.batches).toEqual([["a", "b"]]);
  expect(transport.stats().waiting).toBe(0);
});
