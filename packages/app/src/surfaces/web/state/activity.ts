/** @module What a session is doing, in words: for dots, rows, the live strip and the head of its page. */
import type { SessionRow } from "../../../model/answers.ts";

export type Doing = Pick<SessionRow, "status" | "activity" | "activity_reason" | "activity_since">;
export type LiveActivity = "working" | "waiting" | "idle" | "failed";

/** What it is doing while it goes on; null: it is over, or only its transcript is known. */
export function liveActivity({ activity }: Pick<Doing, "activity">): LiveActivity | null {
  return activity === "working" || activity === "waiting" || activity === "idle" || activity === "failed"
    ? activity
    : null;
}

/** "waiting: permission: Bash", "working"; the status of what is over. */
export function activityText(session: Doing): string {
  const { activity_reason: reason } = session;
  return `${liveActivity(session) ?? session.status}${reason ? `: ${reason}` : ""}`;
}

/** "waiting for permission: Bash, since 12 s": the whole of it, as a name for who cannot see the dot. */
export function activityName(session: Doing, now: number): string {
  const activity = liveActivity(session);
  if (!activity) return activityText(session);
  const reason = session.activity_reason;
  const what = activity === "waiting" && reason ? `waiting for ${reason}` : activityText(session);
  const since = sinceText(session.activity_since, now);
  return since ? `${what}, since ${since}` : what;
}

/** "12 s", "4 m", "3 h", "2 d"; "" without a time. A time to come is no time ago. */
export function sinceText(time: string | null, now: number): string {
  const start = time === null ? Number.NaN : Date.parse(time);
  if (Number.isNaN(start)) return "";
  const seconds = Math.max(0, Math.floor((now - start) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
