/** @module Where Clew keeps its data and where Claude Code keeps its transcripts, from the environment alone. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** The part of `process.env` that decides paths. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ClewPaths {
  /** Data directory, 0700. */
  readonly home: string;
  readonly database: string;
  /** Held open by the one writer. */
  readonly lock: string;
  /** User's price overrides. */
  readonly prices: string;
  /** Records that wait for the writer, one file each, 0700. */
  readonly spool: string;
  /** Scripts that `clew setup` installs for the agents' hooks. */
  readonly hooks: string;
  /** What the daemon prepares for the status line. */
  readonly statusline: string;
  /** User's rules for identities. */
  readonly identities: string;
  /** User's rules for the types of sessions. */
  readonly sessionTypes: string;
  /** User's settings. */
  readonly config: string;
}

function userHome(env: Environment): string {
  return env.HOME || env.USERPROFILE || homedir();
}

/** CLEW_HOME, else `$XDG_DATA_HOME/clew`, else `~/.local/share/clew`. */
export function clewPaths(env: Environment): ClewPaths {
  const xdg = env.XDG_DATA_HOME;
  const home = env.CLEW_HOME
    ? resolve(env.CLEW_HOME)
    : join(xdg && isAbsolute(xdg) ? xdg : join(userHome(env), ".local", "share"), "clew");
  return {
    home,
    database: join(home, "clew.db"),
    lock: join(home, "writer.lock"),
    prices: join(home, "prices.json"),
    spool: join(home, "spool"),
    hooks: join(home, "hooks"),
    statusline: join(home, "statusline.json"),
    identities: join(home, "identities.yaml"),
    sessionTypes: join(home, "session-types.yaml"),
    config: join(home, "config.yaml"),
  };
}

/**
 * Private directory for what lives as long as the machine is up: `$XDG_RUNTIME_DIR/clew` where the system gives one,
 * else `$XDG_STATE_HOME/clew/run` or `~/.local/state/clew/run`. Never a shared temporary directory. CLEW_RUNTIME_DIR goes first.
 */
export function runtimeDirectory(env: Environment): string {
  if (env.CLEW_RUNTIME_DIR) return resolve(env.CLEW_RUNTIME_DIR);
  if (env.XDG_RUNTIME_DIR && isAbsolute(env.XDG_RUNTIME_DIR)) return join(env.XDG_RUNTIME_DIR, "clew");
  const state = env.XDG_STATE_HOME;
  const base = state && isAbsolute(state) ? state : join(userHome(env), ".local", "state");
  return join(base, "clew", "run");
}

/**
 * Where the daemon of a data directory listens, and what tells others that it runs: a socket in the private runtime
 * directory, a named pipe on Windows. One for each data directory.
 */
export function daemonSocket(env: Environment): string {
  const name = `daemon-${createHash("sha256").update(clewPaths(env).home).digest("hex").slice(0, 8)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\clew-${name}` : join(runtimeDirectory(env), `${name}.sock`);
}

/** The shortest limit among systems is 104 bytes with the closing NUL. Bytes. */
const LONGEST_SOCKET_PATH = 103;

/** The sentence that says why no system would open this socket; null: it may be opened. */
export function socketPathProblem(path: string): string | null {
  if (process.platform === "win32" || Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return null;
  return `${path} is too long for a socket: set CLEW_RUNTIME_DIR to a private directory with a shorter name`;
}

/**
 * Directories that hold Claude Code's `projects/`, as the client itself reads CLAUDE_CONFIG_DIR; several may be given,
 * separated by commas or the platform's path delimiter. Without it: `~/.claude` and the older `~/.config/claude`.
 */
export function claudeConfigDirs(env: Environment): readonly string[] {
  const given = env.CLAUDE_CONFIG_DIR;
  if (given) {
    const separator = delimiter === ":" ? /[,:]/ : /[,;]/;
    return [
      ...new Set(
        given
          .split(separator)
          .map((part) => part.trim())
          .filter(Boolean)
          .map((part) => resolve(part)),
      ),
    ];
  }
  const home = userHome(env);
  return [join(home, ".claude"), join(home, ".config", "claude")];
}
