/** @module `clew state show`: focus, next steps and todos of the project, with their ages and where they come from. */
import { homedir } from "node:os";
import { type ProjectState, projectState, type StateField } from "../../../../query/project-state.ts";
import { isoTime } from "../../../../query/session-row.ts";
import type { Invocation } from "../../command.ts";
import { ask, NOTHING_YET } from "../../context.ts";
import { shortId, when } from "../../render/formats.ts";
import { bold, dim, type Piece } from "../../render/piece.ts";

export async function showCommand({ context, flags }: Invocation): Promise<number> {
  const { env, clock, out, timeZone } = context;
  const { createPlaceResolver } = await import("../../../../place/place.ts");
  const place = createPlaceResolver(env.HOME || env.USERPROFILE || homedir())(process.cwd(), "");
  const state = await ask(context, (db) => projectState(db, place.projectId));
  if (flags.json) {
    const { projectId: project_id, projectName: project, workspacePath: workspace } = place;
    out.json({ project, project_id, workspace, ...jsonOf(state ?? { focus: null, nextSteps: null, todos: null }) });
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
  const heading = (title: string, field: StateField<unknown>): void =>
    out.line(bold(title), dim(`  ${whence(field, clock(), timeZone)}`));
  if (focus) {
    heading("Focus", focus);
    out.text(focus.value, 2);
  }
  for (const [title, field, lines] of [
    ["Next steps", nextSteps, nextSteps?.value ?? []],
    ["Todos", todos, todos?.value.map(({ text, status }) => `${MARKS[status]} ${text}`) ?? []],
  ] as const) {
    if (!field || lines.length === 0) continue;
    heading(title, field);
    for (const line of lines) out.line("  ", mark(line));
  }
  return 0;
}

const MARKS = { pending: "[ ]", in_progress: "[~]", completed: "[x]" } as const;

function mark(line: string): Piece {
  return line.startsWith(MARKS.completed) ? dim(line) : line;
}

function whence({ at, from }: StateField<unknown>, now: number, timeZone: string): string {
  const age = when(isoTime(at), now, timeZone);
  return from ? `${age}, session ${shortId(from.session_id)}, ${from.author}, ${from.workspace_path}` : age;
}

function jsonOf({ focus, nextSteps, todos }: ProjectState): Readonly<Record<string, unknown>> {
  const about = ({ at, from }: StateField<unknown>) => ({
    at: isoTime(at),
    session_id: from?.session_id ?? null,
    identity: from?.author ?? null,
    workspace: from?.workspace_path ?? null,
  });
  return {
    focus: focus && { text: focus.value, ...about(focus) },
    next_steps: nextSteps && { items: nextSteps.value, ...about(nextSteps) },
    todos: todos && { items: todos.value, ...about(todos) },
  };
}
