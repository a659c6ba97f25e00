/** @module Numbers as a row of bars. */

const BARS = "▁▂▃▄▅▆▇█";

/** One bar for each number, relative to the largest; zero is a blank. At most `width` bars: the last ones. */
export function sparkline(values: readonly number[], width = values.length): string {
  const shown = values.slice(-Math.max(0, width));
  const most = shown.reduce((largest, value) => Math.max(largest, value), 0);
  return shown
    .map((value) => (value <= 0 || most <= 0 ? " " : BARS[Math.min(7, Math.max(0, Math.ceil((value / most) * 8) - 1))]))
    .join("");
}
