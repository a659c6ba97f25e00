/**
 * @module Claude Code's own list of its running processes, `<config>/sessions/<pid>.json`: what tells of sessions that run
 * without hooks. The files change between versions, so anything may be missing. Their neighbours hold keys: only names
 * of digits with `.json` are ever opened.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { ClientSession, ProcessLook } from "./presence.ts";

const NAME = /^[1-9]\d{0,9}\.json$/;
const LARGEST = 64 * 1024;
const MOST_FILES = 500;
/** A directory that changed this lately is read again: a second change may have got the same time. */
const FRESH_MS = 2000;
const REMEMBERED_MS = 10 * 60_000;
const ACTIVITIES: Readonly<Record<string, ClientSession["activity"]>> = {
  busy: "working",
  idle: "idle",
  waiting: "waiting",
};

export interface ClientRegistryLook {
  readonly sessions: ReadonlyMap<string, ClientSession>;
  /** Sessions whose file was there and is not any more. */
  readonly left: ReadonlySet<string>;
}

export interface ClientRegistry {
  /** Costs one `stat` for the directory and one for each file as long as nothing changes. */
  look(): ClientRegistryLook;
}

interface Entry extends Omit<ClientSession, "processStartedAt"> {
  readonly procStart: string | null;
}

interface KnownFile {
  /** Of the file's content. */
  readonly mark: string;
  readonly session: ClientSession | null;
}

interface KnownDirectory {
  readonly mtimeMs: number;
  readonly files: Map<string, KnownFile>;
}

/** `configDirs` hold `sessions/`. Nothing here throws. */
export function createClientRegistry(
  configDirs: readonly string[],
  clock: Clock,
  processes: ProcessLook,
): ClientRegistry {
  const directories = new Map<string, KnownDirectory>();
  const left = new Map<string, number>();
  const namespace = ownNamespace();

  function readSession(path: string, name: string): ClientSession | null {
    const entry = readEntry(path, Number.parseInt(name, 10), namespace);
    return entry && running(entry, processes);
  }

  function refresh(directory: string): void {
    const known = directories.get(directory);
    const mtimeMs = statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
    const isSame = known && known.mtimeMs === mtimeMs && Math.abs(clock() - mtimeMs) > FRESH_MS;
    const names = mtimeMs === undefined ? [] : isSame ? [...known.files.keys()] : namesIn(directory);
    const files = new Map<string, KnownFile>();
    for (const name of names) {
      const path = join(directory, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat) continue;
      const mark = `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
      const before = known?.files.get(name);
      // Half of a file that is being written says nothing yet.
      const isNew = before?.mark !== mark;
      files.set(name, isNew ? { mark, session: readSession(path, name) ?? before?.session ?? null } : before);
    }
    for (const [name, { session }] of known?.files ?? []) {
      if (session && files.get(name)?.session?.sessionId !== session.sessionId) left.set(session.sessionId, clock());
    }
    directories.set(directory, { mtimeMs: mtimeMs ?? 0, files });
  }

  return {
    look() {
      for (const config of configDirs) {
        const directory = join(config, "sessions");
        try {
          refresh(directory);
        } catch {
          directories.delete(directory);
        }
      }
      const sessions = new Map<string, ClientSession>();
      for (const { files } of directories.values()) {
        for (const { session } of files.values()) {
          if (!session || (sessions.get(session.sessionId)?.since ?? 0) > session.since) continue;
          if (processes.state(session.pid, session.processStartedAt, null) === "alive") {
            sessions.set(session.sessionId, session);
          }
        }
      }
      for (const [sessionId, at] of left) {
        if (sessions.has(sessionId) || Math.abs(clock() - at) > REMEMBERED_MS) left.delete(sessionId);
      }
      return { sessions, left: new Set(left.keys()) };
    },
  };
}

/** The entry with its process as our own registry names it; null when a crash left the file and another has the number. */
function running({ procStart, ...entry }: Entry, processes: ProcessLook): ClientSession | null {
  const processStartedAt = processes.startOf(entry.pid);
  // Where both count in ticks since boot, a later process with the number shows.
  const ticks = processStartedAt?.split(":").at(-1);
  if (procStart !== null && /^\d+$/.test(procStart) && /^\d+$/.test(ticks ?? "") && procStart !== ticks) return null;
  return { ...entry, processStartedAt };
}

function namesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => NAME.test(name))
    .slice(0, MOST_FILES);
}

function readEntry(path: string, pid: number, namespace: string | null): Entry | null {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > LARGEST) return null;
      const bytes = Buffer.alloc(LARGEST);
      return parseEntry(bytes.toString("utf8", 0, readSync(file, bytes)), pid, namespace);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** What the file of process `pid` says; null when that is nothing. `namespace` is ours, where the system has them. */
export function parseEntry(text: string, pid: number, namespace: string | null): Entry | null {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { sessionId, status, waitingFor, updatedAt, statusUpdatedAt, startedAt, procStart, pidDomain } = value;
  if (typeof sessionId !== "string" || !/^[\w-]{8,64}$/.test(sessionId)) return null;
  if (typeof value.pid === "number" && value.pid !== pid) return null;
  // A process of another container has a number that means nothing here.
  const domain = typeof pidDomain === "string" ? /pid:\[\d+\]/.exec(pidDomain)?.[0] : undefined;
  if (domain && namespace !== null && domain !== namespace) return null;
  const since = [statusUpdatedAt, updatedAt, startedAt].find((time) => typeof time === "number" && time > 0);
  if (typeof since !== "number") return null;
  return {
    sessionId,
    pid,
    procStart: typeof procStart === "string" || typeof procStart === "number" ? String(procStart) : null,
    activity: typeof status === "string" && Object.hasOwn(ACTIVITIES, status) ? ACTIVITIES[status]! : null,
    reason: status === "waiting" && typeof waitingFor === "string" ? shortened(waitingFor) : null,
    since,
  };
}

function shortened(text: string): string | null {
  return (
    text
      .replace(/[\p{Cc}\s]+/gu, " ")
      .trim()
      .slice(0, 80) || null
  );
}

/** The namespace that our numbers of processes are of; null where there is none. */
function ownNamespace(): string | null {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}
