import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { hooksBesideTheBundle } from "./vite.hook.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles the command line into few files: a command opens a handful of them instead of a hundred, which is a quarter of
 * its start-up. Threads and child processes are entries of their own, beside the chunks that name them.
 */
export default defineConfig({
  build: {
    ssr: true,
    outDir: at("dist/app"),
    emptyOutDir: true,
    target: "node20",
    minify: false,
    rollupOptions: {
      input: {
        bin: at("src/bin.ts"),
        "ingest-thread": at("src/daemon/ingest-thread.ts"),
        "ingest-process": at("src/daemon/ingest-process.ts"),
        "reader-thread": at("src/ingest/reader-thread.ts"),
        "scan-worker": at("src/sources/claude/scan/scan-worker.ts"),
        "sql-process": at("src/query/sql-process.ts"),
        observe: at("src/surfaces/hook/observe.ts"),
      },
      output: {
        format: "es",
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        // What nearly every command loads, in two files; the rest is cut where the commands import it.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: "ask",
              test: /src\/(store\/(db|migrate|native-binding|private-files|archive)|query\/(reader|session-row|usage-figures|time-bucket|sessions))\.ts/,
            },
            {
              name: "shell",
              test: /src\/(base|model|query\/filter|surfaces\/cli\/(?!commands\/|session-id|explain-cost|records-shown))/,
            },
          ],
        },
      },
    },
  },
  plugins: [
    hooksBesideTheBundle(),
    {
      name: "schema-beside-the-bundle",
      writeBundle: () => cpSync(at("src/store/schema"), at("dist/app/schema"), { recursive: true }),
    },
  ],
});
