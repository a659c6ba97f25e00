/** @module What a resource's content is known by: it changes when reading the resource again would show something else. */
import { entryDetail } from "../../query/entry-detail.ts";
import { entryByPrefix } from "../../query/find-subject.ts";
import { memoryFile } from "../../query/memory-files.ts";
import type { Reader } from "../../query/reader.ts";
import { resolveSessionId, sessionsById } from "../../query/sessions.ts";
import { memoryIdsOf } from "./tools/memory.ts";

/** `now`: milliseconds since 1970. Null: nothing is there. */
type Stamp = (db: Reader, id: string, now: number) => string | null;

const STAMPS: Readonly<Record<string, Stamp>> = {
  session(db, id, now) {
    const found = resolveSessionId(db, id, now);
    const row = found.kind === "one" ? sessionsById(db, [found.sessionId], now)[0] : undefined;
    // The status follows from how long ago the last record was: it changes by itself.
    return row ? JSON.stringify({ ...row, status: null }) : null;
  },
  entry(db, id) {
    const found = entryByPrefix(db, id);
    const detail = found.kind === "one" ? entryDetail(db, found.id) : null;
    return detail && `${detail.content_hash} ${detail.history.length}`;
  },
  memory(db, id) {
    const [only, other] = memoryIdsOf(db, id, { projectId: null });
    const file = only === undefined || other !== undefined ? null : memoryFile(db, only);
    return file && `${file.version} ${file.conflicts} ${file.deleted}`;
  },
};

/** Null: nothing is there, or the address is none of ours. */
export function resourceStamp(db: Reader, uri: string, now: number): string | null {
  const [, kind = "", id = ""] = /^clew:\/\/(\w+)\/([^/?#]+)$/u.exec(uri) ?? [];
  if (!Object.hasOwn(STAMPS, kind)) return null;
  try {
    return STAMPS[kind]!(db, decodeURIComponent(id), now);
  } catch (error) {
    // An address with half an escape in it names nothing.
    if (error instanceof URIError) return null;
    throw error;
  }
}
