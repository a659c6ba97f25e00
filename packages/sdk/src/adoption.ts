/** @module The session that a process was started in, from its environment: child processes and worker threads join it. */
import { isSessionId, isWorkspaceId } from "./ids.ts";
import { Session } from "./session.ts";
import { type Environment, type Frame, newFrame, state } from "./state.ts";
import { parseTraceParent } from "./trace.ts";
import { discoverWorkspace, type Workspace } from "./workspace.ts";

/**
 * The nearer of two that the environment may name: CLEW_SESSION_ID, and the variable that Claude Code gives to what it runs.
 * Whoever sets the first puts the second, as it is then, into CLEW_CLIENT_SESSION_ID: a client that is another one now was
 * started inside. Null: none is named.
 */
export function sessionFromEnvironment(env: Environment): Session | null {
  const own = env.CLEW_SESSION_ID;
  const client = env.CLAUDE_CODE_SESSION_ID;
  const id = isSessionId(own) && !(isSessionId(client) && isInside(client, env)) ? own : client;
  if (!isSessionId(id)) return null;
  const isOwn = id === own;
  const parentId = isOwn && isSessionId(env.CLEW_PARENT_SESSION_ID) ? env.CLEW_PARENT_SESSION_ID : null;
  const trace = parseTraceParent(env.TRACEPARENT);
  return new Session({
    id,
    origin: { parent: null, parentId, traceId: trace?.traceId ?? null, callerSpanId: null },
    workspace: workspaceOf(env, isOwn),
    options: {},
    isAdopted: true,
    frame: newFrame(null),
  });
}

/** Whether a client was started inside the session that CLEW_SESSION_ID names, and not around it. */
function isInside(client: string, env: Environment): boolean {
  return ![env.CLEW_SESSION_ID, env.CLEW_CLIENT_SESSION_ID, env.CLEW_PARENT_SESSION_ID].includes(client);
}

function workspaceOf(env: Environment, isOwn: boolean): Workspace {
  const [fromCorrelation] = (isOwn ? env.CLEW_CORRELATION_ID : undefined)?.split(":") ?? [];
  const here = discoverWorkspace();
  // What else there is was said of the session around the client.
  if (!isOwn && isSessionId(env.CLEW_SESSION_ID)) return here;
  for (const id of [env.CLEW_WORKSPACE, fromCorrelation]) {
    if (isWorkspaceId(id)) return id === here.id ? here : { id, path: null, isGlobal: false };
  }
  return here;
}

/** Frame of code that no session was opened around. The environment is looked at once. */
export function outsideFrame(): Frame {
  const shared = state();
  if (!shared.hasAdopted) {
    shared.hasAdopted = true;
    const session = sessionFromEnvironment(shared.settings.env);
    if (session) shared.outside = session.frame;
  }
  return shared.outside;
}

/** Frame of the code that runs now. */
export function currentFrame(): Frame {
  return state().storage.getStore() ?? outsideFrame();
}
