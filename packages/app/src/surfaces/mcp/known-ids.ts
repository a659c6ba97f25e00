/** @module Ids and names that complete what somebody types: of sessions, entries, memory files, projects. Never words of others. */
import { neutralText } from "../../base/neutral-text.ts";
import { listEntries } from "../../query/entries.ts";
import { EMPTY_FILTER, type Filter } from "../../query/filter/filter.ts";
import { entryByPrefix } from "../../query/find-subject.ts";
import { listMemoryFiles } from "../../query/memory-files.ts";
import { memoryKey } from "../../query/memory-key.ts";
import type { Reader } from "../../query/reader.ts";
import { listSessions } from "../../query/sessions.ts";
import { listedId, safeId, safeName } from "./safe-words.ts";
import type { Frame } from "./server.ts";
import type { McpServices } from "./services.ts";

/** What begins as `begin` does, newest first; nothing where there is no store. */
export type KnownIds = (services: McpServices, begin: string) => readonly string[];

/** The protocol shows 100 at most; one more tells that there are more. */
const MOST = 101;
/** How far back projects are looked for, and entries before only their ids are. */
const SESSIONS_OF_PROJECTS = 500;
const NEWEST_ENTRIES = 300;

export const sessionIds: KnownIds = ({ ask, clock, timeZone }, begin) => {
  if (begin !== "" && safeId(begin) === null) return [];
  const term = { kind: "match", key: "id", values: [`${begin}*`], negated: false } as const;
  const filter: Filter = begin === "" ? EMPTY_FILTER : { ...EMPTY_FILTER, terms: [term] };
  // A subagent's id has a point.
  const question = { filter, now: clock(), timeZone, limit: MOST, includeSubagents: begin.includes(".") };
  const rows = ask((db) => listSessions(db, question).rows) ?? [];
  return rows.flatMap(({ session_id }) => listedId(session_id) ?? []);
};

export const entryIds: KnownIds = ({ ask }, begin) =>
  ask((db) =>
    entriesLike(db, begin)
      .flatMap((id) => listedId(id) ?? [])
      .slice(0, MOST),
  ) ?? [];

function entriesLike(db: Reader, begin: string): readonly string[] {
  const newest = listEntries(db, { limit: NEWEST_ENTRIES }).rows.map(({ entry_id }) => entry_id);
  const fitting = newest.filter((id) => id.startsWith(begin));
  if (fitting.length > 0) return fitting;
  const found = entryByPrefix(db, begin);
  if (found.kind === "one") return [found.id];
  return found.kind === "many" ? found.candidates.map(({ entry_id }) => entry_id) : [];
}

export const memoryKeys: KnownIds = ({ ask }, begin) => {
  const files = ask((db) => listMemoryFiles(db, { projectId: null })) ?? [];
  return [...files]
    .sort((a, b) => (b.changed_at ?? "").localeCompare(a.changed_at ?? ""))
    .map(({ id }) => memoryKey(id))
    .filter((key) => key.startsWith(begin))
    .slice(0, MOST);
};

/** Those of the newest sessions; a name that is more than a name is left out. */
export const projectNames: KnownIds = ({ ask, clock, timeZone }, begin) => {
  const question = { filter: EMPTY_FILTER, now: clock(), timeZone, limit: SESSIONS_OF_PROJECTS };
  const rows = ask((db) => listSessions(db, question).rows) ?? [];
  const names = new Set(
    rows.flatMap(({ project }) => safeName(project) ?? []).filter((name) => neutralText(name) === name),
  );
  const wanted = begin.toLowerCase();
  return [...names].filter((name) => name.toLowerCase().startsWith(wanted)).slice(0, MOST);
};

/** What completes an argument; nothing where it is asked too fast, or where the store cannot be asked. */
export function completed(known: KnownIds, { services, limit }: Frame): (begin: string | undefined) => string[] {
  return (begin = "") => {
    if (limit.take() > 0) return [];
    try {
      return [...known(services, begin)];
    } catch (error) {
      services.onError(error);
      return [];
    }
  };
}
