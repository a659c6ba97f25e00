/** @module Prints what a benchmark found: figure, budget, yardstick and their ratio, in one table. */

const units = {
  ms: (value) => `${value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString("en")} ms`,
  MB: (value) => `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`,
  ratio: (value) => value.toFixed(3),
  count: (value) => value.toLocaleString("en"),
};

/**
 * @param {string} heading
 * @param {readonly { what: string, value: number, unit: keyof typeof units, budget?: number, yardstick?: { name: string, value: number } }[]} rows
 */
export function printTable(heading, rows) {
  const cells = rows.map(({ what, value, unit, budget, yardstick }) => [
    what,
    units[unit](value),
    budget === undefined ? "" : units[unit](budget),
    budget === undefined ? "" : value <= budget ? "met" : "MISSED",
    yardstick ? `${yardstick.name}: ${units[unit](yardstick.value)}` : "",
    yardstick ? `${(value / yardstick.value).toFixed(2)}x` : "",
  ]);
  const head = ["figure", "measured", "budget", "", "yardstick", "ratio"];
  const widths = head.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column].length)));
  const line = (row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join("  ")}`.trimEnd();
  console.log(`\n${heading}`);
  console.log(line(head));
  console.log(line(widths.map((width) => "-".repeat(width))));
  for (const row of cells) console.log(line(row));
}
