/** @module What live sessions are doing and which of them are gone, as a pure function of what is known at a moment. */
import type { SessionActivity } from "../model/record.ts";
import type { LiveSession } from "../query/active.ts";

/** What a look at a session's process tells. */
export type ProcessState = "alive" | "gone";

export interface ProcessLook {
  /** `startedAt` tells it from a later process with its number; `seenAt`: when the session was seen in it. */
  state(pid: number, startedAt: string | null, seenAt: number | null): ProcessState;
  /** Null: cannot be told. */
  startOf(pid: number): string | null;
}

/** A session as the client's own registry of running processes shows it; its process is alive. */
export interface ClientSession {
  readonly sessionId: string;
  readonly pid: number;
  readonly processStartedAt: string | null;
  readonly activity: "working" | "waiting" | "idle" | null;
  readonly reason: string | null;
  /** When that activity began, milliseconds UTC. */
  readonly since: number;
}

/** What is to be recorded of a session. */
export interface Sign {
  readonly sessionId: string;
  readonly workspaceId: string;
  readonly ts: number;
  readonly activity: SessionActivity;
  readonly reason: string | null;
  readonly pid?: number;
  readonly processStartedAt?: string;
}

export interface Moment {
  readonly sessions: readonly LiveSession[];
  readonly processes: ProcessLook;
  /** By session id. */
  readonly clients: ReadonlyMap<string, ClientSession>;
  /** Sessions that the client itself has taken off its registry, which it does when it ends in order. */
  readonly left: ReadonlySet<string>;
  readonly now: number;
  /** A session without a process whose last sign of life is older counts as lost. */
  readonly silentBefore: number;
  /** False right after the machine slept or its clock was set: nothing is declared lost then. */
  readonly mayDeclareLost: boolean;
}

/** How long a session without a known process may say nothing. Milliseconds. */
export const SILENCE_MS = 12 * 3_600_000;
/** A hook and the client's registry tell the same change a little apart: the hook's word stays. */
const SAME_CHANGE_MS = 1500;
/** A last event further ahead than this has a wrong time. */
const FUTURE_MS = 5 * 60_000;

export const REASONS = {
  processGone: "process gone",
  parentOver: "its session is over",
  silent: "no sign of life for 12 hours",
  exit: "exit",
} as const;

const OVER: ReadonlySet<SessionActivity | null> = new Set(["ended", "lost"]);

/** At most one sign for each session; none where nothing has changed. */
export function judge(moment: Moment): Sign[] {
  return moment.sessions.flatMap((session) => judgeOne(session, moment) ?? []);
}

function judgeOne(session: LiveSession, moment: Moment): Sign | null {
  const client = moment.clients.get(session.sessionId);
  if (client) return fromClient(session, client, moment.now) ?? fromProcess(session, moment);
  if (session.activity === null || OVER.has(session.activity)) return null;
  return (moment.mayDeclareLost ? fromAbsence(session, moment) : null) ?? fromProcess(session, moment);
}

/** The client's own word, where it is newer than what is known. */
function fromClient(session: LiveSession, client: ClientSession, now: number): Sign | null {
  if (client.since > now + FUTURE_MS) return null;
  const known = session.activityAt ?? Number.NEGATIVE_INFINITY;
  const isNews =
    client.activity !== null && client.activity !== session.activity && client.since > known + SAME_CHANGE_MS;
  const isOther = session.pid !== client.pid && session.activity !== null && !OVER.has(session.activity);
  if (!isNews && !isOther) return null;
  return {
    sessionId: session.sessionId,
    workspaceId: session.workspaceId,
    ts: isNews ? client.since : Math.max(known, client.since),
    activity: isNews ? client.activity! : session.activity!,
    reason: isNews ? client.reason : session.reason,
    pid: client.pid,
    ...(client.processStartedAt !== null && { processStartedAt: client.processStartedAt }),
  };
}

function fromAbsence(session: LiveSession, { processes, left, now, silentBefore }: Moment): Sign | null {
  const over = (activity: "ended" | "lost", reason: string): Sign => ({
    sessionId: session.sessionId,
    workspaceId: session.workspaceId,
    // The newest word wins, also over one from before the clock was set back.
    ts: Math.max(now, (session.activityAt ?? 0) + 1),
    activity,
    reason,
  });
  // A subagent cannot outlive its session, even where its hooks ran in the same process that goes on with another one.
  if (
    session.isSubagent &&
    OVER.has(session.rootActivity) &&
    (session.rootActivityAt ?? 0) >= (session.activityAt ?? 0)
  ) {
    return over("lost", REASONS.parentOver);
  }
  if (session.pid !== null) {
    if (processes.state(session.pid, session.processStartedAt, session.processAt) === "alive") return null;
    return left.has(session.sessionId) ? over("ended", REASONS.exit) : over("lost", REASONS.processGone);
  }
  const events = session.lastEventAt !== null && session.lastEventAt < now + FUTURE_MS ? session.lastEventAt : 0;
  return Math.max(session.activityAt ?? 0, events) < silentBefore ? over("lost", REASONS.silent) : null;
}

/** A hook knows its agent's number; what tells that process from a later one is read while it lives. */
function fromProcess(session: LiveSession, { processes }: Moment): Sign | null {
  const { pid, activity } = session;
  if (pid === null || !session.ownProcess || session.processStartedAt !== null) return null;
  if (activity === null || OVER.has(activity)) return null;
  if (processes.state(pid, null, session.processAt) !== "alive") return null;
  const processStartedAt = processes.startOf(pid);
  if (processStartedAt === null) return null;
  return {
    sessionId: session.sessionId,
    workspaceId: session.workspaceId,
    ts: Math.max(session.activityAt ?? 0, session.processAt ?? 0),
    activity,
    reason: session.reason,
    pid,
    processStartedAt,
  };
}
