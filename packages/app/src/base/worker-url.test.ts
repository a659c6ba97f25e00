import { expect, it } from "vitest";
import { workerUrl } from "./worker-url.ts";

it("points from sources to their compiled twin, in the innermost source folder", () => {
  const url = workerUrl("file:///home/src/clew/packages/app/src/sources/claude/scan/threads.ts", "./scan-worker.ts");
  expect(url.href).toBe("file:///home/src/clew/packages/app/dist/sources/claude/scan/scan-worker.js");
});

it("points from the build to its neighbour", () => {
  expect(workerUrl("file:///usr/src/clew/dist/ingest/run.js", "./worker.ts").href).toBe(
    "file:///usr/src/clew/dist/ingest/worker.js",
  );
});
