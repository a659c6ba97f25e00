/** @module Which events came live, from hooks or our own programs, by their type. */

const LIVE = /^(?:hook|session|context|log|event)\./;

/** A transcript's records have other types. */
export function isLiveType(type: string): boolean {
  return LIVE.test(type);
}
