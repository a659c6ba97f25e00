/** @module Whether what a session reports is given to the next one by itself, and what to say where it is not. */
import { sessionAuthor } from "../../../../query/session-author.ts";
import { ask, type CliContext } from "../../context.ts";

export const KEPT_BACK =
  "It is not given to the next session by itself: this one was shown words of others. `clew state show` has it; a person's `clew state approve` passes it on.";

/** Once it is stored. True where nothing is known that speaks against it. */
export async function isPassedOn(context: CliContext, sessionId: string): Promise<boolean> {
  return (await ask(context, (db) => sessionAuthor(db, sessionId)?.tainted)) !== true;
}
