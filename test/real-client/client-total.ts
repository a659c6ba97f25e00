/** @module What the client itself says that it spent. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** Its running total, US dollars: the highest of all its processes, since it goes on over resumes and into forks. */
export function clientTotal(config: string): number {
  const lines = readdirSync(config, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".jsonl") && path.startsWith("projects"))
    .flatMap((path) => readFileSync(join(config, path), "utf8").trimEnd().split("\n"));
  const totals = lines
    .map((line) => JSON.parse(line) as { readonly type: string; readonly totalCostUSD?: number })
    .flatMap(({ type, totalCostUSD }) => (type === "cost-state" && totalCostUSD !== undefined ? [totalCostUSD] : []));
  expect(totals.length).toBeGreaterThan(0);
  return Math.max(...totals);
}
