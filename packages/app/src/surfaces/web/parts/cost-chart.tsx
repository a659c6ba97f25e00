/** @module Cost or tokens over time as stacked bars; the table beside it has the same figures. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { UsageFigures } from "../../../model/answers.ts";
import type { CostSeries } from "../../http/answers.ts";
import { compact, modelName, money } from "../state/format.ts";

export type Measure = "cost" | "tokens";

const HEIGHT = 220;
const LEFT = 56;
const BOTTOM = 24;
const TOP = 10;
/** Series beyond these share one colour. */
export const COLOURS = 8;

export function amountOf(usage: UsageFigures | undefined, measure: Measure): number {
  if (!usage) return 0;
  if (measure === "cost") return usage.cost_usd ?? 0;
  return usage.input_tokens + usage.output_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
}

export interface CostChartProps {
  readonly series: CostSeries;
  readonly measure: Measure;
  onPick(label: string): void;
}

export function CostChart({ series, measure, onPick }: CostChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(900);
  const [active, setActive] = useState<number | null>(null);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 900));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const { names } = series;
  const buckets = withGaps(series.buckets);
  const sums = buckets.map((bucket) => names.reduce((sum, name) => sum + amountOf(bucket.series[name], measure), 0));
  const { top, step } = scaleOf(Math.max(...sums, 0));
  const inner = width - LEFT - 8;
  const slot = inner / Math.max(1, buckets.length);
  const bar = Math.max(1, Math.min(36, slot * 0.78));
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const isLong =
    buckets[0]?.label.slice(0, 4) !== buckets.at(-1)?.label.slice(0, 4) || !/-\d\d-/.test(buckets[0]?.label ?? "");
  const every = Math.ceil(buckets.length / Math.max(1, Math.floor(inner / 88)));
  const shown = active === null ? null : buckets[active];
  const show = (value: number) => (measure === "cost" ? money(value) : compact(value));
  return (
    <div class="chart" ref={box}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${measure === "cost" ? "Cost" : "Tokens"} over time by model; the table below has the figures`}
        onPointerLeave={() => setActive(null)}
      >
        {Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) => index * step).map((value) => (
          <g key={value}>
            <line class="grid" x1={LEFT} x2={width - 8} y1={y(value)} y2={y(value)} />
            <text class="tick" x={LEFT - 8} y={y(value) + 3.5} text-anchor="end">
              {show(value)}
            </text>
          </g>
        ))}
        {buckets.map((bucket, index) => {
          let sum = 0;
          const x = LEFT + index * slot + (slot - bar) / 2;
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut; the period's fields do the same by keyboard
            <g
              key={bucket.label}
              class="bucket"
              data-active={active === index ? "" : undefined}
              onPointerEnter={() => setActive(index)}
              onClick={() => onPick(bucket.label)}
            >
              <rect class="slot" x={LEFT + index * slot} y={TOP} width={slot} height={HEIGHT - TOP - BOTTOM} />
              {names.map((name, series) => {
                const value = amountOf(bucket.series[name], measure);
                if (value === 0) return null;
                const bottom = y(sum);
                sum += value;
                return (
                  <rect
                    key={name}
                    class="bar"
                    data-series={Math.min(series, COLOURS - 1)}
                    x={x}
                    width={bar}
                    y={y(sum)}
                    height={Math.max(0.5, bottom - y(sum))}
                  />
                );
              })}
              {index % every === 0 ? (
                <text class="tick" x={LEFT + index * slot + slot / 2} y={HEIGHT - 7} text-anchor="middle">
                  {isLong ? bucket.label : bucket.label.slice(5)}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      <p class="chart-note" aria-hidden="true">
        {shown ? (
          <>
            <b>{shown.label}</b> {show(sums[active!] ?? 0)}
            {names
              .filter((name) => amountOf(shown.series[name], measure) > 0)
              .map((name) => (
                <span key={name}>
                  <i class="swatch" data-series={Math.min(names.indexOf(name), COLOURS - 1)} /> {modelName(name)}{" "}
                  {show(amountOf(shown.series[name], measure))}
                </span>
              ))}
          </>
        ) : (
          names.slice(0, COLOURS).map((name, index) => (
            <span key={name}>
              <i class="swatch" data-series={index} /> {modelName(name)}
              {index === COLOURS - 1 && names.length > COLOURS ? " and others" : ""}
            </span>
          ))
        )}
      </p>
    </div>
  );
}

const DAY_MS = 86_400_000;
type Bucket = CostSeries["buckets"][number];

/** Days without usage stand as empty slots, so that distance on the axis is time. */
function withGaps(buckets: readonly Bucket[]): readonly Bucket[] {
  const isDaily = buckets.every((bucket) => /^\d{4}-\d\d-\d\d$/.test(bucket.label));
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!isDaily || !first || !last) return buckets;
  const days = (Date.parse(last.label) - Date.parse(first.label)) / DAY_MS + 1;
  if (days > 400) return buckets;
  const known = new Map(buckets.map((bucket) => [bucket.label, bucket]));
  return Array.from({ length: days }, (_, index) => {
    const label = new Date(Date.parse(first.label) + index * DAY_MS).toISOString().slice(0, 10);
    return known.get(label) ?? { start: `${label}T00:00:00.000Z`, label, series: {} };
  });
}

/** A round top above the highest bar, and the distance of the grid's lines. */
function scaleOf(highest: number): { readonly top: number; readonly step: number } {
  if (highest <= 0) return { top: 1, step: 1 };
  const power = 10 ** Math.floor(Math.log10(highest / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one * 4 >= highest) ?? power * 10;
  return { top: Math.ceil(highest / step) * step, step };
}
