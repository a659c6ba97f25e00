/** @module How often tools may be called: a bucket that fills steadily, so that a loop gone wild is told to wait. */

export interface RateLimit {
  /** Milliseconds to wait; 0: go on. */
  readonly take: () => number;
}

/** Calls at once, and calls a second in the long run: more than any agent makes that reads its answers. */
const BURST = 60;
const PER_SECOND = 20;

/** `clock`: milliseconds that never go back. */
export function rateLimit(clock: () => number, burst = BURST, perSecond = PER_SECOND): RateLimit {
  let left = burst;
  let at = clock();
  return {
    take() {
      const now = clock();
      left = Math.min(burst, left + ((now - at) / 1000) * perSecond);
      at = now;
      if (left < 1) return Math.ceil(((1 - left) / perSecond) * 1000);
      left--;
      return 0;
    },
  };
}
