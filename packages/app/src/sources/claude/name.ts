/** @module A foreign type name as one part of an event type. */

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The name itself; "none" when there is none, "other" when it is no plain word. */
export function nameOf(value: unknown): string {
  if (typeof value !== "string") return "none";
  return NAME.test(value) ? value : "other";
}
