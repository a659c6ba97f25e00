/** @module What the session came to: what was reported of it, and what the record shows, each marked. */
import { useState } from "preact/hooks";
import type { OutcomeItem, SessionOutcome } from "../../../http/answers.ts";
import { ago, plural } from "../../state/format.ts";
import { select } from "../selection.ts";
import { Panel } from "./panel.tsx";

const SHOWN = 8;
const LISTS = [
  ["tasks_completed", "Tasks completed"],
  ["decisions", "Decisions"],
  ["learnings", "Learnings"],
  ["files", "Files"],
  ["commits", "Commits"],
] as const;

export function OutcomePanel({ outcome }: { readonly outcome: SessionOutcome }) {
  const { summary, reported } = outcome;
  const lists = LISTS.filter(([key]) => outcome[key].length > 0);
  const note = [
    outcome.files_changed > 0 ? plural(outcome.files_changed, "file") : "",
    outcome.commits_made > 0 ? plural(outcome.commits_made, "commit") : "",
    outcome.tool_failures > 0 ? `${plural(outcome.tool_failures, "call")} failed or denied` : "",
  ];
  return (
    <Panel title="Outcome" note={note.filter(Boolean).join(" · ")}>
      <div class="panel-body">
        {summary ? (
          <p class="outcome-summary">
            {summary.text} <Source item={summary} />
          </p>
        ) : null}
        {lists.map(([key, title]) => (
          <OutcomeList key={key} title={title} items={outcome[key]} isCode={key === "files" || key === "commits"} />
        ))}
        {!summary && lists.length === 0 ? (
          <p class="faint">Nothing was reported, and the record shows no file, commit or finished task.</p>
        ) : null}
        {reported ? (
          <p class="faint">
            Reported by {reported.author} {ago(reported.at)}.{" "}
            <button type="button" class="more" onClick={() => select(reported.event_id, "address")}>
              show the record
            </button>
          </p>
        ) : null}
      </div>
    </Panel>
  );
}

interface OutcomeListProps {
  readonly title: string;
  readonly items: readonly OutcomeItem[];
  readonly isCode: boolean;
}

function OutcomeList({ title, items, isCode }: OutcomeListProps) {
  const [all, setAll] = useState(false);
  return (
    <section class="outcome-list" aria-label={title}>
      <h3>
        {title} <span class="faint">{items.length}</span>
      </h3>
      <ul>
        {(all ? items : items.slice(0, SHOWN)).map((item, index) => (
          <li key={index}>
            <span class={isCode ? "mono" : undefined}>{item.text}</span> <Source item={item} />
          </li>
        ))}
      </ul>
      {items.length > SHOWN ? (
        <button type="button" class="more" onClick={() => setAll(!all)}>
          {all ? "show fewer" : `${items.length - SHOWN} more`}
        </button>
      ) : null}
    </section>
  );
}

const SOURCES = {
  reported: "The agent's or a person's own words",
  record: "Derived from what was done",
} as const;

function Source({ item }: { readonly item: OutcomeItem }) {
  return (
    <span class="badge source" data-source={item.source} title={SOURCES[item.source]}>
      {item.source}
    </span>
  );
}
