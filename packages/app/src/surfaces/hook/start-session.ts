/** @module What happens when an agent's session starts: registered, its children's environment written, its context printed and recorded. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { correlationId } from "../../base/ids.ts";
import { clewPaths, daemonSocket, type Environment, runtimeDirectory } from "../../base/paths.ts";
import { isSessionId } from "../../base/session-id.ts";
import type { Principal } from "../../context/policy.ts";
import { type PreparedContext, prepareContext } from "../../context/prepare.ts";
import { principalOf } from "../../context/principal.ts";
import type { Place } from "../../model/place.ts";
import { createPlaceResolver } from "../../place/place.ts";
import { childEnvironment } from "../../registry/child-environment.ts";
import { writeEnvFile } from "../../registry/env-file.ts";
import { systemProcesses } from "../../registry/process.ts";
import { openRegistry, type Registry, type RegistryEntry, registryHours } from "../../registry/registry.ts";
import { tidyRegistry } from "../../registry/tidy.ts";
import { rootSessionOf } from "../../registry/which.ts";
import { writeSpoolRecord } from "../../spool/spool-directory.ts";
import { agentProcess } from "./agent-process.ts";
import { objectIn } from "./hook-input.ts";
import { isListening, startDaemon } from "./start-daemon.ts";

export interface StartOptions {
  readonly env: Environment;
  /** The hook's body; null: too large. */
  readonly input: Buffer | null;
  /** Milliseconds UTC. */
  readonly now: number;
  /** Process that started this one. */
  readonly parentPid: number;
  readonly print: (text: string) => void;
  /** For CLEW_HOOK_DEBUG. */
  readonly explain: (message: string) => void;
}

const AGENT = "claude-code";
/** Sources of a start with which a client's process goes on under another id; a compaction keeps it. */
const ANOTHER_SESSION: ReadonlySet<string> = new Set(["startup", "resume", "clear"]);

interface Starting {
  readonly sessionId: string;
  readonly parentSessionId: string | null;
  readonly cwd: string;
  readonly place: Place;
  readonly principal: Principal;
  /** Null: the body was not understood. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** Never rejects: each step is taken whatever became of the one before. */
export async function startSession(options: StartOptions): Promise<void> {
  const { env, explain } = options;
  const attempt = async (what: string, step: () => unknown): Promise<void> => {
    try {
      await step();
    } catch (error) {
      explain(`${what}: ${(error as Error).message}`);
    }
  };
  let tidyUp = (): void => {};
  await attempt("start the session", async () => {
    const starting = startingSession(options);
    if (!starting) return explain("this is no start of a session: nothing to do");
    const directory = runtimeDirectory(env);
    const hours = registryHours(env);
    const registry = openRegistry({
      directory,
      clock: () => options.now,
      ...(hours !== undefined && { expiryHours: hours }),
    });
    await attempt("register", () => {
      const entry = register(starting, registry, options);
      tidyUp = () => tidy(entry, starting, registry, options);
    });
    await attempt("write the environment file", () => writeEnvironment(starting, registry, options));
    await attempt("give the context", () => giveContext(starting, options));
  });
  await attempt("start the daemon", async () => {
    if (env.CLEW_NO_DAEMON === "1") return explain("CLEW_NO_DAEMON is 1: no daemon is started");
    if (await isListening(daemonSocket(env))) return explain("the daemon runs");
    await startDaemon(env);
    explain("a daemon was started");
  });
  // Last: nobody waits for it, and however full the registry is, everything else is done.
  await attempt("tidy the registry", () => tidyUp());
}

/** Null: not a session's start, or nothing says which session's. */
function startingSession({ env, input, explain }: StartOptions): Starting | null {
  const body = objectIn(input);
  const event = body?.hook_event_name;
  if (event !== undefined && event !== "SessionStart") return null;
  if (!body) explain("the body is no JSON object, or too large: the environment has to do");
  const sessionId = isSessionId(body?.session_id) ? body.session_id : env.CLAUDE_CODE_SESSION_ID;
  if (!isSessionId(sessionId)) return null;
  const cwd = env.CLAUDE_PROJECT_DIR || textIn(body, "cwd") || process.cwd();
  const userHome = env.HOME || env.USERPROFILE || homedir();
  const place = createPlaceResolver(userHome)(cwd, "");
  const parent = env.CLEW_SESSION_ID;
  return {
    sessionId,
    parentSessionId: isSessionId(parent) && parent !== sessionId ? parent : null,
    cwd,
    place,
    principal: principalOf(AGENT, place, env, userHome),
    body,
  };
}

function register(starting: Starting, registry: Registry, { env, now, parentPid }: StartOptions): RegistryEntry {
  const { sessionId, parentSessionId, place, principal, cwd, body } = starting;
  const pid = agentProcess(env, parentPid, systemProcesses);
  return registry.register({
    session_id: sessionId,
    parent_session_id: parentSessionId,
    workspace_id: place.workspaceId,
    workspace_path: place.workspacePath,
    project: place.projectId,
    identity: principal.identityId,
    agent: AGENT,
    pid,
    process_started_at: systemProcesses.startOf(pid),
    cwd,
    started_at: new Date(now).toISOString(),
    transcript_path: textIn(body, "transcript_path"),
  });
}

function tidy(entry: RegistryEntry, { body }: Starting, registry: Registry, { explain }: StartOptions): void {
  const isAnother = ANOTHER_SESSION.has(textIn(body, "source") ?? "") && textIn(body, "agent_id") === null;
  const { stale, corrupt, temporary, left } = tidyRegistry(registry, isAnother ? entry : null);
  explain(`removed from the registry: ${stale} stale, ${corrupt} corrupt, ${temporary} temporary, ${left} left behind`);
}

function writeEnvironment(starting: Starting, registry: Registry, { env, explain }: StartOptions): void {
  if (!env.CLAUDE_ENV_FILE) {
    explain("no CLAUDE_ENV_FILE: the session's children are not told its id");
    return;
  }
  const { sessionId, parentSessionId, place } = starting;
  const traceSeed = rootSessionOf(sessionId, parentSessionId, registry);
  const { workspaceId } = place;
  const variables = childEnvironment({
    sessionId,
    parentSessionId,
    workspaceId,
    traceSeed,
    clientSessionId: sessionId,
  });
  const { problem } = writeEnvFile(env.CLAUDE_ENV_FILE, variables);
  if (problem) explain(problem);
}

async function giveContext(starting: Starting, { env, now, print, explain }: StartOptions): Promise<void> {
  const { sessionId, place, principal, body } = starting;
  // Without its body nothing tells a resumed session, which needs nothing, from a new one.
  if (!body) return;
  const context = await prepareContext({
    env,
    place,
    principal,
    sessionId,
    source: textIn(body, "source"),
    isSubagent: textIn(body, "agent_id") !== null,
    now,
  });
  for (const problem of context.problems) explain(`settings: ${problem}`);
  if (context.off !== null) explain(`no context: ${context.off}`);
  if (context.text === "") return;
  print(context.text);
  record(starting, context, env, now);
}

/** What was given is an event of the session, so that it can be shown later and is not taken for anybody's own words. */
function record({ sessionId, place }: Starting, context: PreparedContext, env: Environment, now: number): void {
  const correlation = correlationId(place.workspaceId, sessionId);
  const event = {
    v: 1,
    ts: new Date(now).toISOString(),
    id: createHash("sha256").update(`context ${correlation} ${now}`).digest("hex").slice(0, 32),
    correlation_id: correlation,
    type: "context.injected",
    data: { text: context.text, items: context.items },
  };
  writeSpoolRecord(clewPaths(env).spool, {
    kind: "event",
    fields: { at: String(now), session: sessionId },
    body: Buffer.from(JSON.stringify(event)),
  });
}

function textIn(body: Readonly<Record<string, unknown>> | null, name: string): string | null {
  const value = body?.[name];
  return typeof value === "string" && value !== "" ? value : null;
}
