/** @module `clew session which`: the session that this runs in, and why that one. */
import type { Invocation } from "../../command.ts";
import { bold, dim } from "../../render/piece.ts";
import { surroundings } from "./surroundings.ts";

export async function whichCommand({ context, flags }: Invocation): Promise<number> {
  const { out } = context;
  const answer = (await surroundings(context)).which();
  const code = answer.kind === "found" ? 0 : 1;
  if (flags.json) {
    if (answer.kind === "found") {
      const { version: _, ...entry } = answer.entry;
      out.json({ kind: "found", by: answer.by, why: answer.why, ...entry });
    } else out.json(answer);
    return code;
  }
  if (answer.kind === "unknown") {
    out.line(bold("unknown"), dim(": this runs in no session that is known"));
    for (const reason of answer.reasons) out.line("  ", reason);
    return code;
  }
  if (answer.kind === "ambiguous") {
    out.line(bold("ambiguous"), dim(": several live sessions fit this directory equally"));
    for (const { session_id, agent, pid, started_at } of answer.candidates)
      out.line("  ", session_id, dim(`  ${agent}, process ${pid}, since ${started_at}`));
    return code;
  }
  const { session_id, agent, workspace_path, identity, parent_session_id, pid } = answer.entry;
  out.line(bold(session_id), dim(`  by ${answer.by}: ${answer.why}`));
  const about = [
    agent,
    identity,
    pid === null ? null : `process ${pid}`,
    workspace_path,
    parent_session_id === null ? null : `started by ${parent_session_id}`,
  ];
  const text = about.filter((part) => part !== null).join(", ");
  if (text !== "") out.line("  ", text);
  return code;
}
