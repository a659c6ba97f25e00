/** @module Looks every second at what live sessions are doing, and hands what has changed to the writer through the spool. */
import type { Clock } from "../base/clock.ts";
import { correlationId, eventIdOf } from "../base/ids.ts";
import type { SpoolRecord } from "../base/spool-record.ts";
import { type LiveSession, liveSessionById, liveSessions } from "../query/active.ts";
import type { Reader } from "../query/reader.ts";
import type { ClientRegistry } from "./client-registry.ts";
import { judge, type ProcessLook, SILENCE_MS, type Sign } from "./presence.ts";

const EVERY_MS = 1000;
/** A process that is gone is looked at again after this long: its last hooks may still be on their way into the store. */
const CONFIRM_MS = 300;
/** Wall and monotonic clock drift apart by more than this when the machine slept or its clock was set. */
const JUMP_MS = 60_000;
/** What was told and does not show in the store is told again after this long. */
const REPEAT_MS = 30_000;

export interface PresenceOptions {
  readonly reader: Reader;
  readonly processes: ProcessLook;
  readonly clients: ClientRegistry;
  readonly clock: Clock;
  /** Milliseconds that no clock change moves. */
  readonly monotonic: () => number;
  readonly send: (record: SpoolRecord) => void;
  readonly onProblem: (message: string) => void;
}

export interface Presence {
  /** To be called after each commit: live sessions are asked for only then. */
  changed(): void;
  /** One look, as the timer makes it. True: something has to be confirmed soon. */
  look(): boolean;
  start(): void;
  stop(): void;
}

export function createPresence(options: PresenceOptions): Presence {
  const { reader, processes, clients, clock, monotonic, send, onProblem } = options;
  let timer: NodeJS.Timeout | null = null;
  let live: readonly LiveSession[] | null = null;
  let last: { readonly wall: number; readonly monotonic: number } | null = null;
  /** Time that the machine slept or that its clock was moved, which no session was silent in. */
  let jumps: { readonly at: number; readonly by: number }[] = [];
  let suspects = new Set<string>();
  const told = new Map<string, { readonly what: string; readonly at: number }>();
  let complained = false;

  /** True right after the clocks went apart, or after this process itself stood still. */
  function jumped(): boolean {
    const now = { wall: clock(), monotonic: monotonic() };
    const before = last ?? now;
    last = now;
    const passed = now.monotonic - before.monotonic;
    const moved = now.wall - before.wall - passed;
    const by = Math.abs(moved) > JUMP_MS ? moved : passed > JUMP_MS ? passed : 0;
    if (by !== 0) jumps.push({ at: now.wall, by });
    return by !== 0;
  }

  function silentBefore(): number {
    const now = clock();
    jumps = jumps.filter(({ at }) => now - at < 2 * SILENCE_MS);
    return now - SILENCE_MS - jumps.reduce((sum, { by }) => sum + Math.max(0, by), 0);
  }

  function sessionsToJudge(known: ReadonlyMap<string, unknown>): LiveSession[] {
    live ??= liveSessions(reader);
    const ids = new Set(live.map((session) => session.sessionId));
    const others = [...known.keys()].filter((id) => !ids.has(id)).flatMap((id) => liveSessionById(reader, id) ?? []);
    return [...live, ...others];
  }

  function tell(sign: Sign): void {
    // A record's time that no calendar has cannot be followed by a later one.
    if (!(Math.abs(sign.ts) <= 8.64e15)) return;
    const what = JSON.stringify([sign.activity, sign.reason, sign.pid, sign.processStartedAt]);
    const before = told.get(sign.sessionId);
    if (before?.what === what && monotonic() - before.at < REPEAT_MS) return;
    send(recordOf(sign));
    if (told.size > 1000) told.clear();
    told.set(sign.sessionId, { what, at: monotonic() });
  }

  function look(): boolean {
    try {
      const mayDeclareLost = !jumped();
      const { sessions: known, left } = clients.look();
      const signs = judge({
        sessions: sessionsToJudge(known),
        processes,
        clients: known,
        left,
        now: clock(),
        silentBefore: silentBefore(),
        mayDeclareLost,
      });
      const gone = signs.filter(({ activity }) => activity === "lost" || activity === "ended");
      const unsure = gone.filter(({ sessionId }) => !suspects.has(sessionId));
      for (const sign of signs) if (!unsure.includes(sign)) tell(sign);
      suspects = new Set(gone.map(({ sessionId }) => sessionId));
      // Their newest state is read again before they are given up.
      if (unsure.length > 0) live = null;
      complained = false;
      return unsure.length > 0;
    } catch (error) {
      if (!complained) onProblem(`cannot look after live sessions: ${(error as Error).message}`);
      complained = true;
      return false;
    }
  }

  function schedule(after: number): void {
    timer = setTimeout(() => schedule(look() ? CONFIRM_MS : EVERY_MS), after);
    timer.unref();
  }

  return {
    changed() {
      live = null;
    },
    look,
    start: () => schedule(EVERY_MS),
    stop() {
      if (timer) clearTimeout(timer);
    },
  };
}

/** The event that says it: the same sign has the same id. */
function recordOf({ sessionId, workspaceId, ts, activity, reason, pid, processStartedAt }: Sign): SpoolRecord {
  const data = {
    activity,
    ...(reason !== null && { reason }),
    ...(pid !== undefined && { pid }),
    ...(processStartedAt !== undefined && { process_started_at: processStartedAt }),
  };
  const record = {
    v: 1,
    ts: new Date(ts).toISOString(),
    id: eventIdOf(`presence:${sessionId}:${ts}:${JSON.stringify(data)}`),
    correlation_id: correlationId(workspaceId, sessionId),
    type: "session.activity",
    data,
  };
  return { kind: "event", fields: { at: String(ts) }, body: Buffer.from(JSON.stringify(record)) };
}
