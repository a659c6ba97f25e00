/** @module `clew state save`: says what the project's next session starts with, in the session it runs in or in one of its own. */
import { ClewError } from "../../../../base/error.ts";
import { listFlag } from "../../arguments.ts";
import type { Invocation } from "../../command.ts";
import { dim } from "../../render/piece.ts";
import { shortTexts } from "../session/given-text.ts";
import { ownRecord } from "../session/own-record.ts";
import { isPassedOn, KEPT_BACK } from "../session/passed-on.ts";
import { reportFrom } from "../session/report.ts";
import { type Surroundings, surroundings } from "../session/surroundings.ts";

export async function saveCommand({ context, flags }: Invocation): Promise<number> {
  const { out } = context;
  const data = await stateFrom(flags);
  const around = await surroundings(context);
  const { place } = around;
  const { sessionId, isOwn, why } = sessionOf(around);
  await saveAs(around, { sessionId, isOwn }, data);
  const saved = Object.keys(data);
  const passedOn = isOwn || (await isPassedOn(context, sessionId));
  if (flags.json) {
    out.json({ session_id: sessionId, why, project_id: place.projectId, saved, passed_on: passedOn });
    return 0;
  }
  out.line(`Saved for ${place.projectName}: ${saved.join(", ")}`, dim(` (${why}).`));
  if (!passedOn) out.line(KEPT_BACK);
  return 0;
}

/** Writes the state down, in a session that is there or in one made for it alone. */
export async function saveAs(
  around: Surroundings,
  { sessionId, isOwn }: Pick<Speaker, "sessionId" | "isOwn">,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { place, newId, givenIdentity, cwd } = around;
  const { clock } = around.context;
  const head = () => ({ id: newId(), sessionId, workspaceId: place.workspaceId, now: clock() });
  const state = ownRecord(head(), { type: "session.state", data });
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
