/** @module Where a worker thread's compiled entry lies, from the sources under a test runner as well as from the build. */

/**
 * URL to give to `new Worker(...)`. `relative` names the entry as imports do ("./scan-worker.ts"). Node cannot start a
 * thread from TypeScript, so a caller that runs from `src/` (the test runner) gets the compiled twin in `dist/`: build
 * before running tests that start threads.
 */
export function workerUrl(importMetaUrl: string, relative: string): URL {
  const entry = new URL(relative.replace(/\.ts$/, ".js"), importMetaUrl);
  // Only a caller that is TypeScript itself runs from the sources; a build may well lie below some other "src".
  if (importMetaUrl.endsWith(".ts")) entry.pathname = entry.pathname.replace(/\/src\/(?!.*\/src\/)/, "/dist/");
  return entry;
}
