/** @module Which Claude Code will read the settings, and what an old one does with them. */
import { ClewError } from "../base/error.ts";
import type { RunProcess } from "./run-process.ts";

/** 2.1.100 ignores the whole file, permissions included, when `hooks` names an event that it does not know; this one does not. */
const OLDEST_THAT_READS_ON = "2.1.126";
/** 2.1.126 calls a hook without its `args`; this one passes them. */
const OLDEST_WITH_ARGUMENTS = "2.1.150";

/** The version of the `claude` on PATH; null when there is none, or it does not say. */
export function clientVersion(run: RunProcess): string | null {
  const { code, output } = run("claude", ["--version"]);
  return code === 0 ? (/^\d+\.\d+\.\d+/u.exec(output.trim())?.[0] ?? null) : null;
}

/** Sentences about a client; none about a new or an unknown one. Throws `io` for one that the change would do harm to. */
export function clientWarnings(version: string | null): readonly string[] {
  if (version === null) return [];
  if (isOlder(version, OLDEST_THAT_READS_ON))
    throw new ClewError(
      "io",
      `Claude Code ${version} ignores all of its settings when they name a hook event that it does not know: update it to ${OLDEST_WITH_ARGUMENTS} or newer first, nothing was changed`,
    );
  if (!isOlder(version, OLDEST_WITH_ARGUMENTS)) return [];
  return [
    `Claude Code ${version} does not pass arguments to hooks, so they work only with the default data directory and without blanks in its path: update it to ${OLDEST_WITH_ARGUMENTS} or newer.`,
  ];
}

function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split(".").map(Number));
  for (const [index, number] of other!.entries()) if (one![index] !== number) return (one![index] ?? 0) < number;
  return false;
}
