/** @module `clew state show`: focus, next steps and todos of the project, with their ages and where they come from. */
import { homedir } from "node:os";
import type { Verdict } from "../../../../context/policy.ts";
import type { Place } from "../../../../model/place.ts";
import { type ProjectState, projectState, type StateField } from "../../../../query/project-state.ts";
import { isoTime } from "../../../../query/session-row.ts";
import type { Invocation } from "../../command.ts";
import { ask, type CliContext, NOTHING_YET } from "../../context.ts";
import type { Output } from "../../output.ts";
import { shortId, when } from "../../render/formats.ts";
import { bold, dim, type Piece } from "../../render/piece.ts";

export async function showCommand({ context, flags }: Invocation): Promise<number> {
  const { clock, timeZone } = context;
  const { createPlaceResolver } = await import("../../../../place/place.ts");
  const place = createPlaceResolver(userHome(context))(process.cwd(), "");
  const verdict = await judged(context, place);
  const state = await ask(context, (db) => projectState(db, place.projectId));
  const out = outFor(context, state ?? NOTHING, verdict);
  if (flags.json) {
    const { projectId: project_id, projectName: project, workspacePath: workspace } = place;
    out.json({ project, project_id, workspace, ...jsonOf(state ?? NOTHING, verdict) });
    return 0;
  }
  if (!state) {
    out.line(NOTHING_YET);
    return 0;
  }
  const { focus, nextSteps, todos } = state;
  if (!focus && !nextSteps?.value.length && !todos?.value.length) {
    out.line(`Nothing is saved for ${place.projectName}: \`clew state save --focus TEXT\` does.`);
    return 0;
  }
  const heading = (title: string, kind: Kind, field: StateField<unknown>): void => {
    out.line(bold(title), dim(`  ${whence(field, clock(), timeZone)}`));
    const { allowed, reason } = verdict(kind, field);
    if (!allowed) out.line("  ", dim(`not passed on: ${reason}`));
  };
  if (focus) {
    heading("Focus", "focus", focus);
    out.text(focus.value, 2);
  }
  for (const [title, kind, field, lines] of [
    ["Next steps", "next_step", nextSteps, nextSteps?.value ?? []],
    ["Todos", "todo", todos, todos?.value.map(({ text, status }) => `${MARKS[status]} ${text}`) ?? []],
  ] as const) {
    if (!field || lines.length === 0) continue;
    heading(title, kind, field);
    for (const line of lines) out.line("  ", mark(line));
  }
  return 0;
}

/** What would be passed on is the agent's own; anything else may be somebody else's words. */
function outFor({ out }: CliContext, { focus, nextSteps, todos }: ProjectState, verdict: Judge): Output {
  const fields = [["focus", focus] as const, ["next_step", nextSteps] as const, ["todo", todos] as const];
  if (fields.every(([kind, field]) => field === null || verdict(kind, field).allowed)) return out.plain ?? out;
  out.onForeign?.();
  return out;
}

const NOTHING: ProjectState = { focus: null, nextSteps: null, todos: null };

type Kind = "focus" | "next_step" | "todo";
type Judge = (kind: Kind, field: StateField<unknown>) => Verdict;

function userHome({ env }: CliContext): string {
  return env.HOME || env.USERPROFILE || homedir();
}

/** Whether a session that starts here is given the words of a field, and why. */
export async function judged(context: CliContext, place: Place): Promise<Judge> {
  const [{ judgeWords }, { principalOf }, { belongsTo }] = await Promise.all([
    import("../../../../context/policy.ts"),
    import("../../../../context/principal.ts"),
    import("../../../../context/scope.ts"),
  ]);
  const principal = principalOf("claude-code", place, context.env, userHome(context));
  return (kind, { from }) => judgeWords(kind, from, principal, (workspace) => belongsTo(place, workspace));
}

const MARKS = { pending: "[ ]", in_progress: "[~]", completed: "[x]" } as const;

function mark(line: string): Piece {
  return line.startsWith(MARKS.completed) ? dim(line) : line;
}

function whence({ at, from }: StateField<unknown>, now: number, timeZone: string): string {
  const age = when(isoTime(at), now, timeZone);
  return from ? `${age}, session ${shortId(from.session_id)}, ${from.author}, ${from.workspace_path}` : age;
}

function jsonOf({ focus, nextSteps, todos }: ProjectState, verdict: Judge): Readonly<Record<string, unknown>> {
  const about = (kind: Kind, field: StateField<unknown>) => {
    const { allowed: passed_on, reason } = verdict(kind, field);
    const { at, from } = field;
    return {
      at: isoTime(at),
      session_id: from?.session_id ?? null,
      identity: from?.author ?? null,
      workspace: from?.workspace_path ?? null,
      passed_on,
      reason,
    };
  };
  return {
    focus: focus && { text: focus.value, ...about("focus", focus) },
    next_steps: nextSteps && { items: nextSteps.value, ...about("next_step", nextSteps) },
    todos: todos && { items: todos.value, ...about("todo", todos) },
  };
}
