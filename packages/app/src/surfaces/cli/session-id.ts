/** @module The session that a word on the command line means. */
import { ClewError } from "../../base/error.ts";
import type { SessionRow } from "../../model/answers.ts";
import { findId, type IdKind } from "../../query/find-id.ts";
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
    case "none": {
      const other = findId(db, word).find(({ kind }) => kind !== "session");
      const what = other
        ? `it is ${nounOf(other.kind)}: \`clew show ${word} --logs\` shows it`
        : "`clew sessions` lists them";
      throw new ClewError("not_found", `no session ${word}: ${what}`);
    }
    case "many":
      throw new ClewError("usage", severalSessions(word, found.candidates));
  }
}

/** A word that begins several sessions' ids, and which. */
export function severalSessions(word: string, candidates: readonly SessionRow[]): string {
  const lines = candidates.map((row) => `  ${row.session_id}  ${fitWidth(sessionTitle(row), 60)}`);
  return `${word} could be several sessions; give more of the id:\n${lines.join("\n")}`;
}

/** With its article. */
function nounOf(kind: IdKind): string {
  return `${kind === "event" ? "an" : "a"} ${kind.replaceAll("_", " ")}`;
}
