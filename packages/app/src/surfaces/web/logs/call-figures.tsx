/** @module What a call of a model took, in a line: model, tokens, cost, times, how it ended. */
import type { ModelCallRow } from "../../http/answers.ts";
import { compact, count, duration, modelName, money } from "../state/format.ts";

export function CallFigures({ call }: { readonly call: ModelCallRow }) {
  const input = inputOf(call);
  return (
    <span class="call-figures">
      <b title={call.model ?? undefined}>{call.model === null ? "unknown model" : modelName(call.model)}</b>
      {input !== null || call.output_tokens !== null ? (
        <span title={tokensTitle(call)}>
          {input === null ? "?" : compact(input)} in, {call.output_tokens === null ? "?" : compact(call.output_tokens)}{" "}
          out
        </span>
      ) : null}
      {call.response_id === null && call.cost_usd === null ? null : (
        <span class={call.cost_usd === null ? "unpriced" : undefined}>{money(call.cost_usd)}</span>
      )}
      {call.duration_ms === null ? null : (
        <span title="From request to the end of the answer">{duration(call.duration_ms)}</span>
      )}
      {call.first_token_ms === null ? null : (
        <span title="Until the first token came">first token {duration(call.first_token_ms)}</span>
      )}
      {call.error === null ? (
        call.finish_reason ? (
          <span class="faint">{call.finish_reason}</span>
        ) : null
      ) : (
        <span class="failures">{call.error}</span>
      )}
    </span>
  );
}

/** All that the model read: fresh, written to the cache, read from it. Null: nobody says. */
export function inputOf(call: ModelCallRow): number | null {
  const parts = [call.input_tokens, call.cache_creation_input_tokens, call.cache_read_input_tokens];
  return parts.every((part) => part === null) ? null : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

function tokensTitle(call: ModelCallRow): string {
  const of = (value: number | null) => (value === null ? "unknown" : count(value));
  return [
    `${of(call.input_tokens)} input`,
    `${of(call.cache_creation_input_tokens)} cache writes`,
    `${of(call.cache_read_input_tokens)} cache reads`,
    `${of(call.output_tokens)} output`,
  ].join("\n");
}
