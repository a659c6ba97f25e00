/** @module Clew's spool, as far as a program writes to it: whole files, 0600, in a directory that is ours alone. */
import type { Stats } from "node:fs";
import { builtin } from "./builtin.ts";
import { makeDirectory, makeDirectorySync } from "./make-directory.ts";
import type { Environment } from "./state.ts";
import { userHome } from "./workspace.ts";

/** event: a list of records (wire.ts). otlp: a list of OpenTelemetry items (span-item.ts). */
export type SpoolKind = "event" | "otlp";

export interface SpoolDirectoryOptions {
  readonly kind?: SpoolKind;
  readonly path: string;
  readonly newId: () => string;
  /** Kilobytes of all files together above which nothing is added. */
  readonly maxKilobytes: number;
}

export interface SpoolDirectory {
  /** Rejects with the system's error, or with one that says why the directory is not used. */
  readonly write: (body: string, at: number, records: number) => Promise<void>;
  /** Throws likewise. */
  readonly writeSync: (body: string, at: number) => void;
  readonly countLost: (records: number) => Promise<void>;
}

export interface SpoolPlace {
  readonly home: string;
  readonly spool: string;
  /** The user said where, so it is made when it is missing. */
  readonly isGiven: boolean;
}

/** Sum of the files' sizes is taken once in so many writes. */
const WRITES_PER_CHECK = 64;

/** Flags for a file that must not be there yet. */
function newFile(): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = builtin("node:fs").constants;
  return O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
}

/** CLEW_HOME, else `$XDG_DATA_HOME/clew`, else `~/.local/share/clew`. */
export function spoolPlace(env: Environment): SpoolPlace {
  const { isAbsolute, join, resolve } = builtin("node:path");
  const xdg = env.XDG_DATA_HOME;
  const home = env.CLEW_HOME
    ? resolve(env.CLEW_HOME)
    : join(xdg && isAbsolute(xdg) ? xdg : join(userHome(env), ".local", "share"), "clew");
  return { home, spool: join(home, "spool"), isGiven: Boolean(env.CLEW_HOME) };
}

/** What a file of the spool holds: see docs/hooks.md. */
function fileOf(kind: SpoolKind, body: string, at: number): string {
  return `clew-spool 1 ${kind}\nat ${at}\n\n${body}`;
}

function problemOf(stat: Stats, path: string): string | null {
  if (stat.isSymbolicLink()) return `${path} is a symbolic link`;
  if (!stat.isDirectory()) return `${path} is not a directory`;
  const uid = process.geteuid?.();
  return uid === undefined || uid === stat.uid ? null : `${path} belongs to another user (uid ${stat.uid})`;
}

async function ensureOwn(path: string): Promise<void> {
  const { promises } = builtin("node:fs");
  const stat = await promises.lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const problem = stat && problemOf(stat, path);
  if (problem) throw new Error(problem);
  if (!stat) await makeDirectory(path, 0o700);
  // mkdir's mode is cut by the umask, which may be anything.
  if (process.platform !== "win32" && (!stat || (stat.mode & 0o777) !== 0o700)) await promises.chmod(path, 0o700);
}

function ensureOwnSync(path: string): void {
  const { lstatSync, chmodSync } = builtin("node:fs");
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const problem = stat && problemOf(stat, path);
  if (problem) throw new Error(problem);
  if (!stat) makeDirectorySync(path, 0o700);
  if (process.platform !== "win32" && (!stat || (stat.mode & 0o777) !== 0o700)) chmodSync(path, 0o700);
}

async function bytesIn(path: string): Promise<number> {
  const { promises } = builtin("node:fs");
  const { join } = builtin("node:path");
  const names = await promises.readdir(path);
  let bytes = 0;
  const sizeOf = (name: string): Promise<number> =>
    promises.lstat(join(path, name)).then(
      ({ size }) => size,
      () => 0,
    );
  for (let at = 0; at < names.length; at += 500) {
    const sizes = await Promise.all(names.slice(at, at + 500).map(sizeOf));
    for (const size of sizes) bytes += size;
  }
  return bytes;
}

export function openSpoolDirectory(options: SpoolDirectoryOptions): SpoolDirectory {
  const { path, newId, maxKilobytes, kind = "event" } = options;
  const { join } = builtin("node:path");
  const full = join(path, "full");
  let isReady = false;
  let writes = 0;

  const newName = (): string => `${process.pid}-${newId()}`;
  const exists = (file: string): Promise<boolean> =>
    builtin("node:fs")
      .promises.lstat(file)
      .then(
        () => true,
        () => false,
      );

  /** Whether there is room; looks at everything now and then. */
  async function hasRoom(): Promise<boolean> {
    if (await exists(full)) return false;
    if (writes++ % WRITES_PER_CHECK !== 0 || (await bytesIn(path)) <= maxKilobytes * 1024) return true;
    // It holds the cap that was passed, for whoever lifts it. Never through what somebody else has put there.
    await builtin("node:fs")
      .promises.writeFile(full, String(maxKilobytes), { mode: 0o600, flag: "wx" })
      .catch(() => {});
    return false;
  }

  async function countLost(records: number): Promise<void> {
    const marks = "x".repeat(Math.min(records, 1_000_000));
    const { constants, promises } = builtin("node:fs");
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
    const file = await promises.open(join(path, "lost"), flags, 0o600);
    try {
      await file.appendFile(marks);
    } finally {
      await file.close();
    }
  }

  async function writeFile(text: string): Promise<void> {
    const { promises } = builtin("node:fs");
    const name = newName();
    const temporary = join(path, `.tmp-${name}`);
    const file = await promises.open(temporary, newFile(), 0o600);
    try {
      try {
        await file.writeFile(text);
      } finally {
        await file.close();
      }
      await promises.rename(temporary, join(path, name));
    } catch (error) {
      await promises.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  return {
    async write(body, at, records) {
      try {
        if (!isReady) await ensureOwn(path);
        isReady = true;
        if (await hasRoom()) await writeFile(fileOf(kind, body, at));
        else await countLost(records);
      } catch (error) {
        isReady = false;
        throw error;
      }
    },
    writeSync(body, at) {
      const { existsSync, openSync, writeSync, closeSync, renameSync, rmSync } = builtin("node:fs");
      if (!isReady) ensureOwnSync(path);
      if (existsSync(full)) return;
      const name = newName();
      const temporary = join(path, `.tmp-${name}`);
      const file = openSync(temporary, newFile(), 0o600);
      try {
        try {
          const bytes = Buffer.from(fileOf(kind, body, at));
          for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
        } finally {
          closeSync(file);
        }
        renameSync(temporary, join(path, name));
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },
    countLost,
  };
}
