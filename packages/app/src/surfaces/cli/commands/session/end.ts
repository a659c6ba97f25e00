/** @module `clew session end`: what a session came to, and for a script's own session that it is over. */
import { ClewError } from "../../../../base/error.ts";
import { oneOf } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { dim } from "../../render/piece.ts";
import { cleanText } from "./given-text.ts";
import { type OwnRecord, ownRecord } from "./own-record.ts";
import { isPassedOn, KEPT_BACK } from "./passed-on.ts";
import { reportFrom } from "./report.ts";
import { surroundings } from "./surroundings.ts";
import { targetSession } from "./target.ts";

const STATUSES = ["completed", "failed"] as const;
const LONGEST_RESULT = 2000;

export async function endCommand({ context, flags, operands }: Invocation): Promise<number> {
  const { clock, out } = context;
  if (operands.length > 1) throw new ClewError("usage", `clew session end takes one session, found ${operands[1]}`);
  const status = oneOf("status", textFlag(flags, "status"), STATUSES, "completed");
  const told = textFlag(flags, "result");
  const result = told === undefined ? undefined : cleanText(told, "several");
  if (result !== undefined && [...result].length > LONGEST_RESULT)
    throw new ClewError("usage", `--result is longer than ${LONGEST_RESULT} characters`);
  const { outcome, state } = await reportFrom(flags);
  const around = await surroundings(context);
  const { sessionId, workspaceId, agent, why } = await targetSession(around, operands[0]);
  // An agent's session ends when its client says so, a command's when the command does.
  const isOurs = agent === null || agent === "script";
  const says = { status: flags.status !== undefined, result: told !== undefined };
  if (!isOurs && (says.status || says.result))
    throw new ClewError(
      "usage",
      `session ${sessionId} is ${agent}'s own, which also says how it ended: leave out ${says.status ? "--status" : "--result"}`,
    );
  if (!isOurs && outcome === null && state === null)
    throw new ClewError(
      "usage",
      `session ${sessionId} is ${agent}'s own and ends with it: give --report, --summary, --task, --learning, --decision, --next or --focus`,
    );
  const head = () => ({ id: around.newId(), sessionId, workspaceId, now: clock() });
  const records: readonly OwnRecord[] = [
    ...(outcome ? [ownRecord(head(), { type: "session.outcome", data: outcome })] : []),
    ...(state ? [ownRecord(head(), { type: "session.state", data: state })] : []),
    ...(isOurs
      ? [ownRecord(head(), { type: "session.end", data: { status, ...(result !== undefined && { result }) } })]
      : []),
  ];
  around.write(records, { isDurable: true });
  if (isOurs) around.registry.remove(sessionId);
  await around.drain();
  const recorded = records.map(({ type }) => type);
  const passedOn = await isPassedOn(context, sessionId);
  if (flags.json)
    out.json({
      session_id: sessionId,
      why,
      ended: isOurs,
      status: isOurs ? status : null,
      recorded,
      passed_on: passedOn,
    });
  else {
    const what = [
      ...(outcome || state ? ["its report is recorded"] : []),
      isOurs ? `it is ${status}` : "it goes on until its agent ends",
    ];
    out.line("Session ", sessionId, `: ${what.join("; ")}`, dim(` (${why}).`));
    if ((outcome || state) && !passedOn) out.line(KEPT_BACK);
  }
  return 0;
}
