import { describe, expect, test } from "vitest";
import type { LiveSession } from "../query/active.ts";
import { type ClientSession, judge, type Moment, type ProcessLook, REASONS, SILENCE_MS } from "./presence.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const MINUTE = 60_000;

function session(given: Partial<LiveSession> = {}): LiveSession {
  return {
    sessionId: "s",
    workspaceId: "w",
    activity: "working",
    reason: null,
    activityAt: NOW - MINUTE,
    lastEventAt: NOW - MINUTE,
    pid: null,
    processStartedAt: null,
    processAt: null,
    ownProcess: given.pid !== undefined && given.pid !== null,
    isSubagent: false,
    rootActivity: null,
    rootActivityAt: null,
    ...given,
  };
}

/** Processes that live, by number, with what tells each from a later one. */
function processes(alive: Readonly<Record<number, string>>): ProcessLook {
  return {
    state: (pid, startedAt) =>
      alive[pid] !== undefined && (startedAt === null || alive[pid] === startedAt) ? "alive" : "gone",
    startOf: (pid) => alive[pid] ?? null,
  };
}

function judged(sessions: readonly LiveSession[], given: Partial<Moment> = {}) {
  return judge({
    sessions,
    processes: processes({}),
    clients: new Map(),
    left: new Set(),
    now: NOW,
    silentBefore: NOW - SILENCE_MS,
    mayDeclareLost: true,
    ...given,
  });
}

function client(given: Partial<ClientSession> = {}): ReadonlyMap<string, ClientSession> {
  return new Map([
    [
      "s",
      { sessionId: "s", pid: 7, processStartedAt: "b:1", activity: "idle", reason: null, since: NOW - 5000, ...given },
    ],
  ]);
}

describe("a session whose process is known", () => {
  const known = session({ pid: 7, processStartedAt: "b:1", processAt: NOW - MINUTE });

  test("is left alone while it lives", () => {
    expect(judged([known], { processes: processes({ 7: "b:1" }) })).toEqual([]);
  });

  test("is lost when the process is gone, or another has its number", () => {
    const lost = [{ sessionId: "s", workspaceId: "w", ts: NOW, activity: "lost", reason: REASONS.processGone }];
    expect(judged([known])).toEqual(lost);
    expect(judged([known], { processes: processes({ 7: "b:2" }) })).toEqual(lost);
  });

  test("has ended when the client took it off its list before", () => {
    expect(judged([known], { left: new Set(["s"]) })).toMatchObject([{ activity: "ended", reason: REASONS.exit }]);
  });

  test("is not given up right after a jump of the clock", () => {
    expect(judged([known], { mayDeclareLost: false })).toEqual([]);
  });

  test("is over for good: the word is later than any before, also when the clock was set back", () => {
    expect(judged([session({ ...known, activityAt: NOW + 60 * MINUTE })])).toMatchObject([
      { ts: NOW + 60 * MINUTE + 1, activity: "lost" },
    ]);
  });

  test("stays over", () => {
    expect(judged([session({ ...known, activity: "lost" }), session({ ...known, activity: "ended" })])).toEqual([]);
  });

  test("gets what tells its process from a later one, once", () => {
    const unsure = session({ pid: 7, processAt: NOW - 10_000, reason: "prompt", activity: "waiting" });
    expect(judged([unsure], { processes: processes({ 7: "b:1" }) })).toEqual([
      {
        sessionId: "s",
        workspaceId: "w",
        ts: NOW - 10_000,
        activity: "waiting",
        reason: "prompt",
        pid: 7,
        processStartedAt: "b:1",
      },
    ]);
    expect(judged([session({ ...unsure, processStartedAt: "b:1" })], { processes: processes({ 7: "b:1" }) })).toEqual(
      [],
    );
    expect(judged([session({ ...unsure, ownProcess: false })], { processes: processes({ 7: "b:1" }) })).toEqual([]);
  });
});

describe("a session whose process is not known", () => {
  test("is lost after twelve hours without a sign of life", () => {
    const old = NOW - SILENCE_MS - 1;
    expect(judged([session({ activityAt: old, lastEventAt: old })])).toMatchObject([
      { activity: "lost", reason: REASONS.silent },
    ]);
    expect(judged([session({ activityAt: old, lastEventAt: NOW - MINUTE })])).toEqual([]);
    expect(judged([session({ activityAt: NOW - MINUTE, lastEventAt: old })])).toEqual([]);
    expect(judged([session({ activityAt: old, lastEventAt: old })], { silentBefore: old })).toEqual([]);
  });

  test("is not kept by an event from the future", () => {
    const old = NOW - SILENCE_MS - 1;
    expect(judged([session({ activityAt: old, lastEventAt: NOW + 86_400_000 })])).toMatchObject([{ activity: "lost" }]);
  });
});

describe("a subagent", () => {
  const sub = session({ pid: 7, processStartedAt: "b:1", ownProcess: false, isSubagent: true });
  const alive = processes({ 7: "b:1" });

  test("lives in its session's process", () => {
    expect(judged([session({ ...sub, rootActivity: "working", rootActivityAt: NOW })], { processes: alive })).toEqual(
      [],
    );
    expect(judged([sub])).toMatchObject([{ activity: "lost", reason: REASONS.processGone }]);
  });

  test("is over with its session", () => {
    const over = session({ ...sub, rootActivity: "ended", rootActivityAt: NOW - 1000 });
    expect(judged([over], { processes: alive })).toMatchObject([{ activity: "lost", reason: REASONS.parentOver }]);
    const later = session({ ...sub, rootActivity: "ended", rootActivityAt: NOW - 2 * MINUTE });
    expect(judged([later], { processes: alive })).toEqual([]);
  });

  test("is not a child process, which may outlive whoever started it", () => {
    const child = session({ ...sub, ownProcess: true, isSubagent: false, rootActivity: "ended", rootActivityAt: NOW });
    expect(judged([child], { processes: alive })).toEqual([]);
  });
});

describe("the client's own list", () => {
  test("tells what a session without hooks is doing", () => {
    expect(judged([session({ activity: null, activityAt: null })], { clients: client() })).toEqual([
      {
        sessionId: "s",
        workspaceId: "w",
        ts: NOW - 5000,
        activity: "idle",
        reason: null,
        pid: 7,
        processStartedAt: "b:1",
      },
    ]);
    const waits = client({ activity: "waiting", reason: "permission prompt" });
    expect(judged([session()], { clients: waits })).toMatchObject([
      { activity: "waiting", reason: "permission prompt" },
    ]);
  });

  test("is silent while nothing changes, and about what hooks told of the same change", () => {
    const known = session({ pid: 7, processStartedAt: "b:1", activity: "idle", activityAt: NOW - 5000 });
    expect(judged([known], { clients: client() })).toEqual([]);
    const failed = session({ ...known, activity: "failed", activityAt: NOW - 5500 });
    expect(judged([failed], { clients: client() })).toEqual([]);
    const newer = session({ ...known, activity: "waiting", activityAt: NOW - 1000 });
    expect(judged([newer], { clients: client() })).toEqual([]);
  });

  test("revives a session that was resumed without hooks, and names its new process", () => {
    const over = session({ activity: "lost", activityAt: NOW - 10_000, pid: 3 });
    expect(judged([over], { clients: client({ activity: "working" }) })).toMatchObject([
      { activity: "working", pid: 7 },
    ]);
    const moved = session({ activity: "idle", activityAt: NOW - 10_000, pid: 3, processStartedAt: "b:0" });
    expect(judged([moved], { clients: client() })).toMatchObject([{ activity: "idle", pid: 7 }]);
  });

  test("is not believed about the future, nor when it says nothing", () => {
    const unknown = session({ activity: null, activityAt: null });
    expect(judged([unknown], { clients: client({ since: NOW + 86_400_000 }) })).toEqual([]);
    expect(judged([unknown], { clients: client({ activity: null }) })).toEqual([]);
  });
});
