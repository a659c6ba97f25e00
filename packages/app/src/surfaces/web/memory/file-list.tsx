/** @module Memory files by project, each with its size, history, author and marks. */
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { MemoryListRow } from "../../http/answers.ts";
import { absolute, ago, bytes, plural } from "../state/format.ts";
import { type FileGroup, pathParts } from "./file-groups.ts";
import { identityName, WordsMarks } from "./words-marks.tsx";

/** Rows at once; a machine with more projects than that is asked for. */
const SHOWN = 300;

export interface FileListProps {
  readonly groups: readonly FileGroup[];
  readonly opened: string | null;
  /** Id of the row that the keys are at. */
  readonly at: string | null;
  hrefOf(id: string): string;
}

export function FileList({ groups, opened, at, hrefOf }: FileListProps) {
  const [most, setMost] = useState(SHOWN);
  let left = most;
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);
  return (
    <div class="memory-groups" data-testid="memory-files">
      {groups.map((group) => {
        const rows = group.rows.slice(0, Math.max(0, left));
        left -= rows.length;
        return rows.length === 0 ? null : (
          <section key={group.id} aria-label={group.name}>
            <h2>
              <span>{group.name}</span> <small>{plural(group.rows.length, "file")}</small>
            </h2>
            <ul>
              {rows.map((row) => (
                <FileRow
                  key={row.id}
                  row={row}
                  href={hrefOf(row.id)}
                  isOpen={row.id === opened}
                  isActive={row.id === at}
                />
              ))}
            </ul>
          </section>
        );
      })}
      {total > most ? (
        <button type="button" class="more" onClick={() => setMost(most + SHOWN)}>
          {total - most} more
        </button>
      ) : null}
    </div>
  );
}

interface FileRowProps {
  readonly row: MemoryListRow;
  readonly href: string;
  readonly isOpen: boolean;
  readonly isActive: boolean;
}

function FileRow({ row, href, isOpen, isActive }: FileRowProps) {
  const { directory, name } = pathParts(row.path);
  return (
    <li
      class="memory-row"
      data-testid="memory-row"
      data-list-id={row.id}
      data-active={isActive ? "" : undefined}
      data-deleted={row.deleted ? "" : undefined}
    >
      <Link href={href} aria-current={isOpen ? "true" : undefined} title={row.path}>
        <span class="memory-path">
          {directory === "" ? null : <span class="faint">{directory}</span>}
          {name}
        </span>
        <span class="badges">
          {row.conflicts > 0 ? (
            <span class="badge bad" title={`${plural(row.conflicts + 1, "version")} stand side by side`}>
              conflict
            </span>
          ) : null}
          {row.waits ? (
            <span class="badge warn" title="Another's version: written to no disk before a person has approved it">
              waits
            </span>
          ) : null}
          {row.deleted ? <span class="badge">deleted</span> : null}
          <WordsMarks words={row} />
        </span>
        {row.title === null ? null : <span class="memory-title">{row.title}</span>}
        <span class="memory-figures">
          <span>{bytes(row.size)}</span>
          {row.changes > 1 ? <span title="Changes in its history">{plural(row.changes, "change")}</span> : null}
          <span class="memory-author">{identityName(row.author)}</span>
          <time title={absolute(row.changed_at)}>{ago(row.changed_at)}</time>
        </span>
      </Link>
    </li>
  );
}
