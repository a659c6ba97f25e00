/** @module Tool calls by tool: how many, how many failed, how long they took. */
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { ToolRow } from "../../../model/answers.ts";
import { FilterBar } from "../parts/filter-bar.tsx";
import { RangePicker } from "../parts/range-picker.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { timeZone } from "../state/api.ts";
import { csvOf, download } from "../state/csv.ts";
import { useUrl } from "../state/filter-url.ts";
import { count, duration } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";

type Sort = "calls" | "failures" | "rate" | "p50_ms" | "p95_ms" | "p99_ms";
const HEADS: readonly { readonly sort: Sort; readonly label: string }[] = [
  { sort: "calls", label: "Calls" },
  { sort: "failures", label: "Failed" },
  { sort: "rate", label: "Failure rate" },
  { sort: "p50_ms", label: "p50" },
  { sort: "p95_ms", label: "p95" },
  { sort: "p99_ms", label: "p99" },
];
/** Below this many calls a high percentile is only the slowest call. */
const ENOUGH = 20;

export function ToolsPage() {
  const url = useUrl();
  const [sort, setSort] = useState<Sort>("calls");
  const answer = useAnswer<{ readonly rows: readonly ToolRow[] }>(
    "tools",
    { q: url.q, tz: timeZone },
    { follow: "all" },
  );
  const rows = [...(answer.data?.rows ?? [])].sort((a, b) => sortValue(b, sort) - sortValue(a, sort));
  const most = Math.max(1, ...rows.map((row) => row.calls));
  const save = () =>
    download(
      "clew-tools.csv",
      csvOf(
        ["tool", "mcp_server", "calls", "failures", "p50_ms", "p95_ms", "p99_ms"],
        rows.map((row) => [row.tool, row.mcp_server, row.calls, row.failures, row.p50_ms, row.p95_ms, row.p99_ms]),
      ),
    );
  return (
    <div class="page tools-page">
      <header class="page-head">
        <h1>Tools</h1>
        <FilterBar url={url} label="Filter tool calls" placeholder="Filter: project:api tool:Bash since:30d" />
        <RangePicker url={url} />
      </header>
      {answer.error && !answer.data ? <Failure error={answer.error} retry={answer.retry} /> : null}
      {!answer.data && !answer.error ? <Loading /> : null}
      {answer.data && rows.length === 0 ? <Empty title="No tool calls here">{null}</Empty> : null}
      {rows.length > 0 ? (
        <section class="card" aria-label="Tools">
          <header>
            <h2>{count(rows.length)} tools</h2>
            <button type="button" class="more" onClick={save}>
              CSV
            </button>
          </header>
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Table of tools">
            <table class="tools-table">
              <thead>
                <tr>
                  <th scope="col">Tool</th>
                  {HEADS.map((head) => (
                    <th scope="col" key={head.sort} aria-sort={sort === head.sort ? "descending" : undefined}>
                      <button type="button" onClick={() => setSort(head.sort)}>
                        {head.label}
                        <i aria-hidden="true">{sort === head.sort ? "↓" : ""}</i>
                      </button>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={`${row.mcp_server}/${row.tool}`}>
                    <th scope="row">
                      <Link href={`/?q=${encodeURIComponent(`tool:"${row.tool}"`)}`}>{row.tool}</Link>
                      {row.mcp_server ? <small> {row.mcp_server}</small> : null}
                    </th>
                    <td class="with-bar">
                      <i style={{ width: `${(100 * row.calls) / most}%` }} />
                      <span>{count(row.calls)}</span>
                    </td>
                    <td>{row.failures > 0 ? <b class="failures">{count(row.failures)}</b> : "0"}</td>
                    <td title={`${count(row.failures)} of ${count(row.calls)}`}>
                      {row.calls > 0 ? `${((100 * row.failures) / row.calls).toFixed(1)} %` : "–"}
                    </td>
                    <td>{duration(row.p50_ms)}</td>
                    <td>{row.calls < ENOUGH ? <Few row={row} value={row.p95_ms} /> : duration(row.p95_ms)}</td>
                    <td>{row.calls < ENOUGH ? <Few row={row} value={row.p99_ms} /> : duration(row.p99_ms)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ) : null}
    </div>
  );
}

function Few({ row, value }: { readonly row: ToolRow; readonly value: number | null }) {
  return (
    <span
      class="faint"
      title={`Only ${row.calls} calls: too few for a percentile (the value would be ${duration(value)})`}
    >
      n = {row.calls}
    </span>
  );
}

function sortValue(row: ToolRow, sort: Sort): number {
  if (sort === "rate") return row.calls > 0 ? row.failures / row.calls : 0;
  return row[sort] ?? -1;
}
