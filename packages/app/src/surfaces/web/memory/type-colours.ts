/** @module Which of the chart's colours a type of entity has: the most frequent ones have one of their own. */

/** The last colour is for the rest, and for those without a type. */
const COLOURS = 8;

/** Index of a `--series-N` colour. `types`: those of the whole graph, most frequent first. */
export function colourOf(type: string, types: readonly string[]): number {
  if (type === "") return COLOURS - 1;
  const at = types.filter((one) => one !== "").indexOf(type);
  return at < 0 || at >= COLOURS - 1 ? COLOURS - 1 : at;
}
