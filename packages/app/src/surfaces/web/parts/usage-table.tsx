/** @module Usage by anything as a table that sorts and leaves as CSV. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { UsageFigures } from "../../../model/answers.ts";
import { csvOf, download } from "../state/csv.ts";
import { compact, count, money } from "../state/format.ts";

export interface UsageTableRow {
  readonly key: string;
  readonly label: string;
  readonly cell?: ComponentChildren;
  readonly usage: UsageFigures;
}

const COLUMNS: readonly { readonly key: keyof UsageFigures; readonly label: string }[] = [
  { key: "responses", label: "Responses" },
  { key: "input_tokens", label: "Input" },
  { key: "output_tokens", label: "Output" },
  { key: "cache_creation_input_tokens", label: "Cache writes" },
  { key: "cache_read_input_tokens", label: "Cache reads" },
  { key: "cost_usd", label: "Cost" },
];
const SHOWN = 12;

export interface UsageTableProps {
  readonly name: string;
  readonly rows: readonly UsageTableRow[];
  readonly totals: UsageFigures;
  readonly isBusy?: boolean;
}

export function UsageTable({ name, rows, totals, isBusy = false }: UsageTableProps) {
  const [sort, setSort] = useState<keyof UsageFigures | null>(null);
  const [all, setAll] = useState(false);
  const sorted = sort ? [...rows].sort((a, b) => Number(b.usage[sort] ?? -1) - Number(a.usage[sort] ?? -1)) : rows;
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  const save = () =>
    download(
      `clew-cost-by-${name.toLowerCase()}.csv`,
      csvOf(
        [name, ...COLUMNS.map((column) => column.key), "unpriced_responses", "output_undercounted"],
        [...sorted, { label: "total", usage: totals }].map(({ label, usage }) => [
          label,
          ...COLUMNS.map((column) => usage[column.key] as number | null),
          usage.unpriced_responses,
          usage.output_undercounted ? "yes" : "no",
        ]),
      ),
    );
  return (
    <section
      class="card usage-table"
      aria-label={`Cost by ${name.toLowerCase()}`}
      aria-busy={isBusy ? "true" : undefined}
    >
      <header>
        <h2>By {name.toLowerCase()}</h2>
        <button type="button" class="more" onClick={save}>
          CSV
        </button>
      </header>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`Table by ${name.toLowerCase()}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{name}</th>
              {COLUMNS.map((column) => (
                <th scope="col" key={column.key} aria-sort={sort === column.key ? "descending" : undefined}>
                  <button type="button" onClick={() => setSort(sort === column.key ? null : column.key)}>
                    {column.label}
                    <i aria-hidden="true">{sort === column.key ? "↓" : ""}</i>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.key} data-key={row.key}>
                <th scope="row" title={row.label}>
                  {row.cell ?? row.label}
                </th>
                <Cells usage={row.usage} />
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <Cells usage={totals} />
            </tr>
          </tfoot>
        </table>
      </div>
      {rows.length > SHOWN ? (
        <button type="button" class="more" onClick={() => setAll(!all)}>
          {all ? "show fewer" : `show all ${rows.length}`}
        </button>
      ) : null}
    </section>
  );
}

function Cells({ usage }: { readonly usage: UsageFigures }) {
  return (
    <>
      {COLUMNS.map((column) =>
        column.key === "cost_usd" ? (
          <td key="cost" class="strong">
            <span class={usage.cost_usd === null ? "unpriced" : undefined}>{money(usage.cost_usd)}</span>
            {usage.unpriced_responses > 0 && usage.cost_usd !== null ? (
              <small title={`${count(usage.unpriced_responses)} responses have no known price`}> + unpriced</small>
            ) : null}
          </td>
        ) : (
          <td key={column.key} title={count(usage[column.key] as number)}>
            {column.key === "output_tokens" && usage.output_undercounted ? (
              <abbr title="At least this many: some clients recorded only placeholder output counts">≥ </abbr>
            ) : null}
            {compact(usage[column.key] as number)}
          </td>
        ),
      )}
    </>
  );
}
