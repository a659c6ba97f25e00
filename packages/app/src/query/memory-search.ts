/** @module Lines of memory files that have the words which are looked for. */

import { formatTerm, parseFilter } from "./filter/parse.ts";
import { type MemoryScope, memoryScopeSql } from "./memory-files.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { searchWords } from "./search-words.ts";

export interface MemorySearchQuestion {
  /** As a person writes them: words, "phrases", begin*, -not. */
  readonly text: string;
  readonly scope: MemoryScope;
  /** Most files; default 20. */
  readonly files?: number;
  /** Most lines of a file; default 5. */
  readonly lines?: number;
  /** The whole text of each file too. */
  readonly full?: boolean;
}

export interface MemoryLine {
  /** 1 for the first. */
  readonly number: number;
  readonly text: string;
}

export interface MemorySearchRow {
  readonly id: string;
  readonly path: string;
  readonly project_id: string | null;
  readonly project: string | null;
  readonly title: string | null;
  readonly changed_by: string;
  readonly tainted: boolean;
  readonly lines: readonly MemoryLine[];
  /** Lines that have the words; `lines` may be fewer. */
  readonly matches: number;
  readonly content?: string;
}

export interface MemorySearchAnswer {
  /** Newest change first. */
  readonly rows: readonly MemorySearchRow[];
  /** Files that have all the words. */
  readonly total: number;
}

interface FoundRow {
  readonly id: string;
  readonly path: string;
  readonly project_id: string | null;
  readonly project: string | null;
  readonly title: string | null;
  readonly changed_by: string;
  readonly tainted: number;
  readonly content: string;
}

const COLUMNS = `m.file_id AS id, m.path, m.project_id, p.name AS project, m.title, COALESCE(s.state ->> '$.fields.content.author', s.changed_by) AS changed_by, s.tainted,
  s.state ->> '$.fields.content.value' AS content`;
export const FOUND = `
  FROM shared_index i CROSS JOIN subjects s ON s.id = i.rowid CROSS JOIN memory_files m ON m.id = s.id
  LEFT JOIN projects p ON p.project_id = m.project_id WHERE shared_index MATCH ? AND s.deleted = 0`;

/** Nothing for no words; unknown syntax is a word. */
export function searchMemory(db: Reader, question: MemorySearchQuestion): MemorySearchAnswer {
  const { text, scope, files = 20, lines = 5, full = false } = question;
  const { terms, words } = parseFilter(text, "search");
  // What would choose sessions is text here.
  const literal = terms.map((term) => ({ text: formatTerm(term), prefix: false, negated: false }));
  const folded = [...words, ...literal].map((word) => ({ ...word, text: foldedText(word.text) }));
  const { match } = searchWords(folded);
  if (match === null) return { rows: [], total: 0 };
  const within = memoryScopeSql(scope);
  const parameters = [match, ...within.parameters];
  const where = `${FOUND} AND (${within.sql})`;
  const [counted] = rowsOf<{ total: number }>(db, `SELECT count(*) AS total ${where}`, parameters);
  const found = rowsOf<FoundRow>(db, `SELECT ${COLUMNS} ${where} ORDER BY s.changed_hlc DESC LIMIT ?`, [
    ...parameters,
    files,
  ]);
  const wanted = folded.filter(({ negated }) => !negated).map((word) => searchWords([word]));
  return {
    rows: found.map(({ content, tainted, ...row }) => {
      const all = matchingLines(content, wanted);
      return {
        ...row,
        tainted: tainted === 1,
        lines: all.slice(0, lines),
        matches: all.length,
        ...(full && { content }),
      };
    }),
    total: counted?.total ?? 0,
  };
}

/** Without accents, as the index has it. */
function foldedText(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "");
}

/** Lines with all the words; where no line has all, those with any. In the file's order. */
function matchingLines(content: string, wanted: readonly ReturnType<typeof searchWords>[]): readonly MemoryLine[] {
  const counted = content.split(/\r\n|\r|\n/).map((text, index) => {
    const folded = foldedText(text);
    const hits = wanted.filter((word) => word.hitsIn(folded, 1).length > 0).length;
    return { number: index + 1, text, hits };
  });
  const best = counted.some(({ hits }) => hits === wanted.length) ? wanted.length : 1;
  return counted.filter(({ hits }) => hits >= best).map(({ number, text }) => ({ number, text }));
}
