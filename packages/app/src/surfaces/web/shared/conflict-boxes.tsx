/** @module What several wrote without knowing of each other, side by side, until somebody keeps one. */
import type { EntryDetail } from "../../../model/entry.ts";
import type { EntryEdit } from "../../http/shared-writer.ts";
import { absolute, ago } from "../state/format.ts";
import { shortName } from "./people.ts";
import { Who } from "./who.tsx";
import { fieldWord, valueWord } from "./words.ts";

type Values = EntryDetail["conflicts"][string];

export interface ConflictBoxesProps {
  readonly conflicts: EntryDetail["conflicts"];
  /** Null: nothing can be changed from here. */
  readonly onKeep: ((change: Omit<EntryEdit, "seen">) => void) | null;
  readonly isBusy: boolean;
}

/** Fields that the page can settle; others are settled where they are written. */
const SETTLED = ["status", "category", "title", "body", "assignee", "deleted"] as const;

export function ConflictBoxes({ conflicts, onKeep, isBusy }: ConflictBoxesProps) {
  return (
    <>
      {Object.entries(conflicts).map(([field, values]) => {
        const known = SETTLED.find((one) => one === field);
        return (
          <section
            class="entry-conflict"
            key={field}
            aria-label={`Conflict: ${fieldWord(field)}`}
            data-testid="conflict"
          >
            <h2>{sentenceOf(field, values)}</h2>
            <ul>
              {values.map((one, index) => (
                <li key={`${one.author} ${one.at} ${String(one.value)}`}>
                  <p class="conflict-value" data-long={field === "body" ? "" : undefined}>
                    {valueWord(field, one.value)}
                  </p>
                  <p class="conflict-by">
                    <Who identity={one.author} />
                    <time dateTime={one.at ?? undefined} title={absolute(one.at)}>
                      {ago(one.at)}
                    </time>
                    {index === 0 ? <span class="badge">shown</span> : null}
                  </p>
                  {onKeep && known ? (
                    <button
                      type="button"
                      class="button"
                      disabled={isBusy}
                      onClick={() => onKeep({ [known]: one.value } as Omit<EntryEdit, "seen">)}
                    >
                      Keep this one
                    </button>
                  ) : null}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

/** "The status was also set to Blocked by ana". */
function sentenceOf(field: string, values: Values): string {
  const others = values.slice(1);
  const word = fieldWord(field);
  if (field === "body" || field === "title")
    return `The ${word} was also written by ${others.map(({ author }) => shortName(author)).join(", ")}`;
  const also = others.map(({ value, author }) => `${valueWord(field, value)} by ${shortName(author)}`);
  return `The ${word} was also set to ${also.join(", and to ")}`;
}
