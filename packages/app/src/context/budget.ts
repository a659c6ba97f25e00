/** @module How much of a session's first context Clew may take, and how many items fit into it. */

/** Tokens, where neither the settings nor the caller say anything. */
export const DEFAULT_TOKENS = 1000;
/** The client cuts what a hook prints after 10,000 characters. */
export const MOST_TOKENS = 2800;

/** Tokens of a text, by its length: 3.5 characters a token is what English and code come to. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3.5);
}

/**
 * The text of the longest beginning of `items` that fits; "" when not even one does. Items stand in the order of their
 * worth, so what is dropped is always the end. `render` gets what is kept and how many are not; with more kept its text
 * must be longer, as long as some are not.
 */
export function fitItems<Item>(
  items: readonly Item[],
  tokens: number,
  render: (kept: readonly Item[], dropped: number) => string,
): { readonly text: string; readonly kept: number } {
  const limit = Math.min(tokens, MOST_TOKENS);
  const whole = items.length === 0 ? "" : render(items, 0);
  if (estimateTokens(whole) <= limit) return { text: whole, kept: items.length };
  let best = { text: "", kept: 0 };
  for (let least = 1, most = items.length - 1; least <= most; ) {
    const kept = Math.floor((least + most) / 2);
    const text = render(items.slice(0, kept), items.length - kept);
    if (estimateTokens(text) <= limit) {
      best = { text, kept };
      least = kept + 1;
    } else most = kept - 1;
  }
  return best;
}
