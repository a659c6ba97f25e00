/** @module Runs Vitest with its own output on the terminal and returns the counts from its report. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, root, tryRun } from "./workspace.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} `failed` is at least 1 whenever Vitest did not exit 0. */
export function runVitest({ node, cwd, args, label, env = process.env }) {
  const report = join(cacheDirectory, `clew-test-${label}.json`);
  mkdirSync(cacheDirectory, { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const status = tryRun(node, [vitest, "run", ...reporters, ...args], { cwd, env });
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = readReport(report);
  const failed = status === 0 ? numFailedTests : Math.max(numFailedTests, 1);
  return { passed: numPassedTests, failed, skipped: numPendingTests };
}

/** @returns {Counts} */
export function addCounts(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}
