/** @module Full-text search: as one types, newest or best first, each hit a link to its record. */
import { useEffect, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { SearchRow } from "../../../model/answers.ts";
import { formatFilter, formatTerm, parseFilter } from "../../../query/filter/parse.ts";
import type { SearchResult } from "../../http/answers.ts";
import { FilterBar } from "../parts/filter-bar.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { ask, timeZone } from "../state/api.ts";
import { useUrl } from "../state/filter-url.ts";
import { absolute, ago, plural } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { useAnswer } from "../state/use-answer.ts";

export function SearchPage() {
  const url = useUrl();
  const sort = url.get("sort") === "relevance" ? "relevance" : "newest";
  const [more, setMore] = useState<{ readonly of: SearchResult; readonly pages: readonly SearchResult[] } | null>(null);
  const [active, setActive] = useState(-1);
  const answer = useAnswer<SearchResult>(url.q ? "search" : null, { q: url.q, sort, tz: timeZone, limit: 50 });
  const filter = parseFilter(url.q, "search");
  const found = url.q ? answer.data : null;
  const extra = more && more.of === found ? more.pages : [];
  const rows = found ? [...found.rows, ...extra.flatMap((page) => page.rows)] : [];
  const next = (extra.at(-1) ?? found)?.next_before ?? null;
  useEffect(() => setActive(-1), [found]);
  const loadMore = async () => {
    if (!found || next === null) return;
    const page = await ask<SearchResult>("search", { q: url.q, sort, tz: timeZone, limit: 50, before: next }).catch(
      () => null,
    );
    if (page) setMore({ of: found, pages: [...extra, page] });
  };
  const links = () => [...document.querySelectorAll<HTMLAnchorElement>(".hit a")];
  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setActive(index);
    links()[index]?.focus();
  };
  useKeys([
    { keys: ["j", "ArrowDown"], label: "Next hit", run: () => move(active + 1) },
    { keys: ["k", "ArrowUp"], label: "Previous hit", run: () => move(active - 1) },
  ]);
  return (
    <div class="page search-page">
      <header class="page-head">
        <h1>Search</h1>
        <FilterBar
          url={url}
          mode="search"
          label="Search everything"
          placeholder={'Words, "an exact phrase", project:api tool:Bash since:7d'}
          autoFocus
        />
        <div class="segmented" role="group" aria-label="Order">
          {(["newest", "relevance"] as const).map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={sort === one}
              onClick={() => url.set({ sort: one === "newest" ? null : one })}
            >
              {one}
            </button>
          ))}
        </div>
      </header>
      {filter.terms.length > 0 ? (
        <ul class="chips" aria-label="Filters">
          {filter.terms.map((term) => (
            <li key={formatTerm(term)}>
              <button
                type="button"
                aria-label={`Remove ${formatTerm(term)}`}
                onClick={() =>
                  url.set({
                    q: formatFilter({ terms: filter.terms.filter((one) => one !== term), words: filter.words }),
                  })
                }
              >
                {formatTerm(term)} ×
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <p class="search-total" role="status">
        {found
          ? `${found.total_is_lower_bound ? "more than " : ""}${plural(found.total, "hit")} in ${found.took_ms < 1 ? "under 1" : Math.round(found.took_ms)} ms${found.stopped_early ? "; stopped early, add words to see further back" : ""}`
          : ""}
      </p>
      {answer.error && url.q ? <Failure error={answer.error} retry={answer.retry} /> : null}
      {!url.q ? (
        <Empty title="Find anything that was said, run or printed">
          <p>
            Every word of every prompt, answer, tool call and tool output. Use <kbd>"…"</kbd> for an exact phrase,{" "}
            <kbd>word*</kbd> for beginnings, and filters such as <code>project:api</code>, <code>tool:Bash</code>,{" "}
            <code>since:7d</code>.
          </p>
        </Empty>
      ) : null}
      {url.q && answer.loading && !found ? <Loading /> : null}
      {found && rows.length === 0 ? (
        <Empty title={filter.words.length > 0 ? "Nothing says that" : "Add a word to search for"}>
          <p>Filters alone list sessions on the Sessions page.</p>
        </Empty>
      ) : null}
      <ol class="hits" aria-busy={answer.loading ? "true" : undefined}>
        {rows.map((row) => (
          <Hit key={row.event_id} row={row} />
        ))}
      </ol>
      {next !== null && rows.length > 0 ? (
        <button type="button" class="button" onClick={() => void loadMore()}>
          More
        </button>
      ) : null}
    </div>
  );
}

function Hit({ row }: { readonly row: SearchRow }) {
  const { href, title, kind, project } = hitOf(row);
  return (
    <li class="hit" data-testid="hit">
      <Link href={href}>
        <p class="hit-head">
          <b>{title}</b>
          {project === null ? null : <span>{project}</span>}
          <span class="kind">{kind}</span>
          <time dateTime={row.ts ?? undefined} title={absolute(row.ts)}>
            {ago(row.ts)}
          </time>
        </p>
        <p class="snippet">{marked(row.snippet, row.hits)}</p>
      </Link>
    </li>
  );
}

interface HitWords {
  readonly href: string;
  readonly title: string;
  readonly kind: string;
  readonly project: string | null;
}

/** A record of a session leads to the record; a change of something that is shared to that. */
function hitOf(row: SearchRow): HitWords {
  const { subject, target, subject_title, status, category, author = "unknown" } = row;
  const project = row.project === "unknown" ? null : row.project;
  if (subject === undefined)
    return {
      href: `/sessions/${encodeURIComponent(row.session_id)}#event-${encodeURIComponent(row.event_id)}`,
      title: row.session_title ?? row.session_id,
      kind: KINDS[row.kind] ?? row.kind,
      project: row.project,
    };
  const id = encodeURIComponent(subject);
  const title = subject_title || subject;
  switch (target) {
    case "entry":
      return { href: `/entries/${id}`, title, kind: `${category}, ${status?.replace("_", " ")}`, project };
    case "message":
      return {
        href: `/inbox?thread=${encodeURIComponent(row.thread_id ?? subject)}`,
        title: `From ${author}`,
        kind: "message",
        project,
      };
    case "memory":
      return { href: `/memory?file=${id}`, title, kind: "memory file", project };
    case "entity":
      return { href: `/memory/graph?entity=${id}`, title, kind: "entity", project };
    default:
      return { href: "/memory/graph", title, kind: "relation", project };
  }
}

const KINDS: Readonly<Record<string, string>> = {
  "user.prompt": "prompt",
  "assistant.text": "answer",
  "assistant.thinking": "thinking",
  "tool.call": "tool call",
  "tool.result": "tool result",
  "tool.output": "tool output",
};

/** Text and marks as nodes: what was found is never read as HTML. */
function marked(snippet: string, hits: SearchRow["hits"]) {
  const parts = [];
  let at = 0;
  for (const [start, end] of hits) {
    if (start < at || end <= start) continue;
    parts.push(snippet.slice(at, start), <mark key={start}>{snippet.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(snippet.slice(at));
  return parts;
}
