/** @module Says, where an agent reads them, that records are shown in which words of others may stand. */
import { homedir } from "node:os";
import { isForeignRecord } from "../../query/session-author.ts";
import { ask, type CliContext } from "./context.ts";

export interface ShownRecord {
  readonly session_id: string;
  readonly event_id?: string;
}

/** Before they are shown. Does nothing where a person reads. */
export async function sayRecords(context: CliContext, records: readonly ShownRecord[]): Promise<void> {
  const { env, out } = context;
  if (!out.onForeign || records.length === 0) return;
  const own = await ownIdentities(env);
  const isForeign = await ask(context, (db) =>
    records.some(({ session_id: sessionId, event_id: eventId }) =>
      isForeignRecord(db, { sessionId, ...(eventId !== undefined && { eventId }) }, own),
    ),
  );
  if (isForeign) out.onForeign();
}

async function ownIdentities(env: CliContext["env"]): Promise<readonly string[]> {
  const [{ principalOf }, { createPlaceResolver }] = await Promise.all([
    import("../../context/principal.ts"),
    import("../../place/place.ts"),
  ]);
  const home = env.HOME || env.USERPROFILE || homedir();
  const place = createPlaceResolver(home)(process.cwd(), "");
  const { identityId, scriptId, personId } = principalOf("claude-code", place, env, home);
  return [identityId, scriptId, personId];
}
