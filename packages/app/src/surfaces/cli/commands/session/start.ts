/** @module `clew session start`: a session of its own for a script, inside the one that it runs in. */
import { ClewError } from "../../../../base/error.ts";
import { isSessionId } from "../../../../base/session-id.ts";
import { listFlag } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { ask } from "../../context.ts";
import { shortText, shortTexts } from "./given-text.ts";
import { ownRecord } from "./own-record.ts";
import { type Surroundings, surroundings } from "./surroundings.ts";

const LONGEST_NAME = 200;
const LONGEST_TRIGGER = 64;
const LONGEST_TAG = 64;

/** Name and tags of a session, cleaned; throws `usage`. */
export function labelsFrom(flags: Invocation["flags"]): { readonly name?: string; readonly tags?: readonly string[] } {
  const name = textFlag(flags, "name");
  const tags = shortTexts("--tag", listFlag(flags, "tag"), LONGEST_TAG);
  return {
    ...(name !== undefined && { name: shortText("--name", name, LONGEST_NAME) }),
    ...(tags.length > 0 && { tags: [...new Set(tags)] }),
  };
}

/** The session around this process; a mere neighbour in the directory is no parent. */
export function enclosingSession(around: Surroundings): string | null {
  const answer = around.which(["environment", "process"]);
  return answer.kind === "found" ? answer.entry.session_id : null;
}

/** Throws `usage` for what is no session that anything knows: it would appear as the parent that never ran. */
async function requireSession(id: string, { context, registry }: Surroundings): Promise<void> {
  if (!isSessionId(id)) throw new ClewError("usage", "--parent is no session id");
  const { env, clock } = context;
  // Around us, though it need not have been stored yet.
  if (id === env.CLEW_SESSION_ID || id === env.CLAUDE_CODE_SESSION_ID || registry.find(id)) return;
  const { sessionsById } = await import("../../../../query/sessions.ts");
  const stored = await ask(context, (db) => sessionsById(db, [id], clock()).length > 0);
  if (stored !== true)
    throw new ClewError(
      "usage",
      `--parent ${id} is no session that is known: \`clew session list\` shows those that run`,
    );
}

export async function startCommand({ context, flags }: Invocation): Promise<number> {
  const { env, clock, out, err } = context;
  if (flags.json && flags.export) throw new ClewError("usage", "give either --json or --export");
  const labels = labelsFrom(flags);
  const trigger = textFlag(flags, "trigger");
  const reason = trigger === undefined ? undefined : shortText("--trigger", trigger, LONGEST_TRIGGER);
  const [around, { systemProcesses }, { childEnvironment, CHILD_VARIABLES, exportLine }, which] = await Promise.all([
    surroundings(context, (message) => err.line(`clew: ${message}`)),
    import("../../../../registry/process.ts"),
    import("../../../../registry/child-environment.ts"),
    import("../../../../registry/which.ts"),
  ]);
  const named = textFlag(flags, "parent");
  if (named !== undefined) await requireSession(named, around);
  const parent = named ?? enclosingSession(around);
  const { place, cwd, registry, givenIdentity } = around;
  const sessionId = around.newId();
  const { workspaceId } = place;
  const now = clock();
  // The script goes on when this process has ended: the session is its shell's.
  const pid = systemProcesses.shellOf(process.pid);
  const started = pid === null ? null : systemProcesses.startOf(pid);
  const head = { id: around.newId(), sessionId, workspaceId, now };
  const data = {
    ...(parent !== null && { parent_session_id: parent }),
    cwd,
    agent: "script",
    ...labels,
    ...(reason !== undefined && { trigger: reason }),
    ...(givenIdentity !== null && { identity: givenIdentity }),
    ...(pid !== null && { pid }),
    ...(started !== null && { process_started_at: started }),
  };
  around.write([ownRecord(head, { type: "session.start", data })], { isDurable: true });
  const problem =
    pid === null
      ? "the shell that runs this script is not known: later commands find the session only by --export or its id"
      : around.register({
          session_id: sessionId,
          parent_session_id: parent,
          workspace_id: workspaceId,
          workspace_path: place.workspacePath,
          project: place.projectName,
          identity: around.identityOf("script"),
          agent: "script",
          pid,
          process_started_at: started,
          cwd,
          started_at: new Date(now).toISOString(),
          transcript_path: null,
        });
  if (problem !== null) err.line(`clew: ${problem}`);
  await around.drain();
  const traceSeed = which.rootSessionOf(sessionId, parent, registry);
  const clientSessionId = env.CLAUDE_CODE_SESSION_ID ?? null;
  const variables = childEnvironment({ sessionId, parentSessionId: parent, workspaceId, traceSeed, clientSessionId });
  if (flags.export) {
    for (const name of CHILD_VARIABLES) {
      const value = variables[name];
      const line = value === undefined ? null : exportLine(name, value);
      if (line !== null) out.line(line);
      else if (env[name] !== undefined) out.line(`unset ${name}`);
    }
  } else if (flags.json) {
    const registered = problem === null;
    out.json({
      session_id: sessionId,
      parent_session_id: parent,
      workspace_id: workspaceId,
      registered,
      environment: variables,
    });
  } else out.line(sessionId);
  return 0;
}
