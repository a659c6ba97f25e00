import { dirname } from "node:path";
import type { ParsedArgs } from "citty";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestTelemetry, testTelemetry } from "../../../query/log-testing.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "../../../query/testing.ts";
import { createOutput } from "../output.ts";
import { run } from "../testing.ts";
import { tailCommand } from "./tail.ts";

let base: TestDatabase;
let told: TestTelemetry;
beforeEach(() => {
  base = testDatabase();
  told = testTelemetry(base);
  for (const id of ["aaaa-one", "aaaa-two"]) base.session(id, { agent: "script", title: `The ${id}` });
});
afterEach(() => base.close());

const shown = (...words: string[]) => run(["tail", ...words, "--no-follow"], { home: dirname(base.path) });

/** What follows: each step once the one before has been shown with its word. */
async function following(
  operands: readonly string[],
  ...steps: readonly (readonly [tell: () => void, word: string])[]
): Promise<string> {
  let text = "";
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const out = createOutput({ write: (part: string) => (text += part) }, { color: false, width: 120 });
  const done = tailCommand.run({
    context: {
      env: { CLEW_HOME: dirname(base.path), HOME: dirname(base.path) },
      clock: () => TEST_NOW,
      timeZone: "Asia/Tokyo",
      out,
      err: out,
      stopped,
      isInteractive: false,
    },
    flags: { _: [] } as unknown as ParsedArgs,
    operands,
  });
  for (const [tell, word] of steps) {
    tell();
    await expect.poll(() => text, { timeout: 20_000 }).toContain(word);
  }
  stop();
  await done;
  return text;
}

test("a call of a model is shown once while it is followed, with its figures", async () => {
  told.line({ session: "aaaa-one", ts: TEST_NOW, message: "before" });
  const tell = (eventId: string): void => {
    base.event("aaaa-one", { eventId, type: "interaction", ts: TEST_NOW });
    base.db.prepare("UPDATE events SET source = 'clew' WHERE event_id = ?").run(eventId);
  };
  const text = await following(
    ["aaaa-one"],
    [() => {}, "before"],
    [
      () => {
        for (const eventId of ["told-first", "told-again"]) tell(eventId);
        told.modelCall("interaction:aaaa-one:1:0", {
          session_id: "aaaa-one",
          event_id: "told-first",
          provider: "openai",
          model: "gpt-5",
          duration_ms: 1500,
        });
      },
      "gpt-5",
    ],
    [
      () => {
        // Another's word on it counts from now on.
        base.db.prepare("UPDATE model_calls SET event_id = 'told-better'").run();
        tell("told-better");
        told.line({ session: "aaaa-one", ts: TEST_NOW + 1, message: "after it" });
      },
      "after it",
    ],
  );
  const calls = text.split("\n").filter((line) => /LLM|interaction/u.test(line));
  expect(calls).toHaveLength(1);
  expect(calls[0]).toContain("openai/gpt-5  1.5 s");
  // Noon in UTC is nine in the evening there.
  for (const line of text.trimEnd().split("\n")) expect(line).toContain("2026-03-10 21:00:00.00");
});

test("the time of every event is that of the zone", async () => {
  base.event("aaaa-one", { type: "event.note", ts: TEST_NOW, text: "noted" });
  const text = await following([], [() => {}, "event.note"]);
  expect(text).toContain("2026-03-10 21:00:00.000 aaaa-one");
});

test("what begins several sessions is listed, and a word that names none is said to be text", async () => {
  const several = await shown("aaaa");
  expect([several.code, several.stdout]).toEqual([2, ""]);
  expect(several.stderr).toMatch(/aaaa-one.*\n.*aaaa-two/u);
  const text = await shown("nothing-such");
  expect([text.code, text.stderr]).toEqual([0, expect.stringContaining("taken as text")]);
  expect((await shown("project:web")).stderr).toBe("");
  expect((await shown("aaaa-one")).stderr).toBe("");
});
