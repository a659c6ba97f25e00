/** @module Memory files as the dashboard's page shows them: all of them at once, and one with its text, versions and conflicts. */
import type { Origin } from "../model/record.ts";
import { type MemoryFile, type MemoryVersion, memoryFile, memoryHistory, memoryVersion } from "./memory-files.ts";
import { type LinkedFile, memoryLinks } from "./memory-links.ts";
import { memoryOffers } from "./memory-offers.ts";
import type { Foreignness } from "./memory-trust.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { localIdentities, type Whose } from "./whose-words.ts";

/** Who wrote a version, and how it came there. */
export interface WrittenWords {
  readonly author: string;
  readonly whose: Whose;
  readonly origin: Origin;
  /** It was derived from what came from elsewhere. */
  readonly tainted: boolean;
  readonly session_id: string | null;
}

export interface MemoryListRow extends WrittenWords {
  readonly id: string;
  readonly path: string;
  /** Null: global. */
  readonly project_id: string | null;
  readonly project: string | null;
  readonly title: string | null;
  /** Bytes. */
  readonly size: number;
  /** Changes in its history, deletions included. */
  readonly changes: number;
  /** Versions that stand beside the one that is shown. */
  readonly conflicts: number;
  /** A version of another is not written to a disk before a person has approved it. */
  readonly waits: boolean;
  readonly deleted: boolean;
  readonly changed_at: string | null;
}

export interface MemoryList {
  /** Global ones first, then by project and path; deleted ones too. */
  readonly rows: readonly MemoryListRow[];
  /** There are more than the page shows. */
  readonly more: boolean;
}

export interface MemoryWebVersion extends MemoryVersion {
  readonly whose: Whose;
}

export interface MemoryWebFile extends Omit<MemoryFile, "others"> {
  readonly written: WrittenWords;
  /** Title of the session in which it was written; null: none is known. */
  readonly session_title: string | null;
  /** Newest first. */
  readonly versions: readonly MemoryWebVersion[];
  /** What is not written to a disk before a person has approved it, newest first. */
  readonly waiting: readonly {
    readonly version: string;
    readonly what: "content" | "deleted";
    readonly author: string;
    readonly ts: string | null;
    readonly why: Foreignness;
  }[];
  /** Files of its project that its text leads to, by path, and those whose text leads to it. */
  readonly links_to: readonly LinkedFile[];
  readonly linked_from: readonly LinkedFile[];
  /** What stands beside it, with its text, newest first. */
  readonly others: readonly (WrittenWords & {
    readonly version: string;
    readonly ts: string | null;
    readonly content: string;
  })[];
}

interface StoredRow extends Omit<MemoryListRow, "deleted" | "tainted" | "whose" | "waits" | "changed_at"> {
  readonly deleted: number;
  readonly tainted: number;
  readonly changed_at: number;
}

const MOST = 5000;
/** By the index of changes: how many there are is asked of the index alone. */
export const MEMORY_LIST = `
  SELECT m.file_id AS id, m.path, m.project_id, p.name AS project, m.title, m.size, m.conflicts, s.deleted, s.tainted, s.changed_at,
    COALESCE(c.author, s.changed_by) AS author, COALESCE(c.origin, 'tool') AS origin, c.session_id,
    (SELECT count(*) FROM changes h WHERE h.target = 'memory' AND h.subject = m.file_id) AS changes
  FROM memory_files m CROSS JOIN subjects s ON s.id = m.id LEFT JOIN projects p ON p.project_id = m.project_id
    LEFT JOIN changes c ON c.change_id = m.version
  ORDER BY m.project_id IS NOT NULL, p.name, m.project_id, m.path LIMIT ${MOST + 1}`;
const TITLE = "SELECT title FROM sessions WHERE session_id = ?";

/** Changes where a list of the files may be another: it need not be made anew before. */
export const MEMORY_STATE = `
  SELECT (SELECT max(seq) FROM changes) || '/' || (SELECT count(*) FROM identities) || '/' || (SELECT count(*) FROM projects)
    || '/' || (SELECT count(*) FROM sessions) AS state`;

export function memoryListState(db: Reader): string {
  return rowOf<{ state: string | null }>(db, MEMORY_STATE)?.state ?? "";
}

export function memoryList(db: Reader, person: string | null): MemoryList {
  const here = localIdentities(db, person);
  const offers = memoryOffers(db, here);
  const rows = rowsOf<StoredRow>(db, MEMORY_LIST);
  return {
    rows: rows.slice(0, MOST).map(
      (row): MemoryListRow => ({
        ...row,
        whose: here.whose(row.author),
        waits: (offers.get(row.id)?.waiting.length ?? 0) > 0,
        deleted: row.deleted === 1,
        tainted: row.tainted === 1,
        changed_at: isoTime(row.changed_at),
      }),
    ),
    more: rows.length > MOST,
  };
}

/** Null: there is none of this id. */
export function memoryWebFile(db: Reader, person: string | null, id: string): MemoryWebFile | null {
  const file = memoryFile(db, id);
  if (!file) return null;
  const here = localIdentities(db, person);
  const { whose } = here;
  const history = memoryHistory(db, id);
  const wordsOf = (version: string): WrittenWords => {
    const found = history.find((one) => one.version === version);
    const author = found?.author ?? file.changed_by;
    return {
      author,
      whose: whose(author),
      origin: (found?.origin as Origin | undefined) ?? "tool",
      tainted: found?.tainted ?? file.tainted,
      session_id: found?.session_id ?? null,
    };
  };
  const written = wordsOf(file.version);
  return {
    ...file,
    written,
    session_title: rowOf<{ title: string | null }>(db, TITLE, [written.session_id])?.title ?? null,
    waiting: (memoryOffers(db, here, id).get(id)?.waiting ?? []).map(({ version, what, author, ts, why }) => {
      return { version, what, author, ts, why };
    }),
    ...memoryLinks(db, file),
    versions: history.map((one) => ({ ...one, whose: whose(one.author) })).reverse(),
    others: file.others.map(({ version, ts }) => {
      const text = memoryVersion(db, id, version);
      return { version, ts, ...wordsOf(version), content: text.kind === "one" ? text.content : "" };
    }),
  };
}

/** The text of one version; null: there is none of this id. */
export function memoryWebText(
  db: Reader,
  question: { readonly id: string; readonly version: string },
): { readonly version: string; readonly content: string } | null {
  const found = memoryVersion(db, question.id, question.version);
  return found.kind === "one" ? { version: found.version, content: found.content } : null;
}
