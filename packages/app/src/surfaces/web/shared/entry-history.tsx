/** @module Everything that was ever changed in an entry, notes among it: who, when, and what became what. */
import type { HistoryRow } from "../../../model/entry.ts";
import { DiffView } from "../session/diff-view.tsx";
import { Markdown } from "../session/markdown.tsx";
import { absolute, ago } from "../state/format.ts";
import { plainName } from "./people.ts";
import { StatusMark } from "./status-mark.tsx";
import { TaintedBadge } from "./trust-badges.tsx";
import { Who } from "./who.tsx";
import { fieldWord, valueWord } from "./words.ts";

export interface EntryHistoryProps {
  readonly history: readonly HistoryRow[];
  readonly machines: Readonly<Record<string, string>>;
}

export function EntryHistory({ history, machines }: EntryHistoryProps) {
  return (
    <ol class="entry-history" aria-label="History" data-testid="history">
      {history.map((row, index) => (
        <Change key={row.change_id} row={row} isFirst={index === 0} machine={machines[row.device] ?? row.device} />
      ))}
    </ol>
  );
}

interface ChangeProps {
  readonly row: HistoryRow;
  readonly isFirst: boolean;
  readonly machine: string;
}

function Change({ row, isFirst, machine }: ChangeProps) {
  const { author, at, note, origin, tainted } = row;
  const said = isFirst ? [<>wrote it down</>] : wordsOf(row);
  const when = (
    <time dateTime={at ?? undefined} title={`${absolute(at)}, on ${machine}`}>
      {ago(at)}
    </time>
  );
  const marks = (origin === "agent" || tainted) && (
    <span class="badges">
      {origin === "agent" ? <span class="badge">agent</span> : null}
      {tainted ? <TaintedBadge /> : null}
    </span>
  );
  const body = isFirst ? undefined : row.set.find(({ field }) => field === "body");
  return (
    <li data-note={note === null ? undefined : ""}>
      {said.length > 0 || note === null ? (
        <div class="history-line">
          <Who identity={author} />{" "}
          <span class="history-said">
            {said.map((one, index) => (
              <span key={index}>
                {index > 0 ? ", " : ""}
                {one}
              </span>
            ))}
          </span>{" "}
          {marks} {when}
        </div>
      ) : null}
      {body ? (
        <details class="history-diff">
          <summary>what changed in the text</summary>
          <DiffView
            edits={[{ before: body.from.map(String).join("\n"), after: String(body.to ?? "") }]}
            label="Change of the text"
          />
        </details>
      ) : null}
      {note === null ? null : (
        <article class="entry-note" aria-label={`Note by ${plainName(author)}`}>
          <header>
            <Who identity={author} /> {marks} {when}
          </header>
          <Markdown text={note} keepsBreaks />
        </article>
      )}
    </li>
  );
}

/** Each thing that a change did, in words. */
function wordsOf({ set, added, removed, mark }: HistoryRow) {
  return [
    ...set.flatMap((one) => fieldWords(one) ?? []),
    ...Object.entries(added).flatMap(([name, values]) =>
      values.map((value) => (
        <>added {name === "tags" ? <span class="tag">{value}</span> : <code>{elementWord(value)}</code>}</>
      )),
    ),
    ...Object.entries(removed).flatMap(([name, values]) =>
      values.map((value) => (
        <>removed {name === "tags" ? <span class="tag">{value}</span> : <code>{elementWord(value)}</code>}</>
      )),
    ),
    ...(mark === null ? [] : [markWord(mark)]),
  ];
}

function fieldWords({ field, from, to }: HistoryRow["set"][number]) {
  // Where something is at home is nobody's news.
  if (field === "workspace") return null;
  if (field === "body") return <>changed the text</>;
  if (field === "deleted") return to === true ? <>deleted it</> : <>brought it back</>;
  const before = from.map((value) => valueWord(field, value));
  const mark = field === "status" && typeof to === "string" ? <StatusMark status={to as never} /> : null;
  return (
    <>
      set the {fieldWord(field)} {before.length > 0 ? <s>{before.join(", ")}</s> : null}
      <i aria-hidden="true"> → </i>
      <span class="hidden"> to </span>
      {mark}
      <b>{valueWord(field, to)}</b>
    </>
  );
}

/** A link as it stands in the store is JSON. */
function elementWord(value: string): string {
  try {
    const { kind, target } = JSON.parse(value) as { readonly kind?: unknown; readonly target?: unknown };
    return typeof kind === "string" && typeof target === "string" ? `${kind}:${target}` : value;
  } catch {
    return value;
  }
}

function markWord(mark: string): string {
  if (mark.startsWith("approved:")) return "approved it as it stood";
  return mark === "unapproved" ? "took the approval back" : `marked it as ${mark}`;
}
