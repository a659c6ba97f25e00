/** @module The list of sessions: filter bar, facets and rows are one state, the address. */
import type { FacetsAnswer } from "../../http/answers.ts";
import { Facets } from "../parts/facets.tsx";
import { FilterBar } from "../parts/filter-bar.tsx";
import { LiveStrip } from "../parts/live-strip.tsx";
import { SessionList } from "../parts/session-list.tsx";
import { Empty, Failure } from "../parts/states.tsx";
import { timeZone } from "../state/api.ts";
import { useUrl } from "../state/filter-url.ts";
import { count, plural } from "../state/format.ts";
import { useSessionPages } from "../state/session-pages.ts";
import type { Status } from "../state/status.ts";
import { useAnswer } from "../state/use-answer.ts";

export function SessionsPage({ status }: { readonly status: Status | null }) {
  const url = useUrl();
  const sort = url.get("sort") ?? "newest";
  const pages = useSessionPages(url.q, sort);
  const facets = useAnswer<FacetsAnswer>("facets", { q: url.q, tz: timeZone }, { follow: "all", every: 2_000 });
  const isFirstRun = pages.total === 0 && url.q === "" && (status?.sessions ?? 0) === 0;
  return (
    <div class="sessions-page">
      <h1 class="hidden">Sessions</h1>
      <Facets url={url} answer={facets.data} />
      <section class="sessions-main" aria-label="Sessions">
        {isFirstRun ? null : <LiveStrip />}
        <div class="list-head">
          <FilterBar
            url={url}
            label="Filter sessions"
            placeholder={'Filter: project:api status:failed cost:>1 tool:Bash "exact phrase"'}
          />
          <p class="list-total" role="status">
            {pages.total === null
              ? ""
              : url.q && status
                ? `${count(pages.total)} of ${plural(status.sessions, "session")}`
                : plural(pages.total, "session")}
          </p>
        </div>
        {pages.error && pages.total === null ? (
          <Failure error={pages.error} retry={pages.retry} />
        ) : isFirstRun ? (
          <FirstRun />
        ) : pages.total === 0 ? (
          <Empty title="No session passes this filter">
            <button type="button" class="button" onClick={() => url.set({ q: null })}>
              Clear the filter
            </button>
          </Empty>
        ) : (
          <SessionList url={url} pages={pages} sort={sort} />
        )}
      </section>
    </div>
  );
}

function FirstRun() {
  return (
    <Empty title="No sessions yet">
      <p>
        Clew reads what Claude Code writes to <code>~/.claude/projects</code>. Work with it once and the session appears
        here by itself.
      </p>
      <p>
        To see sessions as they happen, and not only what their transcripts tell, run <code>clew setup</code>. To look
        around first, run <code>clew up --demo</code>.
      </p>
    </Empty>
  );
}
