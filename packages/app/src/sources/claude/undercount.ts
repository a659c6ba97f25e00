/** @module Which responses carry only the placeholder output count that the client wrote when the message started. */

/** Largest placeholder seen; of the finished responses without a stop reason, none has as little (docs/sources.md). */
const LARGEST_PLACEHOLDER = 32;

/**
 * True when the output count stands for nothing: the record has no stop reason, so it was written before the message
 * ended, and its count is no more than a `message_start` states. Clients up to 2.1.52 never wrote another record for
 * most responses; later ones leave it behind only when they are killed. The version is not asked: the rule was measured
 * on every client of the corpus (docs/sources.md, "Placeholder counts").
 */
export function isOutputUndercounted(stopReason: string | null | undefined, outputTokens: number): boolean {
  return (stopReason === null || stopReason === undefined) && outputTokens <= LARGEST_PLACEHOLDER;
}
