/** @module `clew state save`: says what the project's next session starts with, in the session it runs in or in one of its own. */
import { ClewError } from "../../../../base/error.ts";
import { listFlag } from "../../arguments.ts";
import type { Invocation } from "../../command.ts";
import { dim } from "../../render/piece.ts";
import { shortTexts } from "../session/given-text.ts";
import { ownRecord } from "../session/own-record.ts";
import { reportFrom } from "../session/report.ts";
import { type Surroundings, surroundings } from "../session/surroundings.ts";

export async function saveCommand({ context, flags }: Invocation): Promise<number> {
  const { clock, out } = context;
  const data = await stateFrom(flags);
  const around = await surroundings(context);
  const { place, newId } = around;
  const { sessionId, isOwn, why } = sessionOf(around);
  const head = () => ({ id: newId(), sessionId, workspaceId: place.workspaceId, now: clock() });
  const state = ownRecord(head(), { type: "session.state", data });
  const { givenIdentity, cwd } = around;
  const start = {
    cwd,
    agent: "script",
    name: "clew state save",
    ...(givenIdentity !== null && { identity: givenIdentity }),
  };
  const records = isOwn
    ? [
        ownRecord(head(), { type: "session.start", data: start }),
        state,
        ownRecord(head(), { type: "session.end", data: { status: "completed" } }),
      ]
    : [state];
  around.write(records, { isDurable: true });
  await around.drain();
  const saved = Object.keys(data);
  if (flags.json) out.json({ session_id: sessionId, why, project_id: place.projectId, saved });
  else out.line(`Saved for ${place.projectName}: ${saved.join(", ")}`, dim(` (${why}).`));
  return 0;
}

/** Data of session.state; throws `usage` when nothing is said, or something that is no state. */
async function stateFrom(flags: Invocation["flags"]): Promise<Readonly<Record<string, unknown>>> {
  const { outcome, state } = await reportFrom(flags);
  if (outcome)
    throw new ClewError(
      "usage",
      `${Object.keys(outcome)[0]} is no state but an outcome: see \`clew session end --help\``,
    );
  const before = (state?.todos ?? []) as readonly unknown[];
  const added = shortTexts("--todo", listFlag(flags, "todo")).map((text) => ({ text, status: "pending" }));
  const said = { ...state, ...(added.length > 0 && { todos: [...before, ...added] }) };
  const data = flags.clear ? { focus: null, next_steps: [], todos: [], ...said } : said;
  if (Object.keys(data).length === 0)
    throw new ClewError("usage", "nothing to save: give --focus, --next, --todo, --report or --clear");
  return data;
}

interface Speaker {
  readonly sessionId: string;
  /** No session is known, or several: it speaks in a session made for it alone, so that nothing is lost or guessed. */
  readonly isOwn: boolean;
  readonly why: string;
}

function sessionOf({ which, place, newId }: Surroundings): Speaker {
  const answer = which();
  const workspaceId = answer.kind === "found" ? answer.entry.workspace_id : null;
  // A session of another workspace would save it for its own project.
  if (answer.kind === "found" && (workspaceId === null || workspaceId === place.workspaceId))
    return { sessionId: answer.entry.session_id, isOwn: false, why: answer.why };
  const why =
    answer.kind === "ambiguous"
      ? "several sessions run here, so in one of its own"
      : answer.kind === "found"
        ? "the session around it belongs to another workspace, so in one of its own"
        : "no session runs here, so in one of its own";
  return { sessionId: newId(), isOwn: true, why };
}
