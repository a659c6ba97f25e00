/** @module Which files are shown: of one project, and with a mark. Each with the number of files. */
import type { MemoryListRow } from "../../http/answers.ts";
import type { UrlState } from "../state/filter-url.ts";
import { compact } from "../state/format.ts";
import { groupsOf, hasMark, MARK_LABELS } from "./file-groups.ts";
import { MEMORY_MARKS, type MemoryView } from "./memory-url.ts";

export interface FileFiltersProps {
  readonly url: UrlState;
  readonly view: MemoryView;
  readonly rows: readonly MemoryListRow[];
}

export function FileFilters({ url, view, rows }: FileFiltersProps) {
  const projects = groupsOf(rows);
  const here = view.project === "" ? rows : (projects.find(({ id }) => id === view.project)?.rows ?? []);
  const marks = MEMORY_MARKS.map((mark) => ({ mark, count: here.filter((row) => hasMark(row, mark)).length })).filter(
    ({ mark, count }) => count > 0 || mark === view.mark,
  );
  return (
    <div class="memory-filters">
      <label>
        <span class="hidden">Project</span>
        <select
          value={view.project}
          data-testid="memory-project"
          onChange={(event) => url.set({ project: event.currentTarget.value })}
        >
          <option value="">All projects</option>
          {projects.map(({ id, name, rows: own }) => (
            <option key={id} value={id}>
              {name} ({own.filter(({ deleted }) => !deleted).length})
            </option>
          ))}
          {view.project !== "" && !projects.some(({ id }) => id === view.project) ? (
            <option value={view.project}>{view.project} (0)</option>
          ) : null}
        </select>
      </label>
      {marks.length === 0 ? null : (
        <ul class="memory-marks" aria-label="Marks">
          {marks.map(({ mark, count }) => (
            <li key={mark}>
              <button
                type="button"
                aria-pressed={view.mark === mark}
                data-mark={mark}
                onClick={() => url.set({ mark: view.mark === mark ? null : mark })}
              >
                {MARK_LABELS[mark]} <span>{compact(count)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
