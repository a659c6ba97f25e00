/** @module Processes by number: whose child one is, when it began (so that a later one with its number is not mistaken for it), and whether it lives. */
import { readFileSync } from "node:fs";

/** What the registry asks about processes. Nothing here throws. */
export interface Processes {
  /** Null: not known, or none. */
  readonly parentOf: (pid: number) => number | null;
  /** Tells a process from a later one with the same number; null: not known, or gone. */
  readonly startOf: (pid: number) => string | null;
  /** `startedAt` null: whatever process has that number. */
  readonly isAlive: (pid: number, startedAt: string | null) => boolean;
  /**
   * The shell in whose script a process was started: its parent, or one above when that is a mere copy, as in `$(… | …)`.
   * Null: not known, or what started it is no shell of the same login (an orphan's parent would be the parent of everything).
   */
  readonly shellOf: (pid: number) => number | null;
}

/** How the machine is asked; tests give their own. */
export interface ProcessProbe {
  /** As `process.platform` names it. */
  readonly platform: string;
  /** A file of /proc as text; null when it cannot be read. */
  readonly read: (path: string) => string | null;
  /** Output of a program; null when it failed. */
  readonly run: (program: string, args: readonly string[]) => string | null;
  /** Whether a signal could be sent. */
  readonly exists: (pid: number) => boolean;
}

/** More ancestors than any process has. */
const MOST_ANCESTORS = 64;
const PS_MS = 2000;

const systemProbe: ProcessProbe = {
  platform: process.platform,
  read(path) {
    try {
      return readFileSync(path, "latin1");
    } catch {
      return null;
    }
  },
  run(program, args) {
    try {
      // The start times that ps prints are compared as text: neither the user's language nor a time zone may change them.
      // Only where the system has no /proc: not loaded for the others.
      const { execFileSync } = process.getBuiltinModule("node:child_process");
      return execFileSync(program, args, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: PS_MS,
        env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
      });
    } catch {
      return null;
    }
  },
  exists(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // It is there, and another user's.
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  },
};

interface LinuxStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly start: string;
}

/**
 * Fields of `/proc/<pid>/stat`. The second is the program's name in parentheses and may hold blanks, newlines and
 * parentheses of its own; the last closing one ends it.
 */
export function parseStat(text: string): LinuxStat | null {
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const [state, parent, group, session] = fields;
  const start = fields[19];
  if (!text.includes(")") || !state || !/^\d+$/.test(parent ?? "") || !/^\d+$/.test(start ?? "")) return null;
  return { state, parent: Number(parent), group: Number(group), session: Number(session), start: start! };
}

/** A pid that can be asked about: 0 and negative numbers mean groups to `kill`. */
const isPid = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0 && pid < 2 ** 31;

/** Asks the operating system, or what a test gives in its place. */
export function createProcesses(probe: ProcessProbe = systemProbe): Processes {
  const hasPs = probe.platform !== "linux" && probe.platform !== "win32";
  let boot: string | null | undefined;
  const stat = (pid: number): LinuxStat | null => {
    if (probe.platform !== "linux" || !isPid(pid)) return null;
    const text = probe.read(`/proc/${pid}/stat`);
    return text === null ? null : parseStat(text);
  };
  const ps = (column: string, pid: number): string | null => {
    if (!hasPs || !isPid(pid)) return null;
    return probe.run("ps", ["-o", `${column}=`, "-p", String(pid)])?.trim() || null;
  };
  const isDead = (found: LinuxStat): boolean => found.state === "Z" || found.state === "X";

  const parentOf = (pid: number): number | null => {
    const parent = stat(pid)?.parent ?? Number(ps("ppid", pid) ?? Number.NaN);
    return isPid(parent) ? parent : null;
  };
  const startOf = (pid: number): string | null => {
    const found = stat(pid);
    if (!found) return ps("lstart", pid)?.replace(/\s+/g, " ") ?? null;
    if (isDead(found)) return null;
    boot ??= probe.read("/proc/sys/kernel/random/boot_id")?.trim() || null;
    return boot === null ? null : `${boot}:${found.start}`;
  };
  return {
    parentOf,
    startOf,
    isAlive(pid, startedAt) {
      if (!isPid(pid)) return false;
      const found = stat(pid);
      if (found && isDead(found)) return false;
      const now = startedAt === null ? null : startOf(pid);
      if (now !== null) return now === startedAt;
      return found !== null || probe.exists(pid);
    },
    shellOf(pid) {
      const wordsOf = (one: number): string | null =>
        probe.platform === "linux" ? probe.read(`/proc/${one}/cmdline`) : null;
      let shell = parentOf(pid);
      const isOrphan = probe.platform === "linux" ? stat(shell ?? 0)?.session !== stat(pid)?.session : shell === 1;
      if (isOrphan) return null;
      for (let level = 0; shell !== null && level < MOST_ANCESTORS; level++) {
        const above = parentOf(shell);
        const words = wordsOf(shell);
        // A subshell is a fork: the same words, and in a script the same process group.
        if (above === null || !words || wordsOf(above) !== words || stat(above)?.group !== stat(shell)?.group) break;
        shell = above;
      }
      return shell;
    },
  };
}

/** This machine's processes. */
export const systemProcesses: Processes = createProcesses();

export const parentOf: Processes["parentOf"] = (pid) => systemProcesses.parentOf(pid);

/** Linux: boot id and start in clock ticks; macOS and others with `ps`: the start time; Windows: null. */
export const processStart: Processes["startOf"] = (pid) => systemProcesses.startOf(pid);

export const isAlive: Processes["isAlive"] = (pid, startedAt) => systemProcesses.isAlive(pid, startedAt);

/** A process and those above it, nearest first; ends at the first that is not known. */
export function ancestorsOf(pid: number, processes: Pick<Processes, "parentOf"> = systemProcesses): readonly number[] {
  const found = new Set<number>();
  for (let at: number | null = pid; at !== null && found.size < MOST_ANCESTORS; at = processes.parentOf(at)) {
    if (found.has(at)) break;
    found.add(at);
  }
  return [...found];
}
