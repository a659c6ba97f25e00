/** @module Where Clew keeps its data and where Claude Code keeps its transcripts, from the environment alone. */
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
  return { home, database: join(home, "clew.db"), lock: join(home, "writer.lock"), prices: join(home, "prices.json") };
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
