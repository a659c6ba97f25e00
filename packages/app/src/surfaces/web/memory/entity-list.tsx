/** @module Entities that the words find, each with its type and how much is known of it. */
import { Link } from "wouter-preact";
import type { GraphList } from "../../http/answers.ts";
import { absolute, ago, count, plural } from "../state/format.ts";
import { MarkedText } from "./marked-text.tsx";
import { colourOf } from "./type-colours.ts";
import { WordsMarks } from "./words-marks.tsx";

export interface EntityListProps {
  readonly answer: GraphList;
  readonly wanted: readonly string[];
  readonly opened: string | null;
  readonly at: string | null;
  hrefOf(id: string): string;
}

export function EntityList({ answer, wanted, opened, at, hrefOf }: EntityListProps) {
  return (
    <>
      <ul class="entity-list" data-testid="entities">
        {answer.rows.map((row) => (
          <li key={row.id} data-testid="entity-row" data-list-id={row.id} data-active={row.id === at ? "" : undefined}>
            <Link href={hrefOf(row.id)} aria-current={row.id === opened ? "true" : undefined}>
              <i class="type-dot" data-colour={colourOf(row.type, answer.all_types)} />
              <span class="entity-name" title={row.name}>
                <MarkedText text={row.name} wanted={wanted} />
              </span>
              <span class="entity-type" title={row.type}>
                {row.type}
              </span>
              <span class="memory-figures">
                <span>{plural(row.observations, "observation")}</span>
                <span>{plural(row.relations, "relation")}</span>
                <time title={absolute(row.changed_at)}>{ago(row.changed_at)}</time>
                {row.whose === "other" || row.tainted ? <WordsMarks words={row} /> : null}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {answer.total > answer.rows.length ? (
        <p class="faint list-rest">
          {count(answer.total - answer.rows.length)} more: another word or a type leaves fewer.
        </p>
      ) : null}
    </>
  );
}
