/** @module Whether a session's process lives, asked as cheaply as the platform allows: it is asked every second. */
import { readFileSync } from "node:fs";
import { isAlive, processStart } from "../registry/process.ts";
import type { ProcessLook, ProcessState } from "./presence.ts";

/** Where telling a process from a later one needs a program to be run, it is told this often; between, its number must do. */
const FULL_LOOK_EVERY_MS = 30_000;
/** A process that began this much later than a session was seen in it is another one with its number. */
const LATER_MS = 10_000;
/** Of /proc: the kernel's own, on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessLookOptions {
  readonly platform?: NodeJS.Platform;
  /** Milliseconds UTC, and milliseconds that no clock change moves. */
  readonly clock: () => number;
  readonly monotonic: () => number;
  readonly exists?: (pid: number) => boolean;
  readonly isAlive?: (pid: number, startedAt: string | null) => boolean;
  readonly startOf?: (pid: number) => string | null;
  /** Milliseconds since the process began; null: not known. */
  readonly ageOf?: (pid: number) => number | null;
}

export function createProcessLook(options: ProcessLookOptions): ProcessLook {
  const { platform = process.platform, clock, monotonic } = options;
  const exists = options.exists ?? pidExists;
  const alive = options.isAlive ?? isAlive;
  const startOf = options.startOf ?? processStart;
  const ageOf = options.ageOf ?? ((pid) => (platform === "linux" ? linuxAge(pid) : null));
  const looked = new Map<string, number>();

  function isSame(pid: number, startedAt: string): boolean {
    if (platform === "linux") return alive(pid, startedAt);
    if (!exists(pid)) return false;
    const key = `${pid} ${startedAt}`;
    const last = looked.get(key);
    if (last !== undefined && monotonic() - last < FULL_LOOK_EVERY_MS) return true;
    if (!alive(pid, startedAt)) return false;
    if (looked.size > 1000) looked.clear();
    looked.set(key, monotonic());
    return true;
  }

  return {
    startOf,
    state(pid, startedAt, seenAt): ProcessState {
      if (startedAt !== null) return isSame(pid, startedAt) ? "alive" : "gone";
      const isThere = platform === "linux" ? alive(pid, null) : exists(pid);
      if (!isThere) return "gone";
      const age = seenAt === null ? null : ageOf(pid);
      return age !== null && clock() - age > seenAt! + LATER_MS ? "gone" : "alive";
    },
  };
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** From the kernel's own clocks, which nobody sets. */
function linuxAge(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const uptime = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]);
    const age = (uptime - ticks / TICKS_PER_SECOND) * 1000;
    return Number.isFinite(age) ? age : null;
  } catch {
    return null;
  }
}
