/** @module A session's status, or what it is doing now, as a dot that also says its name. */
import { activityName, activityText, type Doing, liveActivity } from "../state/activity.ts";
import { useNow } from "../state/now.ts";

export function StatusDot({ session }: { readonly session: Doing }) {
  if (liveActivity(session)) return <LiveDot session={session} />;
  const name = activityText(session);
  return <span class="dot" data-status={session.status} role="img" aria-label={name} title={name} />;
}

/** Its name tells the time, so it is drawn each second; there are few of them. */
function LiveDot({ session }: { readonly session: Doing }) {
  const name = activityName(session, useNow());
  return (
    <span
      class="dot"
      data-status={session.status}
      data-activity={liveActivity(session)}
      role="img"
      aria-label={name}
      title={name}
    />
  );
}
