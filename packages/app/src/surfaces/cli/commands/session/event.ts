/** @module `clew session event MESSAGE`: a line in the record of the session that a script runs in. */
import { ClewError } from "../../../../base/error.ts";
import { oneOf } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { dim } from "../../render/piece.ts";
import { cleanText, jsonObject, MOST_BYTES } from "./given-text.ts";
import { ownRecord } from "./own-record.ts";
import { surroundings } from "./surroundings.ts";
import { targetSession } from "./target.ts";

const SEVERITIES = ["debug", "info", "warn", "error"] as const;

const OWN_TYPES = /^(?:(?:session|context|import|inbox|usage)(?:\.|$)|(?:change|interaction)$|.*\.imported$)/;

export async function eventCommand({ context, flags, operands }: Invocation): Promise<number> {
  const { clock, out } = context;
  const message = cleanText(operands.join(" "), "several");
  if (message === "") throw new ClewError("usage", "clew session event needs a message");
  if (Buffer.byteLength(message) > MOST_BYTES) throw new ClewError("usage", "the message is larger than 64 KB");
  const severity = oneOf("severity", textFlag(flags, "severity"), SEVERITIES, "info");
  const type = textFlag(flags, "type") ?? "log";
  if (!/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/.test(type) || type.length > 60)
    throw new ClewError("usage", `--type ${type} is not like deploy or deploy.done: small letters, digits, _ and dots`);
  // These say what becomes of a session, or who wrote what, and have commands that check what they say.
  if (OWN_TYPES.test(type))
    throw new ClewError(
      "usage",
      `--type ${type} is Clew's own: see \`clew session start\`, \`clew session end\` and \`clew log\``,
    );
  const text = textFlag(flags, "data");
  const data = text === undefined ? undefined : jsonObject("--data", text);
  const around = await surroundings(context);
  const { sessionId, workspaceId, why } = await targetSession(around, textFlag(flags, "session"));
  const id = around.newId();
  const record = ownRecord(
    { id, sessionId, workspaceId, now: clock() },
    { type, severity, message, ...(data && { data }) },
  );
  around.write([record], { isDurable: true });
  await around.drain();
  if (flags.json) out.json({ session_id: sessionId, why, id, type });
  else out.line("Recorded for session ", sessionId, dim(` (${why}).`));
  return 0;
}
