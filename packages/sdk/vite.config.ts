import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8")) as { exports: Record<string, unknown> };
const names = Object.keys(exports)
  .filter((path) => path !== "./package.json")
  .map((path) => (path === "." ? "index" : path.slice(2)));

/**
 * Each sub-path of the package as one entry, what they share in few chunks: a program opens two or three files at its start
 * instead of thirty, which is most of what the SDK costs it. Once as ESM, once as CommonJS in a folder that says so.
 */
export default defineConfig(({ mode }) => {
  const isCommonJs = mode === "cjs";
  return {
    build: {
      ssr: true,
      outDir: at(isCommonJs ? "dist/cjs" : "dist"),
      emptyOutDir: false,
      target: "node20",
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(names.map((name) => [name, at(`src/${name}.ts`)])),
        output: {
          format: isCommonJs ? ("cjs" as const) : ("es" as const),
          exports: "named" as const,
          entryFileNames: "[name].js",
          chunkFileNames: "chunks/[name]-[hash].js",
          // All that the main entry needs, in one file.
          codeSplitting: { groups: [{ name: "core", test: /src\/(index|context)\.ts$/ }] },
        },
      },
    },
  };
});
