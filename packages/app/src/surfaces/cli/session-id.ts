/** @module The session that a word on the command line means. */
import { ClewError } from "../../base/error.ts";
import { type ForeignWordsError, severalError } from "../../base/foreign-words-error.ts";
import type { SessionRow } from "../../model/answers.ts";
import { findId, type IdKind } from "../../query/find-id.ts";
import type { Reader } from "../../query/reader.ts";
import { resolveSessionId } from "../../query/sessions.ts";
import { sessionTitle } from "./render/session-table.ts";
import { fitWidth } from "./render/width.ts";

/** Throws `not_found`, or `usage` when the prefix is too short or not unique. `nothing`: what to say of a word that is no id at all. */
export function sessionIdFrom(
  db: Reader,
  word: string,
  now: number,
  nothing = `no session ${word}: \`clew sessions\` lists them`,
): string {
  const found = resolveSessionId(db, word, now);
  switch (found.kind) {
    case "one":
      return found.sessionId;
    case "short":
      throw new ClewError("usage", `${word} is too short for a session id: give at least 4 characters`);
    case "none": {
      const other = findId(db, word).find(({ kind }) => kind !== "session");
      const is = other && `no session ${word}: it is ${nounOf(other.kind)}: \`clew show ${word} --logs\` shows it`;
      throw new ClewError("not_found", is ?? nothing);
    }
    case "many":
      throw severalSessions(word, found.candidates);
  }
}

/** A word that begins several sessions' ids, and which. */
export function severalSessions(word: string, candidates: readonly SessionRow[]): ForeignWordsError {
  return severalError(
    `${word} could be several sessions; give more of the id:`,
    candidates.map((row) => ({
      id: row.session_id,
      line: `${row.session_id}  ${fitWidth(sessionTitle(row), 60)}`,
      about: row.started_at ?? "",
    })),
  );
}

/** With its article. */
function nounOf(kind: IdKind): string {
  return `${kind === "event" ? "an" : "a"} ${kind.replaceAll("_", " ")}`;
}
