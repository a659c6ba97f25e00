import { expect, test } from "vitest";
import { recentEvents } from "../packages/app/src/surfaces/mcp/recent-events.ts";

const message = (method: string) => ({ jsonrpc: "2.0" as const, method });

async function after(events: ReturnType<typeof recentEvents>, id: string): Promise<readonly unknown[]> {
  const sent: unknown[] = [];
  await events.replayEventsAfter(id, {
    async send(later, said) {
      sent.push([later, said]);
    },
  });
  return sent;
}

test("what came after an event on its stream, in order", async () => {
  const events = recentEvents();
  const opened = await events.storeEvent("a", {} as never);
  await events.storeEvent("b", message("other"));
  const first = await events.storeEvent("a", message("first"));
  const second = await events.storeEvent("a", message("second"));
  expect(await after(events, opened)).toEqual([
    [first, message("first")],
    [second, message("second")],
  ]);
  expect(await after(events, second)).toEqual([]);
  expect(await events.getStreamIdForEventId!(first)).toBe("a");
});

test("the oldest go first, by number and by size, the newest never", async () => {
  const events = recentEvents(3, 200);
  const ids = [];
  for (let index = 0; index < 4; index++) ids.push(await events.storeEvent("a", message(String(index))));
  expect(await events.getStreamIdForEventId!(ids[0]!)).toBe(undefined);
  expect(await events.getStreamIdForEventId!(ids[1]!)).toBe("a");
  const large = await events.storeEvent("a", message("x".repeat(1000)));
  for (const id of ids) expect(await events.getStreamIdForEventId!(id)).toBe(undefined);
  expect(await events.getStreamIdForEventId!(large)).toBe("a");
});
