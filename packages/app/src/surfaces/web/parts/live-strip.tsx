/** @module What is going on now, who waits first: one entry for each session, its subagents counted with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { SessionRow, SessionsAnswer } from "../../../model/answers.ts";
import { activityText, liveActivity, sinceText } from "../state/activity.ts";
import { plural } from "../state/format.ts";
import { useNow } from "../state/now.ts";
import { useAnswer } from "../state/use-answer.ts";
import { StatusDot } from "./status-dot.tsx";

const ASKED = 200;
const SHOWN = 9;
/** A voice that reads the page aloud is told of changes at most this often. Milliseconds. */
const QUIET_MS = 5_000;
/** Everything that a hook or a process has ever told of. */
const KNOWN = "activity:working,waiting,idle,failed,ended,lost";

interface Going {
  readonly session: SessionRow;
  readonly agents: number;
}

export function LiveStrip() {
  const answer = useAnswer<SessionsAnswer>("active", { limit: ASKED }, { follow: "all" });
  const rows = answer.data?.rows ?? [];
  const hasHooks = rows.some((row) => row.activity !== null);
  const going = together(rows);
  if (!answer.data) return <section class="live" aria-label="Live" aria-busy="true" />;
  return (
    <section class="live" aria-label="Live" data-testid="live-strip">
      <Spoken waiting={going.filter(({ session }) => session.activity === "waiting")} />
      <h2>
        Live
        {counted(going).map(([activity, count]) => (
          <span key={activity} data-activity={activity}>
            {count} {activity}
          </span>
        ))}
      </h2>
      {going.length > 0 ? (
        <ul>
          {going.slice(0, SHOWN).map(({ session, agents }) => (
            <Entry key={session.session_id} session={session} agents={agents} />
          ))}
          {going.length > SHOWN ? (
            <li>
              <Link class="more" href={`/?q=${encodeURIComponent("activity:working,waiting,idle,failed")}`}>
                {going.length - SHOWN} more
              </Link>
            </li>
          ) : null}
        </ul>
      ) : null}
      {hasHooks ? null : <Hint isQuiet={going.length === 0} />}
    </section>
  );
}

function Entry({ session, agents }: Going) {
  const since = sinceText(session.activity_since, useNow());
  const name = session.title ?? session.agent_description ?? session.session_id;
  return (
    <li>
      <Link
        class="live-entry"
        data-activity={liveActivity(session) ?? undefined}
        data-session={session.session_id}
        href={`/sessions/${encodeURIComponent(session.session_id)}`}
        title={`${name}\n${session.project} · ${session.workspace}`}
      >
        <StatusDot session={session} />
        <b>{name}</b>
        <span class="faint">{session.project}</span>
        <span class="live-what">
          {activityText(session)}
          {agents > 0 ? ` · ${plural(agents, "agent")}` : ""}
        </span>
        {since ? <span class="live-since">{since}</span> : null}
      </Link>
    </li>
  );
}

/** Where nothing was ever told live, how to have it told. */
function Hint({ isQuiet }: { readonly isQuiet: boolean }) {
  const known = useAnswer<SessionsAnswer>("sessions", { q: KNOWN, limit: 1 });
  if (!known.data) return null;
  if (known.data.total > 0) return isQuiet ? <p class="faint">Nothing is going on.</p> : null;
  return (
    <p class="faint">
      {isQuiet ? "Nothing is going on, as far as transcripts show. " : ""}
      Run <code>clew setup</code> once to see here who works, and who waits for you, as it happens.
    </p>
  );
}

/** Says who has begun to wait, without a word on what only works. */
function Spoken({ waiting }: { readonly waiting: readonly Going[] }) {
  const text = waiting
    .map(({ session }) => `${session.title ?? session.session_id} ${activityText(session)}`)
    .join("; ");
  const [spoken, setSpoken] = useState("");
  const last = useRef(0);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        last.current = Date.now();
        setSpoken(text);
      },
      Math.max(0, last.current + QUIET_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="hidden" role="status">
      {spoken}
    </p>
  );
}

/** Subagents are counted with their session where that is shown too; the order is the answer's. */
function together(rows: readonly SessionRow[]): readonly Going[] {
  const shown = new Set(rows.map((row) => row.session_id));
  const isBelow = (row: SessionRow) => row.root_session_id !== row.session_id && shown.has(row.root_session_id);
  const agents = new Map<string, number>();
  for (const row of rows.filter(isBelow)) agents.set(row.root_session_id, (agents.get(row.root_session_id) ?? 0) + 1);
  return rows
    .filter((row) => !isBelow(row))
    .map((session) => ({ session, agents: agents.get(session.session_id) ?? 0 }));
}

function counted(going: readonly Going[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { session } of going) {
    const activity = liveActivity(session) ?? "active";
    counts.set(activity, (counts.get(activity) ?? 0) + 1);
  }
  return [...counts];
}
