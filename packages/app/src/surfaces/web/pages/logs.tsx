/** @module Every log line of every program: words, facets and period are the address; a line opens beside the list. */
import { useMemo, useState } from "preact/hooks";
import { LogDetail } from "../logs/log-detail.tsx";
import { LogFacets } from "../logs/log-facets.tsx";
import { LogList } from "../logs/log-list.tsx";
import { type LogsUrl, logsParameters, useLogsUrl } from "../logs/logs-url.ts";
import { PeriodPicker } from "../logs/period-picker.tsx";
import { UncorrelatedNote } from "../logs/uncorrelated-note.tsx";
import { type LogLines, useLogLines } from "../logs/use-log-lines.ts";
import { FilterBar } from "../parts/filter-bar.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { compact, count, plural } from "../state/format.ts";

export function LogsPage() {
  const url = useLogsUrl();
  const { view } = url;
  const [hasFacets, setFacets] = useState(false);
  const key = JSON.stringify({ ...view, event: null });
  // A length of time reaches to the moment at which it was chosen: asked anew each second, it would be another list.
  const parameters = useMemo(() => logsParameters(view, Date.now()), [key]);
  const lines = useLogLines(parameters);
  const opened = view.event;
  const hrefOf = (eventId: string) => {
    const search = new URLSearchParams(location.search);
    search.set("event", eventId);
    return `/logs?${search}`;
  };
  const onOpen = (eventId: string | null, replace = false) => url.open(eventId, replace);
  const known = opened === null ? undefined : lines.row(lines.indexOf(opened));
  const chosen = Object.values(view.choices).reduce((sum, values) => sum + values.length, 0);
  return (
    <div class="logs-page" data-detail={opened === null ? undefined : ""}>
      <h1 class="hidden">Logs</h1>
      <LogFacets url={url} answer={lines.answer} isOpen={hasFacets} />
      <section class="logs-main" aria-label="Log lines">
        <div class="logs-head">
          <FilterBar
            url={{ q: view.q, get: () => null, set: (changes, replace) => url.choose({ q: changes.q ?? "" }, replace) }}
            mode="search"
            label="Search log lines"
            placeholder={'Words, "an exact phrase", begin*'}
          />
          <p class="list-total" role="status" data-testid="logs-total">
            {totalText(lines)}
          </p>
          <button
            type="button"
            class="button log-facets-toggle"
            aria-expanded={hasFacets}
            aria-controls="log-facets"
            onClick={() => setFacets(!hasFacets)}
          >
            Facets{chosen > 0 ? ` (${chosen})` : ""}
          </button>
        </div>
        <div class="logs-bar">
          <Places url={url} lines={lines} />
          <PeriodPicker url={url} />
          <Scope url={url} lines={lines} />
        </div>
        {view.isUncorrelated ? <UncorrelatedNote /> : null}
        <Content url={url} lines={lines} listKey={key} hrefOf={hrefOf} onOpen={onOpen} />
      </section>
      {opened === null ? null : (
        <LogDetail
          eventId={opened}
          known={known}
          onOpen={(eventId) => onOpen(eventId)}
          onClose={() => onOpen(null, true)}
        />
      )}
    </div>
  );
}

/** Where to look: everywhere, or among the lines that belong to no session. */
function Places({ url, lines }: { readonly url: LogsUrl; readonly lines: LogLines }) {
  const facet = lines.answer?.facets.joined_by;
  const without = facet?.find((one) => one.value === "none")?.count ?? 0;
  const { isUncorrelated } = url.view;
  return (
    <div class="segmented" role="group" aria-label="Where to look">
      <button type="button" aria-pressed={!isUncorrelated} onClick={() => url.chooseValues("joined", [])}>
        All lines
      </button>
      <button
        type="button"
        aria-pressed={isUncorrelated}
        data-testid="uncorrelated-tab"
        title="Lines that nothing joins to a session"
        onClick={() => url.chooseValues("joined", ["none"])}
      >
        Uncorrelated{facet ? ` (${compact(without)})` : ""}
      </button>
    </div>
  );
}

/** A session, trace or tool call that the lines are of. */
function Scope({ url, lines }: { readonly url: LogsUrl; readonly lines: LogLines }) {
  const scopes = (["session", "trace", "tool"] as const).filter((name) => url.view[name] !== "");
  if (scopes.length === 0) return null;
  const first = lines.row(0);
  const nameOf = (name: (typeof scopes)[number]) => {
    const id = url.view[name];
    return (name === "session" && first?.session_id === id ? first.session_title : null) ?? id;
  };
  return (
    <ul class="chips" aria-label="Lines of">
      {scopes.map((name) => (
        <li key={name}>
          <button
            type="button"
            aria-label={`Remove ${name} ${url.view[name]}`}
            title={url.view[name]}
            onClick={() => url.choose({ [name]: "" })}
          >
            {name === "tool" ? "tool call" : name} {shortened(nameOf(name))} ×
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ContentProps {
  readonly url: LogsUrl;
  readonly lines: LogLines;
  readonly listKey: string;
  hrefOf(eventId: string): string;
  onOpen(eventId: string | null, replace: boolean): void;
}

function Content({ url, lines, listKey, hrefOf, onOpen }: ContentProps) {
  const { view } = url;
  if (lines.error && lines.known === 0) return <Failure error={lines.error} retry={lines.retry} />;
  if (lines.known === 0 && lines.loading) return <Loading />;
  if (lines.known === 0 && view.isFiltered) {
    return (
      <Empty title="No line passes this">
        <button type="button" class="button" onClick={url.clear}>
          Show all lines
        </button>
      </Empty>
    );
  }
  if (lines.known === 0 && view.isUncorrelated) {
    return (
      <Empty title="Every line belongs to a session">
        <p>Lines that nothing joins to one would be here.</p>
      </Empty>
    );
  }
  if (lines.known === 0) return <NoLines />;
  return <LogList lines={lines} listKey={listKey} opened={view.event} hrefOf={hrefOf} onOpen={onOpen} />;
}

function NoLines() {
  return (
    <Empty title="No log lines yet">
      <p>
        Have log files read with <code>clew logs add PATH</code>, pipe a program's output into{" "}
        <code>clew logs watch</code>, or add the SDK's logging adapter to it. Lines that carry a session's id lead to
        that session, and to the calls of models that it made.
      </p>
    </Empty>
  );
}

/** The server counts no further. */
const COUNTED = 10_000;

function totalText({ answer }: LogLines): string {
  if (!answer) return "";
  const early = answer.stopped_early ? "; stopped early, add words to see further back" : "";
  if (answer.total !== null && !answer.more) return plural(answer.total, "line") + early;
  return `more than ${count(answer.total ?? COUNTED)} lines${early}`;
}

function shortened(text: string): string {
  return text.length > 28 ? `${text.slice(0, 26)}…` : text;
}
