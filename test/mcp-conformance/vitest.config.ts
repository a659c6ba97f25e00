import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/mcp-conformance/**/*.suite.ts"], pool: "forks", fileParallelism: false },
});
