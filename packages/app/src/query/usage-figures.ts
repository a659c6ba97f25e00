/** @module Sums of usage as they are stored, and as they are shown. */
import type { UsageFigures } from "../model/answers.ts";
import { dollarsOf } from "./session-row.ts";

/** Columns that usage_by_session and usage_by_hour share. */
export interface StoredUsage {
  readonly responses: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_5m_tokens: number;
  readonly cache_1h_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly cost_micros: number;
  readonly unpriced_responses: number;
  readonly undercounted_responses: number;
}

export type MutableUsage = { -readonly [K in keyof StoredUsage]: number };

const NAMES = [
  "responses",
  "input_tokens",
  "output_tokens",
  "cache_5m_tokens",
  "cache_1h_tokens",
  "cache_write_tokens",
  "cache_read_tokens",
  "cost_micros",
  "unpriced_responses",
  "undercounted_responses",
] as const satisfies readonly (keyof StoredUsage)[];

/** `sum(u.x) AS x` for every usage column. */
export const USAGE_SUMS = NAMES.map((name) => `sum(u.${name}) AS ${name}`).join(", ");

/** The same over `responses r`, whose columns are named a little differently. */
export const RESPONSE_SUMS = `count(*) AS responses, sum(u.input_tokens) AS input_tokens, sum(u.output_tokens) AS output_tokens,
  sum(u.cache_5m_tokens) AS cache_5m_tokens, sum(u.cache_1h_tokens) AS cache_1h_tokens, sum(u.cache_write_tokens) AS cache_write_tokens,
  sum(u.cache_read_tokens) AS cache_read_tokens, coalesce(sum(u.cost_micros), 0) AS cost_micros,
  sum(u.cost_micros IS NULL) AS unpriced_responses, sum(u.output_undercounted) AS undercounted_responses`;

export function emptyUsage(): MutableUsage {
  return Object.fromEntries(NAMES.map((name) => [name, 0])) as MutableUsage;
}

export function addUsage(sum: MutableUsage, more: StoredUsage): void {
  for (const name of NAMES) sum[name] += more[name] ?? 0;
}

export function usageFigures(usage: StoredUsage): UsageFigures {
  return {
    responses: usage.responses,
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_creation_input_tokens: usage.cache_write_tokens,
    cache_creation_5m_input_tokens: usage.cache_5m_tokens,
    cache_creation_1h_input_tokens: usage.cache_1h_tokens,
    cache_read_input_tokens: usage.cache_read_tokens,
    cost_usd: dollarsOf(usage.cost_micros, usage.responses, usage.unpriced_responses),
    unpriced_responses: usage.unpriced_responses,
    output_undercounted: usage.undercounted_responses > 0,
  };
}
