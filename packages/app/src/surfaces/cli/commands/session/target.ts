/** @module The session that a session command is about: the one that is named, else the one that it runs in. */
import { ClewError } from "../../../../base/error.ts";
import type { KnownSession } from "../../../../registry/which.ts";
import { ask } from "../../context.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Target {
  readonly sessionId: string;
  readonly workspaceId: string;
  /** Null: not known. */
  readonly agent: string | null;
  /** Why this one, as a clause. */
  readonly why: string;
}

/** Throws `not_found` when there is none, `usage` when several fit. */
export async function targetSession(around: Surroundings, word: string | undefined): Promise<Target> {
  if (word !== undefined) return (await registered(around, word)) ?? (await stored(around, word));
  const answer = around.which();
  if (answer.kind === "found") return targetOf(answer.entry, around, answer.why);
  if (answer.kind === "ambiguous") {
    const ids = answer.candidates.map(({ session_id, agent }) => `  ${session_id}  ${agent}`);
    throw new ClewError("usage", `several sessions run in this directory; name one of them:\n${ids.join("\n")}`);
  }
  const reasons = answer.reasons.map((reason) => `  ${reason}`);
  throw new ClewError(
    "not_found",
    `this runs in no session that is known: \`clew session start\` makes one\n${reasons.join("\n")}`,
  );
}

function targetOf(entry: KnownSession, { context, place }: Surroundings, why: string): Target {
  const isAgents = entry.agent === null && entry.session_id === context.env.CLAUDE_CODE_SESSION_ID;
  return {
    sessionId: entry.session_id,
    workspaceId: entry.workspace_id ?? place.workspaceId,
    agent: isAgents ? "claude-code" : entry.agent,
    why,
  };
}

function registered(around: Surroundings, word: string): Target | null {
  const exact = around.registry.find(word)?.entry;
  if (exact) return targetOf(exact, around, "it was named");
  if (word.length < 4) return null;
  const { entries, stale } = around.registry.list();
  const fitting = [...entries, ...stale].filter(({ session_id }) => session_id.startsWith(word));
  if (fitting.length > 1)
    throw new ClewError(
      "usage",
      `${word} could be several sessions; give more of the id:\n${fitting.map((entry) => `  ${entry.session_id}`).join("\n")}`,
    );
  return fitting[0] ? targetOf(fitting[0], around, "it was named") : null;
}

async function stored({ context, place }: Surroundings, word: string): Promise<Target> {
  const { sessionIdFrom } = await import("../../session-id.ts");
  const { sessionsById } = await import("../../../../query/sessions.ts");
  const now = context.clock();
  const row = await ask(context, (db) => sessionsById(db, [sessionIdFrom(db, word, now)], now)[0]);
  if (!row) throw new ClewError("not_found", `no session ${word}: \`clew session list\` shows those that run`);
  const workspaceId = row.workspace_id || place.workspaceId;
  return { sessionId: row.session_id, workspaceId, agent: row.agent, why: "it was named" };
}
