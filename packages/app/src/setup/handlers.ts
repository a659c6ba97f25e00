/** @module What Clew's entries in settings.json say, and how they are told from everybody else's. */
import type { RecordedHookEvent } from "./hook-events.ts";

/** A command hook in exec form: no shell reads it, so a blank in a path needs no quotes. */
export interface HookHandler {
  readonly type: "command";
  readonly command: string;
  readonly args: readonly string[];
  readonly async?: true;
  /** Seconds. */
  readonly timeout: number;
}

/** The scripts that hooks call. */
export type HookScript = "observe" | "session-start" | "memory";

/** Handlers that the client calls for the same tools. */
export interface HookGroup {
  /** Absent: for all. */
  readonly matcher?: string;
  readonly hooks: readonly HookHandler[];
}

/** Where what the entries name lies on this machine. All paths are absolute. */
export interface HookPlaces {
  readonly platform: NodeJS.Platform;
  /** Data directory: the scripts' one argument. */
  readonly home: string;
  /** Directory of the installed scripts. */
  readonly hooks: string;
  readonly node: string;
  /** Node entries that do the scripts' work: Windows, which has no sh, calls them directly. */
  readonly observeEntry: string;
  readonly sessionStartEntry: string;
  /** Node entry of the command line, which `memory hook` is part of. */
  readonly bin: string;
}

/** The client waits for hooks, so a hook that hangs must be short; longer than any disk's fsync. */
const TIMEOUT_SECONDS = 5;
/** Words of the command line that keeps a memory file. */
const MEMORY_HOOK = ["memory", "hook"] as const;
/** All SessionEnd hooks together have 1.5 s unless one of them asks for more. */
const SESSION_END_TIMEOUT_SECONDS = 2;

/** The tools that write files, as the client names them. */
const WRITING_TOOLS = "Write|Edit|MultiEdit";

/** The scripts that an event calls, in order. What session-start prints becomes context, so only SessionStart calls it. */
export function scriptsOf(event: RecordedHookEvent): readonly HookScript[] {
  if (event === "SessionStart") return ["observe", "session-start"];
  return event === "PostToolUse" ? ["observe", "memory"] : ["observe"];
}

/** An event's entries for these scripts: those that are called for certain tools only are a group of their own. */
export function groupsFor(
  event: RecordedHookEvent,
  scripts: readonly HookScript[],
  places: HookPlaces,
): readonly HookGroup[] {
  const handlersOf = (isWanted: (script: HookScript) => boolean): readonly HookHandler[] =>
    scripts.filter(isWanted).map((script) => handlerFor(event, script, places));
  const groups: readonly HookGroup[] = [
    { hooks: handlersOf((script) => script !== "memory") },
    { matcher: WRITING_TOOLS, hooks: handlersOf((script) => script === "memory") },
  ];
  return groups.filter(({ hooks }) => hooks.length > 0);
}

export function handlerFor(event: RecordedHookEvent, script: HookScript, places: HookPlaces): HookHandler {
  const { platform, home, hooks, node, observeEntry, sessionStartEntry, bin } = places;
  const entries: Readonly<Record<HookScript, readonly string[]>> = {
    observe: [observeEntry],
    "session-start": [sessionStartEntry],
    memory: [bin, ...MEMORY_HOOK],
  };
  const started =
    platform === "win32"
      ? { command: node, args: [...entries[script], home] }
      : { command: `${hooks}/${script}.sh`, args: [home] };
  return {
    type: "command",
    ...started,
    // The one fires for every piece of text that is shown, the other answers nobody: nothing waits for them.
    ...((event === "MessageDisplay" || script === "memory") && { async: true as const }),
    timeout: event === "SessionEnd" ? SESSION_END_TIMEOUT_SECONDS : TIMEOUT_SECONDS,
  };
}

/**
 * The script of Clew that a handler in settings.json calls, of this installation, an older or another one; null for
 * everybody else's. A script of the same name is Clew's only when it lies in the `hooks` directory of the data directory
 * that it is given, or of one named `clew` or `.clew`.
 */
export function scriptOfHandler(handler: unknown, hooks: string): HookScript | null {
  if (typeof handler !== "object" || handler === null) return null;
  const { command, args } = handler as { readonly command?: unknown; readonly args?: unknown };
  if (typeof command !== "string") return null;
  const words = [command, ...(Array.isArray(args) ? args.filter((word) => typeof word === "string") : [])].map(slashed);
  for (const [index, word] of words.entries()) {
    const entry = /\/dist\/app\/(observe|session-start)\.c?js$/u.exec(word);
    if (entry && index > 0) return entry[1] as HookScript;
    const isProgram = index > 0 && word.endsWith("/dist/app/bin.js");
    if (isProgram && MEMORY_HOOK.every((name, place) => words[index + 1 + place] === name)) return "memory";
    const found = /^(.*)\/hooks\/(observe|session-start|memory)\.(?:sh|js)$/u.exec(word);
    if (!found) continue;
    const [, home = "", script] = found;
    const isClew =
      `${home}/hooks` === slashed(hooks) || words[index + 1] === home || /(?:^|\/)\.?clew(?:\/|$)/iu.test(home);
    if (isClew) return script as HookScript;
  }
  return null;
}

/** Whether a `statusLine` is Clew's. */
export function isClewStatusLine(command: unknown): boolean {
  return (
    typeof command === "string" &&
    /[\\/]dist[\\/]app[\\/]statusline\.c?js\b|\bclew(?:\.\w+)? statusline\b/u.test(command)
  );
}

/** The status line's command; a shell reads this one. It is Clew's program itself, since the client runs it very often. */
export function statusLineCommand(places: StatusLinePlaces): string {
  const quote = (word: string): string => {
    if (/^[\w@%+=:,./\\-]+$/u.test(word)) return places.platform === "win32" ? slashed(word) : word;
    return places.platform === "win32" ? `"${slashed(word)}"` : `'${word.replaceAll("'", "'\\''")}'`;
  };
  return [places.node, places.statusLineEntry, places.home].map(quote).join(" ");
}

interface StatusLinePlaces {
  readonly platform: NodeJS.Platform;
  readonly node: string;
  readonly statusLineEntry: string;
  readonly home: string;
}

const slashed = (path: string): string => path.replaceAll("\\", "/");
