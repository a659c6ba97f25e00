/** @module A processor that counts: sessions by name with their durations, and events by type. */
import type { Processor } from "./processors.ts";

export interface SessionMetrics {
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  /** Milliseconds, of those that ended. */
  readonly duration_ms: {
    readonly total: number;
    readonly min: number;
    readonly max: number;
    readonly p50: number;
    readonly p95: number;
  };
}

export interface MetricsSnapshot {
  readonly active: number;
  readonly sessions: Readonly<Record<string, SessionMetrics>>;
  readonly events: Readonly<Record<string, number>>;
}

export interface MetricsProcessor extends Processor {
  readonly snapshot: () => MetricsSnapshot;
  readonly reset: () => void;
}

/** Names beyond these are counted as one, so that ids in names cannot fill the memory. */
const MOST_NAMES = 1000;
const OTHER = "(other)";
/** Durations that percentiles are taken from: the newest of a name. */
const WINDOW = 512;

interface Tally {
  started: number;
  completed: number;
  failed: number;
  total: number;
  min: number;
  max: number;
  readonly newest: number[];
}

function entry<Value>(map: Map<string, Value>, name: string, make: () => Value): Value {
  const key = map.has(name) || map.size < MOST_NAMES ? name : OTHER;
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

const tally = (): Tally => ({
  started: 0,
  completed: 0,
  failed: 0,
  total: 0,
  min: Number.POSITIVE_INFINITY,
  max: 0,
  newest: [],
});

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

function figures({ started, completed, failed, total, min, max, newest }: Tally): SessionMetrics {
  const sorted = [...newest].sort((one, other) => one - other);
  return {
    started,
    completed,
    failed,
    duration_ms: {
      total,
      min: Number.isFinite(min) ? min : 0,
      max,
      p50: percentile(sorted, 0.5),
      p95: percentile(sorted, 0.95),
    },
  };
}

/** Register it with addProcessor. Sessions without a name are counted under their trigger, else "(unnamed)". */
export function createMetrics(): MetricsProcessor {
  const sessions = new Map<string, Tally>();
  const events = new Map<string, { count: number }>();
  let active = 0;
  return {
    name: "metrics",
    onSessionStart(session) {
      active++;
      entry(sessions, session.name ?? session.trigger ?? "(unnamed)", tally).started++;
    },
    onSessionEnd(session) {
      active--;
      const one = entry(sessions, session.name ?? session.trigger ?? "(unnamed)", tally);
      const duration = session.durationMs ?? 0;
      one[session.status === "failed" ? "failed" : "completed"]++;
      one.newest[(one.completed + one.failed - 1) % WINDOW] = duration;
      one.total += duration;
      one.min = Math.min(one.min, duration);
      one.max = Math.max(one.max, duration);
    },
    onEvent(record) {
      entry(events, record.type, () => ({ count: 0 })).count++;
    },
    snapshot: () => ({
      active,
      sessions: Object.fromEntries([...sessions].map(([name, one]) => [name, figures(one)])),
      events: Object.fromEntries([...events].map(([type, { count }]) => [type, count])),
    }),
    reset() {
      sessions.clear();
      events.clear();
      active = 0;
    },
  };
}
