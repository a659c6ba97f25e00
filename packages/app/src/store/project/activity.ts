/** @module What a session is doing, in which process, and what it came to: columns of sessions where the newest word wins. */
import type { ActivityFact, AgentResultFact, ProcessFact } from "../../model/record.ts";
import type { WriteContext } from "../context.ts";

/** Of two signs of the same millisecond the one further on in a turn counts, so that their order of arrival does not matter; a start comes before everything. */
const RANK = (activity: string, reason: string) => `CASE
  WHEN ${activity} = 'idle' AND ${reason} IN ('startup', 'resume', 'clear', 'fork') THEN 0
  ELSE CASE ${activity} WHEN 'ended' THEN 6 WHEN 'lost' THEN 5 WHEN 'failed' THEN 4 WHEN 'waiting' THEN 3 WHEN 'idle' THEN 2 ELSE 1 END END`;
const ACTIVITY = `
  UPDATE sessions SET activity = $activity, activity_reason = $reason, activity_at = $ts
  WHERE session_id = $session AND (activity_at IS NULL OR activity_at < $ts
    OR (activity_at = $ts AND ${RANK("activity", "activity_reason")} <= ${RANK("$activity", "$reason")}))`;
const FAILED = "UPDATE sessions SET failed_at = max(COALESCE(failed_at, 0), ?) WHERE session_id = ?";
/** A pid without its start time is completed by a later word on the same process. */
const PROCESS = `
  UPDATE sessions SET
    process_started_at = CASE WHEN process_pid = $pid THEN COALESCE($startedAt, process_started_at) ELSE $startedAt END,
    process_pid = $pid, process_at = $ts
  WHERE session_id = $session AND (process_at IS NULL OR process_at <= $ts)`;
/** The word of who also knows how it ended counts more than a hook's, whichever came first. */
const RESULT = `
  UPDATE sessions SET agent_success = COALESCE($success, agent_success),
    agent_result = CASE WHEN $success IS NULL AND agent_success IS NOT NULL THEN COALESCE(agent_result, $result)
                        ELSE COALESCE($result, agent_result) END
  WHERE session_id = $session`;
const TREE = "SELECT session_id AS sessionId FROM sessions WHERE root_session_id = ?";

export interface ActivityProjection {
  activity(fact: ActivityFact): void;
  process(fact: ProcessFact): void;
  result(fact: AgentResultFact): void;
}

export function activityProjection(context: WriteContext, touch: (sessionId: string) => void): ActivityProjection {
  const { db } = context;
  const activity = db.prepare(ACTIVITY);
  const failed = db.prepare(FAILED);
  const process = db.prepare(PROCESS);
  const result = db.prepare(RESULT);
  const tree = db.prepare<[string], { sessionId: string }>(TREE);
  return {
    activity({ sessionId, activity: what, reason, ts }) {
      touch(sessionId);
      activity.run({ session: sessionId, activity: what, reason, ts });
      if (what === "failed") failed.run(ts, sessionId);
      // A subagent that has not said how it ended is over with its root.
      if (what === "ended" || what === "lost") for (const child of tree.all(sessionId)) touch(child.sessionId);
    },
    process({ sessionId, pid, startedAt, ts }) {
      process.run({ session: sessionId, pid, startedAt, ts });
    },
    result({ sessionId, result: text, success }) {
      touch(sessionId);
      result.run({ result: text, success: success === null ? null : Number(success), session: sessionId });
    },
  };
}
