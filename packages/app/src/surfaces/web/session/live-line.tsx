/** @module What the session is doing now, as a line of its page's head; nothing for one that is over. */
import type { SessionDetail } from "../../http/answers.ts";
import { activityText, liveActivity, sinceText } from "../state/activity.ts";
import { absolute } from "../state/format.ts";
import { useNow } from "../state/now.ts";

export function LiveLine({ detail: { session, process } }: { readonly detail: SessionDetail }) {
  const since = sinceText(session.activity_since, useNow());
  const activity = liveActivity(session);
  if (!activity) return null;
  return (
    <p class="live-line" data-activity={activity} data-testid="live-line">
      <b>{activityText(session)}</b>
      {since ? <span title={absolute(session.activity_since)}>since {since}</span> : null}
      {process ? <span class="mono">pid {process.pid}</span> : null}
    </p>
  );
}
