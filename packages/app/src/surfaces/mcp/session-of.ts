/** @module The session that a question is about: the one that is named, else the one in which it is asked. */
import { resolveSessionId } from "../../query/sessions.ts";
import type { ToolCall } from "./services.ts";
import { asSpeaker } from "./speaker.ts";
import { ask, refusal } from "./tool.ts";

/** Throws `not_found` or `usage`. */
export async function sessionOf(call: ToolCall, named: string | undefined): Promise<string> {
  const { services } = call;
  if (named === undefined) {
    const { sessionId } = await asSpeaker(call, ({ author }) => author);
    if (sessionId === null)
      throw refusal("not_found", "no session is known around this call: name one, search_sessions finds them");
    return sessionId;
  }
  const found = ask(services, (db) => resolveSessionId(db, named, services.clock()));
  switch (found.kind) {
    case "one":
      return found.sessionId;
    case "short":
      throw refusal("usage", "give at least 4 characters of the session's id");
    case "many": {
      const ids = found.candidates.map(({ session_id }) => session_id).join(", ");
      throw refusal("usage", `several sessions begin so, give more of the id: ${ids}`);
    }
    case "none":
      throw refusal("not_found", "there is no such session: search_sessions finds those that are known");
  }
}
