/** @module The lines that a search has found, file by file; a line opens its file at that line. */
import { Link } from "wouter-preact";
import type { MemorySearchRow } from "../../http/answers.ts";
import { plural } from "../state/format.ts";
import { pathParts, projectName } from "./file-groups.ts";
import { MarkedText } from "./marked-text.tsx";

export interface SearchHitsProps {
  readonly rows: readonly MemorySearchRow[];
  readonly wanted: readonly string[];
  readonly opened: string | null;
  readonly at: string | null;
  hrefOf(id: string, line?: number): string;
}

export function SearchHits({ rows, wanted, opened, at, hrefOf }: SearchHitsProps) {
  return (
    <ul class="memory-hits" data-testid="memory-hits">
      {rows.map((row) => {
        const { directory, name } = pathParts(row.path);
        return (
          <li key={row.id} data-testid="memory-hit" data-list-id={row.id} data-active={row.id === at ? "" : undefined}>
            <Link class="memory-hit-file" href={hrefOf(row.id)} aria-current={row.id === opened ? "true" : undefined}>
              <span class="memory-path">
                {directory === "" ? null : <span class="faint">{directory}</span>}
                {name}
              </span>
              <small>{projectName(row)}</small>
            </Link>
            {row.lines.map((line) => (
              <Link key={line.number} class="memory-line" href={hrefOf(row.id, line.number)}>
                <small>{line.number}</small>
                <span>
                  <MarkedText text={line.text.trim()} wanted={wanted} />
                </span>
              </Link>
            ))}
            {row.matches > row.lines.length ? (
              <p class="faint">{plural(row.matches - row.lines.length, "more line")}</p>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
