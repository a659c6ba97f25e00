import { expect, test } from "vitest";
import { archiveCounts } from "./counts.ts";
import { putShared } from "./shared-testing.ts";
import { DAY, HOUR, TEST_NOW, testDatabase } from "./testing.ts";

test("the last event is the newest of sessions and of what was written down", () => {
  const base = testDatabase();
  const last = () => archiveCounts(base.db).last_event_at;
  expect(last()).toBeNull();
  base.session("old", { started_at: TEST_NOW - 2 * DAY, ended_at: TEST_NOW - DAY });
  expect(last()).toBe(new Date(TEST_NOW - DAY).toISOString());
  putShared(base, { identityId: "claude-code@web", personId: "person:ada" }, { subject: "e-0123456789ab" });
  expect(last()).toBe(new Date(TEST_NOW - HOUR).toISOString());
  base.session("new", { started_at: TEST_NOW - HOUR, ended_at: TEST_NOW });
  expect(last()).toBe(new Date(TEST_NOW).toISOString());
  base.close();
});
