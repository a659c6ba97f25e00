/**
 * @module The sessions that run now, one small file each in a private directory: `sessions/<id>.json`, and for look-ups by
 * directory a file of the same content in `projects/<workspace id>/`.
 */
import { randomBytes } from "node:crypto";
import { readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { ClewError } from "../base/error.ts";
import type { Environment } from "../base/paths.ts";
import { decodeEntry, encodeEntry, entryFileName, MOST_ENTRY_BYTES, type RegistryEntry } from "./entry.ts";
import { makePrivate, privacyProblem } from "./private-directory.ts";
import { readPrivateFile, removeOwnFile, writePrivateFile, writerOf } from "./private-file.ts";
import { type Processes, systemProcesses } from "./process.ts";

export type { RegistryEntry } from "./entry.ts";

const HOUR_MS = 3_600_000;
/** Hours that an entry is believed without being written again. */
export const EXPIRY_HOURS: 24 = 24;
/** A file from further in the future than this was dated by a clock that was wrong; less is a clock that was set back. */
const FUTURE_MS = 24 * HOUR_MS;
/** A temporary file older than this is nobody's work in progress, whatever process has its number. */
const TEMPORARY_MS = HOUR_MS;

/** What a caller says; the rest follows. */
export type NewRegistryEntry = Omit<RegistryEntry, "version" | "expires_at"> &
  Partial<Pick<RegistryEntry, "version" | "expires_at">>;

export interface RegistryList {
  /** Live ones, the first that started first. */
  readonly entries: readonly RegistryEntry[];
  /** Expired, or their process is gone. */
  readonly stale: readonly RegistryEntry[];
  /** How many files are not what the registry writes, or may be another's. */
  readonly corrupt: number;
  /** Why the directory is not believed; null: it is, or there is none yet. */
  readonly problem: string | null;
}

export interface RegistryCleaned {
  readonly stale: number;
  readonly corrupt: number;
  /** Temporary files of processes that died while they wrote. */
  readonly temporary: number;
  readonly problem: string | null;
}

export interface Registry {
  readonly directory: string;
  /** Writes the entry, and over an older one of the same session. Throws `permission` when the directory is refused, `io` otherwise. */
  readonly register: (entry: NewRegistryEntry) => RegistryEntry;
  /** Whether there was one. */
  readonly remove: (sessionId: string) => boolean;
  /** A session's own entry, also a stale one. */
  readonly find: (sessionId: string) => { readonly entry: RegistryEntry; readonly isLive: boolean } | null;
  /** Live entries of the workspace with that id. */
  readonly inWorkspace: (workspaceId: string) => readonly RegistryEntry[];
  readonly list: () => RegistryList;
  /** Removes what is stale or corrupt, so far as it is a regular file of ours. */
  readonly clean: () => RegistryCleaned;
}

export interface RegistryOptions {
  /** base/paths.ts, runtimeDirectory. */
  readonly directory: string;
  readonly clock: Clock;
  readonly processes?: Processes;
  /** Default: EXPIRY_HOURS. */
  readonly expiryHours?: number;
  readonly nonce?: () => string;
}

/** CLEW_REGISTRY_HOURS where it is a sensible number; undefined otherwise. */
export function registryHours(env: Environment): number | undefined {
  const hours = Number(env.CLEW_REGISTRY_HOURS);
  return env.CLEW_REGISTRY_HOURS && hours > 0 && hours <= 24 * 365 ? hours : undefined;
}

type Found =
  | { readonly kind: "live" | "stale"; readonly entry: RegistryEntry }
  | { readonly kind: "corrupt" | "missing" };

/** Opens nothing and keeps nothing in memory: every call looks at the directory as it is then. */
export function openRegistry(options: RegistryOptions): Registry {
  const { directory, clock, processes = systemProcesses } = options;
  const expiryMs = (options.expiryHours ?? EXPIRY_HOURS) * HOUR_MS;
  const nonce = options.nonce ?? (() => randomBytes(8).toString("hex"));
  const sessions = join(directory, "sessions");
  const projects = join(directory, "projects");
  const projectOf = (workspaceId: string): string => join(projects, entryFileName(workspaceId).replace(/\.json$/, ""));

  /** "missing" and null as privacyProblem says them, of a directory and those above it that are the registry's. */
  const problemOf = (path: string): "missing" | string | null => {
    const chain =
      path === directory ? [directory] : path.startsWith(projects) ? [directory, projects, path] : [directory, path];
    for (const one of new Set(chain)) {
      const problem = privacyProblem(one);
      if (problem !== null) return problem;
    }
    return null;
  };

  const namesIn = (path: string): readonly string[] => {
    if (problemOf(path) !== null) return [];
    try {
      return readdirSync(path).sort();
    } catch {
      return [];
    }
  };

  const isCurrent = (entry: RegistryEntry, mtimeMs: number): boolean => {
    const now = clock();
    if (mtimeMs > now + Math.max(expiryMs, FUTURE_MS)) return false;
    return now < Math.min(Date.parse(entry.expires_at), mtimeMs + expiryMs);
  };

  const read = (path: string, name: string): Found => {
    const file = readPrivateFile(join(path, name), MOST_ENTRY_BYTES);
    if (file === "missing") return { kind: "missing" };
    const entry = file && decodeEntry(file.text);
    if (!entry || entryFileName(entry.session_id) !== name) return { kind: "corrupt" };
    if (path !== sessions && projectOf(entry.workspace_id) !== path) return { kind: "corrupt" };
    const isLive = isCurrent(entry, file.mtimeMs) && processes.isAlive(entry.pid, entry.process_started_at);
    return { kind: isLive ? "live" : "stale", entry };
  };

  const write = (path: string, entry: RegistryEntry): void => {
    const name = entryFileName(entry.session_id);
    for (let isRetry = false; ; isRetry = true) {
      for (const one of new Set([directory, path === sessions ? sessions : projects, path])) {
        const problem = makePrivate(one);
        if (problem !== null) throw new ClewError("permission", `the session registry is not used: ${problem}`);
      }
      try {
        writePrivateFile(path, name, Buffer.from(encodeEntry(entry)), {
          now: clock(),
          pid: process.pid,
          nonce: nonce(),
          // By project stands the same once more.
          durable: path === sessions,
        });
        return;
      } catch (error) {
        // Somebody's clean() may have taken the directory away while it was still empty.
        if ((error as NodeJS.ErrnoException).code === "ENOENT" && !isRetry) continue;
        throw new ClewError("io", `write the session registry: ${(error as Error).message}`, { cause: error });
      }
    }
  };

  const discard = (entry: RegistryEntry): boolean => {
    const name = entryFileName(entry.session_id);
    const project = projectOf(entry.workspace_id);
    if (problemOf(project) === null) removeOwnFile(join(project, name));
    return removeOwnFile(join(sessions, name));
  };

  const list = (): RegistryList => {
    const problem = problemOf(sessions);
    const found = namesIn(sessions)
      .filter((name) => writerOf(name) === null)
      .map((name) => read(sessions, name));
    const of = (kind: "live" | "stale"): readonly RegistryEntry[] =>
      found
        .flatMap((one) => (one.kind === kind ? [one.entry] : []))
        .sort((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at));
    return {
      entries: of("live"),
      stale: of("stale"),
      corrupt: found.filter(({ kind }) => kind === "corrupt").length,
      problem: problem === "missing" ? null : problem,
    };
  };

  const isLeftOver = (path: string, name: string): boolean => {
    const writer = writerOf(name);
    if (writer === null) return false;
    if (!processes.isAlive(writer, null)) return true;
    const file = readPrivateFile(join(path, name), MOST_ENTRY_BYTES);
    return file === null || (file !== "missing" && Math.abs(clock() - file.mtimeMs) > TEMPORARY_MS);
  };

  const clean = (): RegistryCleaned => {
    const counts = { stale: 0, corrupt: 0, temporary: 0 };
    const cleanIn = (path: string, isIndex: boolean): void => {
      for (const name of namesIn(path)) {
        if (writerOf(name) !== null) {
          if (isLeftOver(path, name) && removeOwnFile(join(path, name))) counts.temporary++;
          continue;
        }
        const found = read(path, name);
        const isOrphan = isIndex && readPrivateFile(join(sessions, name), MOST_ENTRY_BYTES) === "missing";
        if (found.kind === "corrupt") counts.corrupt += Number(removeOwnFile(join(path, name)));
        else if (found.kind === "stale" && !isIndex) counts.stale += Number(discard(found.entry));
        else if (isOrphan) removeOwnFile(join(path, name));
      }
    };
    cleanIn(sessions, false);
    for (const name of namesIn(projects)) {
      cleanIn(join(projects, name), true);
      removeEmpty(join(projects, name));
    }
    const problem = problemOf(sessions);
    return { ...counts, problem: problem === "missing" ? null : problem };
  };

  return {
    directory,
    list,
    clean,
    register(given) {
      const whole: RegistryEntry = {
        ...given,
        version: 1,
        expires_at: given.expires_at ?? new Date(Date.parse(given.started_at) + expiryMs).toISOString(),
      };
      const isTooLong = (entry: RegistryEntry): boolean => Buffer.byteLength(encodeEntry(entry)) > MOST_ENTRY_BYTES;
      const entry = isTooLong(whole) ? { ...whole, transcript_path: null } : whole;
      if (isTooLong(entry) || decodeEntry(JSON.stringify(entry)) === null)
        throw new ClewError(
          "io",
          `session ${entry.session_id.slice(0, 100)} cannot be registered: its description is not valid`,
        );
      // A session that moved to another workspace leaves no trace in the old one.
      const before = read(sessions, entryFileName(entry.session_id));
      write(sessions, entry);
      write(projectOf(entry.workspace_id), entry);
      if ("entry" in before && before.entry.workspace_id !== entry.workspace_id)
        removeOwnFile(join(projectOf(before.entry.workspace_id), entryFileName(entry.session_id)));
      return entry;
    },
    remove(sessionId) {
      if (problemOf(sessions) !== null) return false;
      const found = read(sessions, entryFileName(sessionId));
      return "entry" in found && discard(found.entry);
    },
    find(sessionId) {
      if (problemOf(sessions) !== null) return null;
      const found = read(sessions, entryFileName(sessionId));
      return "entry" in found ? { entry: found.entry, isLive: found.kind === "live" } : null;
    },
    inWorkspace(workspaceId) {
      const project = projectOf(workspaceId);
      return namesIn(project)
        .map((name) => ({ name, found: read(project, name) }))
        .flatMap(({ name, found }) => {
          // The session's own file decides; this one only led to it.
          const own = found.kind === "live" ? read(sessions, name) : found;
          return own.kind === "live" && own.entry.workspace_id === workspaceId ? [own.entry] : [];
        });
    },
  };
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Not empty, not a directory, or gone already.
  }
}
