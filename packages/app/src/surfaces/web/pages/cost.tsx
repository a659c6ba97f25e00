/** @module What it all cost: over time, by model, project and session; every part adds up to the total. */
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { CostAnswer, UsageFigures } from "../../../model/answers.ts";
import type { CostSeries } from "../../http/answers.ts";
import { CostChart, type Measure } from "../parts/cost-chart.tsx";
import { FilterBar } from "../parts/filter-bar.tsx";
import { RangePicker } from "../parts/range-picker.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { UsageTable, type UsageTableRow } from "../parts/usage-table.tsx";
import { timeZone } from "../state/api.ts";
import { useUrl, withRange } from "../state/filter-url.ts";
import { compact, count, modelName, money } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";

const UNITS = ["day", "week", "month"] as const;

export function CostPage() {
  const url = useUrl();
  const [measure, setMeasure] = useState<Measure>("cost");
  const unit = UNITS.find((one) => one === url.get("unit")) ?? "day";
  const question = { q: url.q, tz: timeZone };
  const series = useAnswer<CostSeries>("cost/series", { ...question, unit, split: "model" }, { follow: "all" });
  const byTime = useAnswer<CostAnswer>("cost", { ...question, by: unit }, { follow: "all" });
  const byModel = useAnswer<CostAnswer>("cost", { ...question, by: "model" }, { follow: "all" });
  const byProject = useAnswer<CostAnswer>("cost", { ...question, by: "project" }, { follow: "all" });
  const bySession = useAnswer<CostAnswer>("cost", { ...question, by: "session" }, { follow: "all" });
  const totals = byModel.data?.totals;
  return (
    <div class="page cost-page">
      <header class="page-head">
        <h1>Cost</h1>
        <FilterBar url={url} label="Filter usage" placeholder="Filter: project:api model:claude-opus-4-5 since:30d" />
        <RangePicker url={url} />
      </header>
      {byModel.error && !byModel.data ? <Failure error={byModel.error} retry={byModel.retry} /> : null}
      {!totals && !byModel.error ? <Loading /> : null}
      {totals && totals.responses === 0 ? <Empty title="No usage in this period">{null}</Empty> : null}
      {totals && totals.responses > 0 ? (
        <>
          <Totals
            totals={totals}
            unpriced={(byModel.data?.rows ?? []).filter((row) => row.cost_usd === null).map((row) => String(row.model))}
          />
          <section class="card" aria-label="Over time">
            <header>
              <h2>Over time</h2>
              <div class="segmented" role="group" aria-label="Measure">
                {(["cost", "tokens"] as const).map((one) => (
                  <button type="button" key={one} aria-pressed={measure === one} onClick={() => setMeasure(one)}>
                    {one}
                  </button>
                ))}
              </div>
              <div class="segmented" role="group" aria-label="Unit of time">
                {UNITS.map((one) => (
                  <button
                    type="button"
                    key={one}
                    aria-pressed={unit === one}
                    onClick={() => url.set({ unit: one === "day" ? null : one })}
                  >
                    {one}
                  </button>
                ))}
              </div>
            </header>
            {series.data ? (
              <CostChart
                series={series.data}
                measure={measure}
                onPick={(label) => unit === "day" && url.set({ q: withRange(url.q, label, label) })}
              />
            ) : null}
          </section>
          <div class="cards">
            {byModel.data ? (
              <UsageTable
                name="Model"
                rows={rowsOf(byModel.data, "model", modelName)}
                totals={byModel.data.totals}
                isBusy={byModel.loading}
              />
            ) : null}
            {byProject.data ? (
              <UsageTable name="Project" rows={rowsOf(byProject.data, "project")} totals={byProject.data.totals} />
            ) : null}
            {bySession.data ? (
              <UsageTable name="Session" rows={sessionRows(bySession.data)} totals={bySession.data.totals} />
            ) : null}
            {byTime.data ? (
              <UsageTable
                name={unit[0]!.toUpperCase() + unit.slice(1)}
                rows={rowsOf(byTime.data, unit).toReversed()}
                totals={byTime.data.totals}
              />
            ) : null}
          </div>
        </>
      ) : null}
    </div>
  );
}

function Totals({ totals, unpriced }: { readonly totals: UsageFigures; readonly unpriced: readonly string[] }) {
  return (
    <>
      <dl class="figures big" data-testid="cost-totals">
        <div>
          <dt>Cost</dt>
          <dd>{money(totals.cost_usd)}</dd>
        </div>
        <div title={count(totals.output_tokens)}>
          <dt>Output tokens</dt>
          <dd>{compact(totals.output_tokens)}</dd>
        </div>
        <div title={count(totals.input_tokens)}>
          <dt>Input tokens</dt>
          <dd>{compact(totals.input_tokens)}</dd>
        </div>
        <div title={count(totals.cache_creation_input_tokens)}>
          <dt>Cache writes</dt>
          <dd>{compact(totals.cache_creation_input_tokens)}</dd>
        </div>
        <div title={count(totals.cache_read_input_tokens)}>
          <dt>Cache reads</dt>
          <dd>{compact(totals.cache_read_input_tokens)}</dd>
        </div>
        <div>
          <dt>Responses</dt>
          <dd>{count(totals.responses)}</dd>
        </div>
      </dl>
      {totals.unpriced_responses > 0 ? (
        <p class="remark">
          <b>{count(totals.unpriced_responses)} responses are unpriced</b> and not in the cost
          {unpriced.length > 0 ? `: ${unpriced.join(", ")}` : ""}. A <code>prices.json</code> can give them a price.
        </p>
      ) : null}
      {totals.output_undercounted ? (
        <p class="remark">
          Some sessions were written by clients that recorded only placeholder output counts: their real output and cost
          are higher. They are marked “≥”.
        </p>
      ) : null}
    </>
  );
}

function rowsOf(
  answer: CostAnswer,
  key: string,
  show: (text: string) => string = (text) => text,
): readonly UsageTableRow[] {
  return answer.rows.map((row) => {
    const text = row[key] === null || row[key] === undefined ? "(undated)" : String(row[key]);
    return { key: text, label: text, cell: show(text), usage: row };
  });
}

function sessionRows(answer: CostAnswer): readonly UsageTableRow[] {
  return answer.rows.map((row) => {
    const id = String(row.session_id ?? row.session);
    const label = typeof row.title === "string" && row.title ? row.title : id;
    return { key: id, label, cell: <Link href={`/sessions/${encodeURIComponent(id)}`}>{label}</Link>, usage: row };
  });
}
