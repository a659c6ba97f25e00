/** @module One response, many records: which record's usage stands. The same whatever the order they are read in. */
import type { ResponseFact } from "../../model/record.ts";

function total(fact: ResponseFact): number {
  return fact.inputTokens + fact.outputTokens + fact.cacheWriteTokens + fact.cacheReadTokens;
}

/**
 * Negative when `left` stands over `right`. A transcript's own record beats an agent_progress copy; then more output (usage
 * grows while a message streams), then more tokens in all; of equal ones the record that has a stop reason is the final.
 */
function compare(left: ResponseFact, right: ResponseFact): number {
  if (left.record !== right.record) return left.record === "assistant" ? -1 : 1;
  if (left.outputTokens !== right.outputTokens) return right.outputTokens - left.outputTokens;
  const difference = total(right) - total(left);
  if (difference !== 0) return difference;
  return (left.stopReason === null ? 1 : 0) - (right.stopReason === null ? 1 : 0);
}

/** Merges two records of one response: the better one's usage, dated by the earlier, a sidechain's only if both are. */
export function mergeResponses(left: ResponseFact, right: ResponseFact): ResponseFact {
  const best = compare(left, right) <= 0 ? left : right;
  const ts = left.ts === null || right.ts === null ? (left.ts ?? right.ts) : Math.min(left.ts, right.ts);
  const isSidechain = left.isSidechain && right.isSidechain;
  return best.ts === ts && best.isSidechain === isSidechain ? best : { ...best, ts, isSidechain };
}
