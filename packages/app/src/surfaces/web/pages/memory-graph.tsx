/** @module What is known, as entities with observations and relations: searched, read, drawn. Choices are the address. */
import { useLocation, useSearch } from "wouter-preact";
import type { GraphList } from "../../http/answers.ts";
import { EntityDetail } from "../memory/entity-detail.tsx";
import { EntityList } from "../memory/entity-list.tsx";
import { GraphOverview, NothingKnown } from "../memory/graph-overview.tsx";
import { graphHref, graphView, NO_TYPE } from "../memory/graph-url.ts";
import { wantedWords } from "../memory/hits.ts";
import { MemoryTabs } from "../memory/memory-tabs.tsx";
import { SearchField } from "../memory/search-field.tsx";
import { TypeFilter } from "../memory/type-filter.tsx";
import { useListKeys } from "../memory/use-list-keys.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { useUrl } from "../state/filter-url.ts";
import { plural } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";

export function MemoryGraphPage() {
  const url = useUrl();
  const search = useSearch();
  const [, navigate] = useLocation();
  const view = graphView(search);
  const parameters = { q: view.q, ...(view.type !== "" && { type: view.type }) };
  const list = useAnswer<GraphList>("graph/entities", parameters, { follow: "all", every: 2_000 });
  const answer = list.data;
  const hrefOf = (id: string) => graphHref(search, id);
  const open = (id: string | null, replace = false) => navigate(graphHref(search, id), { replace });
  const at = useListKeys({
    ids: (answer?.rows ?? []).map(({ id }) => id),
    opened: view.entity,
    what: "entity",
    open,
  });
  const isEmpty = answer !== null && answer.entities === 0;
  return (
    <div class="memory-page" data-detail={view.entity === null ? undefined : ""}>
      <h1 class="hidden">Graph</h1>
      <section class="memory-list" aria-label="Entities">
        <div class="memory-list-head">
          <MemoryTabs at="graph" />
          <p class="list-total" role="status" data-testid="graph-total">
            {answer === null ? "" : plural(answer.total, "entity", "entities")}
          </p>
          <SearchField url={url} label="Search the graph" placeholder="Names, types, observations" />
          {answer && !isEmpty ? <TypeFilter url={url} type={view.type} answer={answer} noType={NO_TYPE} /> : null}
        </div>
        <div class="memory-scroll" tabIndex={-1}>
          {list.error && answer === null ? <Failure error={list.error} retry={list.retry} /> : null}
          {list.loading && answer === null ? <Loading /> : null}
          {isEmpty ? <NothingKnown /> : null}
          {answer && !isEmpty && answer.rows.length === 0 ? (
            <Empty title="No entity passes this">
              <button type="button" class="button" onClick={() => url.set({ q: null, type: null })}>
                Show all entities
              </button>
            </Empty>
          ) : null}
          {answer ? (
            <EntityList answer={answer} wanted={wantedWords(view.q)} opened={view.entity} at={at} hrefOf={hrefOf} />
          ) : null}
        </div>
      </section>
      {view.entity !== null ? (
        <EntityDetail url={url} view={view} types={answer?.all_types ?? []} hrefOf={hrefOf} open={open} />
      ) : answer && !isEmpty ? (
        <GraphOverview answer={answer} open={open} />
      ) : null}
    </div>
  );
}
