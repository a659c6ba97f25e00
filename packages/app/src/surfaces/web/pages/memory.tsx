/** @module The agents' memory files of every project: searched, read, compared. Files, words and choices are the address. */
import { useLocation, useSearch } from "wouter-preact";
import type { MemoryList, MemorySearchAnswer } from "../../http/answers.ts";
import { FileDetail } from "../memory/file-detail.tsx";
import { FileFilters } from "../memory/file-filters.tsx";
import { chosenRows, groupsOf } from "../memory/file-groups.ts";
import { FileList } from "../memory/file-list.tsx";
import { wantedWords } from "../memory/hits.ts";
import { MemoryOverview, NoMemory } from "../memory/memory-overview.tsx";
import { MemoryTabs } from "../memory/memory-tabs.tsx";
import { memoryHref, memoryView } from "../memory/memory-url.ts";
import { SearchField } from "../memory/search-field.tsx";
import { SearchHits } from "../memory/search-hits.tsx";
import { useListKeys } from "../memory/use-list-keys.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { useUrl } from "../state/filter-url.ts";
import { plural } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";

/** Files that a search shows. */
const MOST_FILES = 100;

export function MemoryPage() {
  const url = useUrl();
  const search = useSearch();
  const [, navigate] = useLocation();
  const view = memoryView(search);
  const list = useAnswer<MemoryList>("memory/files", {}, { follow: "all", every: 2_000 });
  const isSearch = view.q.trim() !== "";
  const found = useAnswer<MemorySearchAnswer>(isSearch ? "memory/search" : null, { q: view.q, limit: MOST_FILES });
  const rows = list.data?.rows ?? [];
  const chosen = chosenRows(rows, view);
  const ids = new Set(chosen.map(({ id }) => id));
  const hits = isSearch ? (found.data?.rows ?? []).filter(({ id }) => ids.has(id)) : [];
  const wanted = wantedWords(view.q);
  const hrefOf = (id: string, line?: number) =>
    memoryHref(search, { file: id, ...(line !== undefined && { view: "raw", line: String(line) }) });
  const at = useListKeys({
    ids: (isSearch ? hits : chosen).map(({ id }) => id),
    opened: view.file,
    what: "file",
    open: (id, replace) => navigate(memoryHref(search, { file: id ?? "" }), { replace }),
  });
  const close = () => navigate(memoryHref(search, { file: "" }));
  const isEmpty = list.data !== null && rows.length === 0;
  return (
    <div class="memory-page" data-detail={view.file === null ? undefined : ""}>
      <h1 class="hidden">Memory</h1>
      <section class="memory-list" aria-label="Memory files">
        <div class="memory-list-head">
          <MemoryTabs at="files" />
          <p class="list-total" role="status" data-testid="memory-total">
            {list.data === null
              ? ""
              : isSearch
                ? found.loading
                  ? ""
                  : plural(hits.length, "file")
                : plural(chosen.length, "file")}
          </p>
          <SearchField url={url} label="Search memory files" placeholder="Words in all files" />
          {isEmpty ? null : <FileFilters url={url} view={view} rows={rows} />}
        </div>
        <div class="memory-scroll" tabIndex={-1}>
          {list.error && list.data === null ? <Failure error={list.error} retry={list.retry} /> : null}
          {list.loading && list.data === null ? <Loading /> : null}
          {isEmpty ? <NoMemory /> : null}
          {isSearch && found.error ? <Failure error={found.error} retry={found.retry} /> : null}
          {rows.length > 0 && isSearch && !found.error && found.data === null ? <Loading rows={4} /> : null}
          {rows.length > 0 && isSearch && found.data !== null && hits.length === 0 ? (
            <NothingPasses
              title="No file has these words"
              clear={() => url.set({ q: null, mark: null, project: null })}
            />
          ) : null}
          {rows.length > 0 && !isSearch && chosen.length === 0 ? (
            <NothingPasses title="No file passes this" clear={() => url.set({ mark: null, project: null })} />
          ) : null}
          {isSearch ? (
            <SearchHits rows={hits} wanted={wanted} opened={view.file} at={at} hrefOf={hrefOf} />
          ) : (
            <FileList groups={groupsOf(chosen)} opened={view.file} at={at} hrefOf={hrefOf} />
          )}
        </div>
      </section>
      {view.file !== null ? (
        <FileDetail view={view} search={search} wanted={wanted} onClose={close} />
      ) : rows.length > 0 ? (
        <MemoryOverview rows={rows} hrefOf={hrefOf} />
      ) : null}
    </div>
  );
}

function NothingPasses({ title, clear }: { readonly title: string; clear(): void }) {
  return (
    <Empty title={title}>
      <button type="button" class="button" onClick={clear}>
        Show all files
      </button>
    </Empty>
  );
}
