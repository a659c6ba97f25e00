import { expect, test } from "vitest";
import { IDLE } from "./live.ts";
import { emptyQuestions, testApp } from "./testing.ts";

interface Message {
  readonly id?: string;
  readonly event?: string;
  readonly data: Record<string, unknown>;
}

/** Reads server-sent events until there are `count`. */
async function read(response: Response, count: number): Promise<readonly Message[]> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const messages: Message[] = [];
  let text = "";
  while (messages.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.data) messages.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
    }
  }
  await reader.cancel();
  return messages;
}

test("a page is greeted, then told of every commit with its number", async () => {
  const { get, live } = testApp();
  live.publish({ seq: 7, sessionIds: [] });
  const reading = read(await get("/api/events"), 3);
  await Promise.resolve();
  setTimeout(() => {
    live.publish({ seq: 8, sessionIds: ["a"] });
    live.progress({ ...IDLE, phase: "text", files: 3 });
  }, 10);
  expect(await reading).toMatchObject([
    { event: "hello", data: { seq: 7 } },
    { event: "change", id: "8", data: { seq: 8, sessions: ["a"] } },
    { event: "progress", data: { phase: "text", files: 3 } },
  ]);
});

test("a page that comes back is told what it has missed, page by page, before anything new", async () => {
  const asked: number[] = [];
  const questions = {
    ...emptyQuestions,
    changesSince: (seq: number) => {
      asked.push(seq);
      return { seq: Math.min(seq + 2, 9), sessions: [`s${seq}`], events: [], more: seq + 2 < 9 };
    },
  };
  const { get } = testApp({ questions });
  expect((await read(await get("/api/events", { "last-event-id": "5" }), 3)).map((one) => one.data)).toMatchObject([
    { seq: 7, sessions: ["s5"] },
    { seq: 9, sessions: ["s7"] },
    { index: { phase: "idle" } },
  ]);
  expect(asked).toEqual([5, 7]);
  const again = await read(await get("/api/events?after=6"), 1);
  expect(again[0]!.data).toMatchObject({ sessions: ["s6"] });
});

test("sixteen pages are kept live, a seventeenth is told so, and a place that is left is free", async () => {
  const { get, live } = testApp();
  const open = await Promise.all(Array.from({ length: 16 }, () => get("/api/events")));
  expect((await get("/api/events")).status).toBe(503);
  const readers = open.map((response) => response.body!.getReader());
  await Promise.all(readers.map((reader) => reader.read()));
  await readers[0]!.cancel();
  await expect.poll(() => live.listeners).toBe(15);
  await expect.poll(async () => (await get("/api/events")).status).toBe(200);
});
