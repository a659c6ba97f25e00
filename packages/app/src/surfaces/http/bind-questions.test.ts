import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_NOW, type TestDatabase, testDatabase } from "../../query/testing.ts";
import { bindQuestions } from "./bind-questions.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.session("waits", { activity: "waiting", activity_at: TEST_NOW, ended_at: TEST_NOW });
});
afterAll(() => base.close());

test("a health report is kept for a while, made anew when asked, and when the clock was set back", () => {
  let now = TEST_NOW;
  const { health } = bindQuestions({ reader: base.db, clock: () => now });
  const first = health({ fresh: false });
  expect(first).toMatchObject({ counts: { sessions: 1 }, checked_at: new Date(TEST_NOW).toISOString() });
  expect(first.database.path).toBe(base.path);
  now += 4_999;
  expect(health({ fresh: false })).toBe(first);
  const asked = health({ fresh: true });
  expect(asked.checked_at).toBe(new Date(now).toISOString());
  now += 5_000;
  expect(health({ fresh: false }).checked_at).toBe(new Date(now).toISOString());
  now -= 3_600_000;
  expect(health({ fresh: false }).checked_at).toBe(new Date(now).toISOString());
});

test("a report that took long is kept a hundred times as long", () => {
  let now = TEST_NOW;
  let takes = 1_000;
  // The clock is read when a report begins and when it is done.
  const { health } = bindQuestions({
    reader: base.db,
    clock: () => {
      const time = now;
      now += takes;
      return time;
    },
  });
  const first = health({ fresh: false });
  expect(first.took_ms).toBe(1_000);
  takes = 0;
  now = TEST_NOW + 99_000;
  expect(health({ fresh: false })).toBe(first);
  now = TEST_NOW + 100_000;
  expect(health({ fresh: false })).not.toBe(first);
});

test("what is going on is asked of the same database, as of now", () => {
  const { active } = bindQuestions({ reader: base.db, clock: () => TEST_NOW });
  const question = { filter: { terms: [], words: [], problems: [] }, timeZone: "UTC", limit: 5 };
  expect(active(question)).toMatchObject({ total: 1, rows: [{ session_id: "waits", activity: "waiting" }] });
});
