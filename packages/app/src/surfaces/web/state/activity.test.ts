import { expect, test } from "vitest";
import { activityName, activityText, type Doing, liveActivity, sinceText } from "./activity.ts";

const NOW = Date.UTC(2026, 9, 1, 12);
const doing = (activity: Doing["activity"], reason: string | null = null, secondsAgo = 12): Doing => ({
  status: activity === "lost" ? "abandoned" : activity === "ended" ? "completed" : "active",
  activity,
  activity_reason: reason,
  activity_since: new Date(NOW - secondsAgo * 1000).toISOString(),
});

test.each([
  [doing("waiting", "permission: Bash"), "waiting for permission: Bash, since 12 s", "waiting: permission: Bash"],
  [doing("waiting"), "waiting, since 12 s", "waiting"],
  [doing("working"), "working, since 12 s", "working"],
  [doing("idle", "waiting for a prompt", 7_300), "idle: waiting for a prompt, since 2 h", "idle: waiting for a prompt"],
  [doing("failed", "rate_limit", 90), "failed: rate_limit, since 1 m", "failed: rate_limit"],
  [doing("ended", "logout"), "completed: logout", "completed: logout"],
  [doing("lost", "its process is gone"), "abandoned: its process is gone", "abandoned: its process is gone"],
  [doing(null), "active", "active"],
])("%o", (session, name, text) => {
  expect(activityName(session, NOW)).toBe(name);
  expect(activityText(session)).toBe(text);
});

test("a time that is missing, broken or to come makes no nonsense", () => {
  expect(sinceText(null, NOW)).toBe("");
  expect(sinceText("yesterday", NOW)).toBe("");
  expect(sinceText(new Date(NOW + 60_000).toISOString(), NOW)).toBe("0 s");
  expect(sinceText(new Date(NOW - 3 * 86_400_000).toISOString(), NOW)).toBe("3 d");
  expect(activityName({ ...doing("working"), activity_since: null }, NOW)).toBe("working");
});

test("only what goes on is live", () => {
  expect(
    (["working", "waiting", "idle", "failed", "ended", "lost", null] as const).map((one) =>
      liveActivity({ activity: one }),
    ),
  ).toEqual(["working", "waiting", "idle", "failed", null, null, null]);
});
