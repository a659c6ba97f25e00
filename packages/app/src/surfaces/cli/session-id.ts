/** @module The session that a word on the command line means. */
import { ClewError } from "../../base/error.ts";
import type { Reader } from "../../query/reader.ts";
import { resolveSessionId } from "../../query/sessions.ts";
import { sessionTitle } from "./render/session-table.ts";
import { fitWidth } from "./render/width.ts";

/** Throws `not_found`, or `usage` when the prefix is too short or not unique. */
export function sessionIdFrom(db: Reader, word: string, now: number): string {
  const found = resolveSessionId(db, word, now);
  switch (found.kind) {
    case "one":
      return found.sessionId;
    case "short":
      throw new ClewError("usage", `${word} is too short for a session id: give at least 4 characters`);
    case "none":
      throw new ClewError("not_found", `no session ${word}: \`clew sessions\` lists them`);
    case "many": {
      const lines = found.candidates.map((row) => `  ${row.session_id}  ${fitWidth(sessionTitle(row), 60)}`);
      throw new ClewError("usage", `${word} could be several sessions; give more of the id:\n${lines.join("\n")}`);
    }
  }
}
