/**
 * @module `clew state approve`: a person's word that what a session saved after it had been shown words of others may be given to
 * the next one. The person says the same again, in a small session of their own.
 */
import { ClewError } from "../../../../base/error.ts";
import { warningsOf } from "../../../../base/suspicious.ts";
import { projectState } from "../../../../query/project-state.ts";
import type { Invocation } from "../../command.ts";
import { canAsk, confirm } from "../../confirm.ts";
import { ask } from "../../context.ts";
import { bold } from "../../render/piece.ts";
import { surroundings } from "../session/surroundings.ts";
import { saveAs } from "./save.ts";
import { judged } from "./show.ts";

export async function approveCommand({ context, flags }: Invocation): Promise<number> {
  const { err, out, isInteractive } = context;
  const around = await surroundings(context);
  const [{ isInsideAgent }, { AFTER_READING }] = await Promise.all([
    import("../../../../authoring/author.ts"),
    import("../../../../context/policy.ts"),
  ]);
  if (isInsideAgent(context.env) || around.which(["environment", "process"]).kind === "found")
    throw new ClewError("usage", "only a person can approve, and this runs inside a session");
  const verdict = await judged(context, around.place);
  const state = await ask(context, (db) => projectState(db, around.place.projectId));
  const keptBack = [
    { name: "focus", kind: "focus", field: state?.focus, lines: state?.focus ? [state.focus.value] : [] },
    { name: "next_steps", kind: "next_step", field: state?.nextSteps, lines: state?.nextSteps?.value ?? [] },
    { name: "todos", kind: "todo", field: state?.todos, lines: state?.todos?.value.map(({ text }) => text) ?? [] },
  ] as const;
  const parts = keptBack.filter(
    ({ kind, field, lines }) => field && lines.length > 0 && verdict(kind, field).reason === AFTER_READING,
  );
  if (parts.length === 0) {
    if (flags.json) out.json({ project_id: around.place.projectId, approved: [] });
    else out.line("Nothing is kept back here: `clew state show` says what the next session is given.");
    return 0;
  }
  if (!flags.json) {
    for (const { name, lines } of parts) {
      out.line(bold(name.replace("_", " ")));
      for (const line of lines) out.text(line, 2);
    }
    for (const warning of warningsOf(
      parts.flatMap(({ lines }) => lines),
      true,
    ))
      err.line({ text: "warning:", style: "yellow" }, ` ${warning}`);
  }
  if (flags.yes !== true) {
    if (!canAsk(isInteractive))
      throw new ClewError("usage", "nobody can be asked here: add --yes once you have read it");
    if (!(await confirm(err, "Give the next session these words, as they stand above?"))) {
      err.line("Not approved.");
      return 1;
    }
  }
  const data = Object.fromEntries(parts.map(({ name, field }) => [name, field!.value]));
  await saveAs(around, { sessionId: around.newId(), isOwn: true }, data);
  const approved = parts.map(({ name }) => name);
  if (flags.json) out.json({ project_id: around.place.projectId, approved });
  else out.line(`The next session in ${around.place.projectName} is given ${approved.join(", ").replace("_", " ")}.`);
  return 0;
}
