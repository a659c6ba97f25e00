/** @module Tokens and money that another program has added up for a session: one record per session. */
import type { JsonObject } from "../claude/json.ts";
import { isObject } from "../claude/json.ts";
import { listIn, numberOf, textOf } from "./foreign-row.ts";
import { type ImportRecord, importRecord } from "./import-record.ts";

/** Spellings of the figures, by the names under which they are kept. */
const FIGURES = {
  input_tokens: ["input_tokens", "inputTokens", "prompt_tokens"],
  output_tokens: ["output_tokens", "outputTokens", "completion_tokens"],
  cache_read_input_tokens: ["cache_read_input_tokens", "cache_read_tokens", "cacheReadTokens"],
  cache_creation_input_tokens: ["cache_creation_input_tokens", "cache_write_tokens", "cacheWriteTokens"],
} as const;
const COST = ["cost_usd", "costUsd", "total_cost_usd", "estimated_cost_usd", "cost"];

export interface UsageOwner {
  readonly sessionId: string;
  readonly workspace: string | null;
  readonly ts: number;
}

/**
 * None when the row has no figures. `data.key` names whose figures they are: a later record with the same key says how much
 * they have become, not how much came on top.
 */
export function usageRecords(row: JsonObject, owner: UsageOwner): readonly ImportRecord[] {
  const nested = isObject(row.usage) ? row.usage : {};
  const figure = (names: readonly string[]): number => {
    const value = numberOf(row, names) ?? numberOf(nested, names);
    return value !== null && value > 0 ? Math.trunc(value) : 0;
  };
  const cost = numberOf(row, COST) ?? numberOf(nested, COST);
  const costUsd = cost !== null && cost >= 0 ? cost : null;
  const usage = {
    input_tokens: figure(FIGURES.input_tokens),
    output_tokens: figure(FIGURES.output_tokens),
    cache_read_input_tokens: figure(FIGURES.cache_read_input_tokens),
    cache_creation_input_tokens: figure(FIGURES.cache_creation_input_tokens),
  };
  if (costUsd === null && Object.values(usage).every((count) => count === 0)) return [];
  const models = modelsOf(row);
  // Of several models nobody knows which used how much.
  const model = models.length === 1 ? models[0]! : null;
  const data = {
    key: owner.sessionId,
    model,
    ...(models.length > 1 && { models }),
    ...usage,
    cost_usd: costUsd,
  };
  return [importRecord({ key: ["usage", data], ...owner, type: "usage.imported", data })];
}

/** Names of the models: a list, a list as JSON text, or a text with commas. */
function modelsOf(row: JsonObject): readonly string[] {
  const given = textOf(row, ["model"], 128);
  const names = given === null ? listIn(row, ["models", "models_used"]) : [given];
  return [...new Set(names.filter((name): name is string => typeof name === "string" && name.trim() !== ""))];
}
