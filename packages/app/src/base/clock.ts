/** @module Time as a value that is passed in, so that tests are exact. */

/** Milliseconds since 1970 UTC. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
