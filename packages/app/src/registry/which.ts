/**
 * @module Which session something belongs to that was not told: by its environment, by the processes above it, by its
 * directory. Two that fit equally are "ambiguous", none is "unknown"; neither is an error and neither is ever a guess.
 */
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { workspaceIdOf } from "../base/ids.ts";
import type { Environment } from "../base/paths.ts";
import { isSessionId } from "../base/session-id.ts";
import type { RegistryEntry } from "./entry.ts";
import { legacySession } from "./legacy-file.ts";
import { ancestorsOf, type Processes, systemProcesses } from "./process.ts";
import type { Registry } from "./registry.ts";

/** A session as far as it is known: an id from the environment need not be registered. */
export type KnownSession = Pick<RegistryEntry, "session_id"> & {
  readonly [Field in Exclude<keyof RegistryEntry, "session_id">]: RegistryEntry[Field] | null;
};

export type WhichWay = "environment" | "process" | "directory" | "legacy-file";

export type WhichSession =
  | {
      readonly kind: "found";
      readonly entry: KnownSession;
      readonly by: WhichWay;
      /** Why, as a clause: "CLEW_SESSION_ID names it". */
      readonly why: string;
    }
  | { readonly kind: "ambiguous"; readonly candidates: readonly RegistryEntry[]; readonly by: WhichWay }
  | { readonly kind: "unknown"; readonly reasons: readonly string[] };

export interface WhichOptions {
  readonly env: Environment;
  readonly cwd: string;
  /** Process that asks. */
  readonly pid: number;
  readonly registry: Registry;
  readonly clock?: Clock;
  readonly processes?: Processes;
  /** Ways to try; default: all. */
  readonly ways?: readonly WhichWay[];
  /** Where the shared file of older set-ups would lie; default: the system's. */
  readonly temporaryDirectory?: string;
}

type Found = Extract<WhichSession, { kind: "found" }>;

/** Deeper than sessions nest. */
const MOST_PARENTS = 64;

/** Looks a session up; see docs/sessions.md for the order and its reasons. Never throws. */
export function whichSession(options: WhichOptions): WhichSession {
  const reasons: string[] = [];
  const uses = (way: WhichWay): boolean => options.ways?.includes(way) ?? true;
  try {
    const named = uses("environment") ? byEnvironment(options, reasons) : null;
    const above = uses("process") ? byProcess(options, reasons) : null;
    // What was started inside the session that the environment names is nearer than that session.
    const nearest = named && above && isBelow(above, named, options) ? above : (named ?? above);
    if (nearest) return nearest;
    const inDirectory = uses("directory") ? byDirectory(options, reasons) : null;
    if (inDirectory) return inDirectory;
    const legacy =
      uses("legacy-file") && options.env.CLEW_LEGACY_SESSION_FILE === "1"
        ? legacySession(
            {
              env: options.env,
              cwd: options.cwd,
              now: (options.clock ?? systemClock)(),
              temporaryDirectory: options.temporaryDirectory ?? tmpdir(),
            },
            reasons,
          )
        : null;
    if (legacy) return { kind: "found", entry: known(legacy.sessionId), by: "legacy-file", why: legacy.why };
  } catch (error) {
    reasons.push(`the look-up failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { kind: "unknown", reasons };
}

/** The session at the top of a session's line of parents, as far as the registry knows it. */
export function rootSessionOf(sessionId: string, parentId: string | null, registry: Registry): string {
  let root = sessionId;
  let parent = parentId ?? registry.find(sessionId)?.entry.parent_session_id ?? null;
  for (let level = 0; parent !== null && level < MOST_PARENTS; level++) {
    root = parent;
    parent = registry.find(root)?.entry.parent_session_id ?? null;
  }
  return root;
}

function known(sessionId: string, more: Partial<KnownSession> = {}): KnownSession {
  return {
    version: null,
    parent_session_id: null,
    workspace_id: null,
    workspace_path: null,
    project: null,
    identity: null,
    agent: null,
    pid: null,
    process_started_at: null,
    cwd: null,
    started_at: null,
    expires_at: null,
    transcript_path: null,
    ...more,
    session_id: sessionId,
  };
}

/**
 * What the environment names. A client tells its own children its session's id, so of two ids its is the nearer one: the
 * other came down from outside of it, unless it is known to have been given inside: whoever gave it has put the client's
 * into CLEW_CLIENT_SESSION_ID.
 */
function byEnvironment(options: WhichOptions, reasons: string[]): Found | null {
  const own = namedBy("CLEW_SESSION_ID", options, reasons);
  const client = namedBy("CLAUDE_CODE_SESSION_ID", options, reasons);
  if (!own || !client || own.entry.session_id === client.entry.session_id) return own ?? client;
  const { CLEW_CLIENT_SESSION_ID: around, CLEW_PARENT_SESSION_ID: parent } = options.env;
  const isInside = [around, parent].includes(client.entry.session_id) || isBelow(own, client, options);
  return isInside ? own : client;
}

function namedBy(
  name: "CLEW_SESSION_ID" | "CLAUDE_CODE_SESSION_ID",
  { env, registry }: WhichOptions,
  reasons: string[],
): Found | null {
  const id = env[name];
  if (!isSessionId(id)) {
    reasons.push(id ? `${name} holds no session id` : `${name} is not set`);
    return null;
  }
  const parent = env.CLEW_PARENT_SESSION_ID;
  const workspace = env.CLEW_WORKSPACE;
  const told: Partial<KnownSession> =
    name === "CLEW_SESSION_ID"
      ? {
          ...(isSessionId(parent) && { parent_session_id: parent }),
          ...(workspace && /^[0-9a-f]{16}$/.test(workspace) && { workspace_id: workspace }),
        }
      : {};
  const registered = registry.find(id)?.entry;
  const entry = registered
    ? { ...registered, parent_session_id: registered.parent_session_id ?? told.parent_session_id ?? null }
    : known(id, told);
  return { kind: "found", entry, by: "environment", why: `${name} names it` };
}

/** Of several entries of one process only the newest: a client that clears its history goes on under a new id. */
function newestOfEachProcess(entries: readonly RegistryEntry[]): readonly RegistryEntry[] {
  const newest = new Map<string, RegistryEntry>();
  for (const entry of entries) {
    const key = `${entry.pid} ${entry.process_started_at}`;
    const other = newest.get(key);
    if (!other || isLater(entry, other)) newest.set(key, entry);
  }
  return [...newest.values()];
}

function isLater(one: RegistryEntry, other: RegistryEntry): boolean {
  const between = Date.parse(one.started_at) - Date.parse(other.started_at);
  // Within one millisecond a child came after its parent.
  return between > 0 || (between === 0 && one.parent_session_id === other.session_id);
}

function byProcess({ registry, pid, processes = systemProcesses }: WhichOptions, reasons: string[]): Found | null {
  const { entries, stale, corrupt, problem } = registry.list();
  if (problem !== null) reasons.push(`the registry is not believed: ${problem}`);
  else if (entries.length === 0) {
    const others = stale.length + corrupt === 0 ? "" : ` (${stale.length} stale, ${corrupt} corrupt)`;
    reasons.push(`no live session is registered in ${registry.directory}${others}`);
  } else {
    const byPid = new Map(newestOfEachProcess(entries).map((entry) => [entry.pid, entry]));
    const ancestors = ancestorsOf(pid, processes);
    for (const ancestor of ancestors) {
      const entry = byPid.get(ancestor);
      const why = ancestor === pid ? "it runs in this process" : `process ${ancestor}, above this one, is its own`;
      if (entry) return { kind: "found", entry, by: "process", why };
    }
    reasons.push(
      `none of the ${ancestors.length} processes from this one upwards is one of the ${entries.length} registered`,
    );
  }
  return null;
}

function byDirectory({ registry, cwd }: WhichOptions, reasons: string[]): WhichSession | null {
  let path: string;
  try {
    path = realpathSync(cwd);
  } catch {
    reasons.push(`the directory ${cwd} is not there`);
    return null;
  }
  for (let at = path; ; at = dirname(at)) {
    const candidates = newestOfEachProcess(registry.inWorkspace(workspaceIdOf(at))).filter(
      (entry) => entry.workspace_path === at,
    );
    const [only] = candidates;
    if (candidates.length > 1) return { kind: "ambiguous", candidates, by: "directory" };
    if (only) return { kind: "found", entry: only, by: "directory", why: `it is the only live one in ${at}` };
    if (dirname(at) === at) break;
  }
  reasons.push(`no live session is registered for ${path} or a directory above it`);
  return null;
}

/** Whether one session was started inside the other, so far as the registry or the environment knows. */
function isBelow(one: Found, other: Found, { registry }: WhichOptions): boolean {
  const seen = new Set<string>();
  let parent = one.entry.parent_session_id;
  while (parent !== null && !seen.has(parent) && seen.size < MOST_PARENTS) {
    if (parent === other.entry.session_id) return true;
    seen.add(parent);
    parent = registry.find(parent)?.entry.parent_session_id ?? null;
  }
  return false;
}
