import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8")) as { exports: Record<string, unknown> };
const names = Object.keys(exports)
  .filter((path) => path !== "./package.json")
  .map((path) => (path === "." ? "index" : path.slice(2)));

const sourceOf = (name: string, mode: string) => at(`src/${mode === "es" && name === "index" ? "main-file" : name}.ts`);

/** Modules that the main entry needs at once load the others on demand. */
const onDemand: Plugin = {
  name: "delivery on demand",
  enforce: "pre",
  resolveId(source, importer) {
    const isLight = source === "./delivery.ts" && /\/src\/(record|span-exporter)\.ts$/.test(importer ?? "");
    return isLight ? at("src/delivery-on-demand.ts") : null;
  },
};

/**
 * Each sub-path of the package as one entry, what they share in few chunks: a program opens one or two files at its start
 * instead of thirty. Mode "es" is ESM; "cjs" is CommonJS, for a folder that says so; "delivery" is what the ESM files load
 * on demand, in one file of its own. Without comments and blanks, because reading them costs; functions keep their names,
 * which stand in stack traces.
 */
export default defineConfig(({ mode }) => {
  const isCommonJs = mode !== "es";
  const inputs =
    mode === "delivery"
      ? ["delivery"]
      : mode === "cjs"
        ? [...names, "older-node"]
        : // The main file holds pino's adapter, too.
          [...names.filter((name) => name !== "pino"), "older-node", "whole"];
  return {
    plugins: mode === "es" ? [onDemand] : [],
    build: {
      ssr: true,
      emptyOutDir: false,
      target: "node20",
      sourcemap: true,
      rollupOptions: {
        input: Object.fromEntries(inputs.map((name) => [name, sourceOf(name, mode)])),
        output: {
          format: isCommonJs ? ("cjs" as const) : ("es" as const),
          exports: "named" as const,
          entryFileNames: "[name].js",
          chunkFileNames: "chunks/[name]-[hash].js",
          minify: { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: true } },
          // CommonJS can look first; ESM has entries of its own for that (build.mjs).
          intro: (chunk: { readonly isEntry: boolean; readonly name: string }) =>
            isCommonJs && chunk.isEntry && chunk.name !== "older-node"
              ? 'if (!process.getBuiltinModule) require("./older-node.js");'
              : "",
          // All that the main entry needs, in one file.
          codeSplitting: { groups: [{ name: "core", test: /src\/(main-file|index|context)\.ts$/ }] },
        },
      },
    },
  };
});
