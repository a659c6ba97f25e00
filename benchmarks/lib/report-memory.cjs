/** @module Preloaded into a measured process: writes its peak resident memory, in bytes, to CLEW_BENCH_MEMORY at exit. */
const { writeFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

if (isMainThread) {
  process.on("exit", () => {
    writeFileSync(process.env.CLEW_BENCH_MEMORY, String(process.resourceUsage().maxRSS * 1024));
  });
}
