/** @module The list of entries: words, facets, open or all, mine are the address; a new one is written from here. */
import { useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { FilterBar } from "../parts/filter-bar.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { type EntriesUrl, entriesParameters, useEntriesUrl } from "../shared/entries-url.ts";
import { EntryFacets } from "../shared/entry-facets.tsx";
import { EntryList } from "../shared/entry-list.tsx";
import { entryHref } from "../shared/entry-row.tsx";
import { NewEntry } from "../shared/new-entry.tsx";
import { usePeople } from "../shared/people.ts";
import { type EntryPages, useEntryPages } from "../shared/use-entry-pages.ts";
import { compact, count, plural } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";

export function EntriesPage() {
  const url = useEntriesUrl();
  const { view } = url;
  const [, navigate] = useLocation();
  const search = new URLSearchParams(useSearch());
  const people = usePeople();
  const [hasFacets, setFacets] = useState(false);
  const pages = useEntryPages(entriesParameters(view));
  const canWrite = people?.can_write === true;
  const isNew = search.get("new") === "1";
  const listKey = JSON.stringify(view);
  const chosen = Object.values(view.chosen).reduce((sum, values) => sum + values.length, 0);
  const write = () => (canWrite ? url.set({ new: "1" }) : false);
  useKeys([{ keys: ["c"], label: "New entry", run: write }]);
  return (
    <div class="entries-page">
      <h1 class="hidden">Entries</h1>
      <EntryFacets url={url} answer={pages.answer} isOpen={hasFacets} />
      <section class="entries-main" aria-label="Entries">
        <div class="entries-head">
          <FilterBar
            url={{ q: view.q, get: () => null, set: (changes, replace) => url.set({ q: changes.q ?? "" }, replace) }}
            mode="search"
            label="Search entries"
            placeholder={'Words, "an exact phrase", begin*'}
          />
          <p class="list-total" role="status" data-testid="entries-total">
            {totalText(pages)}
          </p>
          {canWrite ? (
            <button type="button" class="button primary" title="New entry (c)" onClick={write}>
              New entry
            </button>
          ) : null}
        </div>
        <div class="entries-bar">
          <Places url={url} pages={pages} />
          {people?.person ? (
            <button
              type="button"
              class="toggle"
              aria-pressed={view.isMine}
              title="Written by you, or assigned to you"
              onClick={() => url.set({ mine: view.isMine ? null : "1" })}
            >
              Mine
            </button>
          ) : null}
          <button
            type="button"
            class="toggle facets-toggle"
            aria-expanded={hasFacets}
            aria-controls="entry-facets"
            onClick={() => setFacets(!hasFacets)}
          >
            Facets{chosen > 0 ? ` (${chosen})` : ""}
          </button>
          <Chosen url={url} pages={pages} />
        </div>
        <Content url={url} pages={pages} listKey={listKey} />
      </section>
      {isNew && people && canWrite ? (
        <NewEntry
          people={people}
          session={search.get("about")}
          link={search.get("link")}
          project={view.chosen.project[0] ?? null}
          onDone={(entryId) => navigate(entryHref(entryId), { replace: true })}
          onClose={() => url.set({ new: null, link: null, about: null }, true)}
        />
      ) : null}
    </div>
  );
}

/** Those to which somebody still has to do something, or all. */
function Places({ url, pages }: { readonly url: EntriesUrl; readonly pages: EntryPages }) {
  const { status } = url.view.chosen;
  const { answer } = pages;
  return (
    <div class="segmented" role="group" aria-label="Which entries">
      <button type="button" aria-pressed={status.length === 0} onClick={() => url.set({ status: null })}>
        Open{answer ? <i> {compact(answer.open)}</i> : null}
      </button>
      <button type="button" aria-pressed={status.includes("all")} onClick={() => url.set({ status: "all" })}>
        All{answer ? <i> {compact(answer.all)}</i> : null}
      </button>
    </div>
  );
}

/** What is chosen besides the status, each to be taken out again. */
function Chosen({ url, pages }: { readonly url: EntriesUrl; readonly pages: EntryPages }) {
  const { view } = url;
  const names = ["category", "project", "assignee", "tag"] as const;
  const chips = names.flatMap((name) =>
    view.chosen[name].map((value) => ({
      name,
      value,
      label: pages.answer?.facets[name].find((one) => one.value === value)?.label || value || "none",
    })),
  );
  if (chips.length === 0 && view.session === "") return null;
  return (
    <ul class="chips" aria-label="Chosen">
      {chips.map(({ name, value, label }) => (
        <li key={`${name}:${value}`}>
          <button type="button" aria-label={`Remove ${name} ${label}`} onClick={() => url.toggle(name, value)}>
            {name} {label} ×
          </button>
        </li>
      ))}
      {view.session === "" ? null : (
        <li>
          <button
            type="button"
            aria-label="Remove session"
            title={view.session}
            onClick={() => url.set({ session: null })}
          >
            written in session {view.session.slice(0, 8)} ×
          </button>
        </li>
      )}
    </ul>
  );
}

interface ContentProps {
  readonly url: EntriesUrl;
  readonly pages: EntryPages;
  readonly listKey: string;
}

function Content({ url, pages, listKey }: ContentProps) {
  const { answer, error } = pages;
  const { view } = url;
  if (error && !pages.row(0)) return <Failure error={error} retry={pages.retry} />;
  const list = <EntryList pages={pages} listKey={listKey} />;
  if (!answer)
    return (
      <>
        {list}
        <Loading />
      </>
    );
  if (answer.total > 0) return list;
  const isAll = view.chosen.status.includes("all");
  return (
    <>
      {list}
      {!view.isFiltered && answer.all === 0 ? (
        <Empty title="Nothing is written down yet">
          <p>
            Findings, tasks, decisions, issues and notes stay here, with everything that was ever changed in them. Write
            one with <code>clew log --category issue --title "…"</code>, tell an agent to log one, or press <kbd>c</kbd>
            .
          </p>
        </Empty>
      ) : !view.isFiltered && !isAll ? (
        <Empty title="Nothing is open">
          <button type="button" class="button" onClick={() => url.set({ status: "all" })}>
            Show all {plural(answer.all, "entry", "entries")}
          </button>
        </Empty>
      ) : (
        <Empty title="No entry passes this">
          <button
            type="button"
            class="button"
            onClick={() =>
              url.set({
                q: null,
                mine: null,
                session: null,
                status: "all",
                category: null,
                project: null,
                assignee: null,
                tag: null,
              })
            }
          >
            Show all entries
          </button>
        </Empty>
      )}
    </>
  );
}

function totalText({ answer }: EntryPages): string {
  if (!answer) return "";
  return `${answer.stopped_early ? "more than " : ""}${count(answer.total)} ${answer.total === 1 ? "entry" : "entries"}`;
}
