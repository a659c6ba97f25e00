/** @module How long ago and how long, in words that stay the same within one minute of the clock. */

const MINUTE = 60_000;

/** "just now", "5 min ago", "3 h ago", "12 days ago"; a time in the future is just now, none is "undated". */
export function age(at: number | null, now: number): string {
  if (at === null) return "undated";
  // Both are cut to whole minutes first: what is left changes only when the clock's minute does.
  const minutes = Math.floor(now / MINUTE) - Math.floor(at / MINUTE);
  return minutes < 1 ? "just now" : `${span(minutes)} ago`;
}

/** "under a minute", "42 min", "3 h", "2 days". */
export function duration(seconds: number): string {
  return seconds < 60 ? "under a minute" : span(Math.floor(seconds / 60));
}

function span(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
