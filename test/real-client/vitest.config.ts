import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/real-client/**/*.client.ts"], pool: "forks", fileParallelism: false },
});
