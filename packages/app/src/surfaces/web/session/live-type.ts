/** @module Which events came live, from hooks, our own programs, applications or telemetry, by their type. */

const LIVE = /^(?:(?:hook|session|context|log|event|otel)\.|interaction$)/;

/** A transcript's records have other types. */
export function isLiveType(type: string): boolean {
  return LIVE.test(type);
}
