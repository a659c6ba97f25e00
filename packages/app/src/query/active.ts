/** @module Sessions in which something happened in the last minutes. */
import type { SessionsAnswer } from "../model/answers.ts";
import type { Filter } from "./filter/filter.ts";
import { EMPTY_FILTER } from "./filter/filter.ts";
import type { Reader } from "./reader.ts";
import { listSessions } from "./sessions.ts";

/** Active sessions, subagents included, newest first. */
export function activeSessions(
  db: Reader,
  question: { readonly now: number; readonly timeZone?: string; readonly filter?: Filter; readonly limit?: number },
): SessionsAnswer {
  const { terms, words } = question.filter ?? EMPTY_FILTER;
  // The span lets the index of session ends skip everything old; status decides what is active.
  const recent = { kind: "time", key: "since", value: "5m", negated: false } as const;
  const active = { kind: "match", key: "status", values: ["active"], negated: false } as const;
  return listSessions(db, {
    filter: { terms: [recent, active, ...terms], words, problems: [] },
    now: question.now,
    timeZone: question.timeZone ?? "UTC",
    limit: question.limit ?? 100,
    includeSubagents: true,
  });
}
