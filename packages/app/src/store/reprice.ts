/** @module Computes stored costs again when the price lists have changed. */
import type { WriteContext } from "./context.ts";
import type { Projections } from "./project/apply.ts";

const STORED = "SELECT value FROM settings WHERE name = 'prices'";
const STORE =
  "INSERT INTO settings (name, value) VALUES ('prices', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const RESPONSES = `
  SELECT response_id AS responseId, session_id AS sessionId, ts, model, input_tokens AS inputTokens,
         output_tokens AS outputTokens, cache_5m_tokens AS cache5mTokens, cache_1h_tokens AS cache1hTokens,
         cache_write_tokens AS cacheWriteTokens, cache_read_tokens AS cacheReadTokens, web_searches AS webSearches, speed,
         service_tier AS serviceTier, inference_geo AS inferenceGeo, cost_micros AS costMicros, price_version AS priceVersion
  FROM responses WHERE price_version IS NOT 'reported'`;
const SET = "UPDATE responses SET cost_micros = ?, price_version = ? WHERE response_id = ?";

interface StoredResponse {
  readonly responseId: string;
  readonly sessionId: string;
  readonly ts: number | null;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cache5mTokens: number;
  readonly cache1hTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly webSearches: number;
  readonly speed: string | null;
  readonly serviceTier: string | null;
  readonly inferenceGeo: string | null;
  readonly costMicros: number | null;
  readonly priceVersion: string | null;
}

export function repricer(context: WriteContext, projections: Projections) {
  const { db, price } = context;
  return {
    isNeeded(prices: string): boolean {
      return (db.prepare(STORED).get() as { value: string } | undefined)?.value !== prices;
    },
    run(prices: string): void {
      const set = db.prepare(SET);
      for (const response of db.prepare<[], StoredResponse>(RESPONSES).all()) {
        const { costMicros, priceVersion } = price(response);
        if (costMicros === response.costMicros && priceVersion === response.priceVersion) continue;
        projections.touch(response.sessionId);
        set.run(costMicros, priceVersion, response.responseId);
      }
      db.prepare(STORE).run(prices);
    },
  };
}
