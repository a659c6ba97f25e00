import { fileURLToPath } from "node:url";
import { build, type InlineConfig, type Plugin } from "vite";

/** Programs that an agent waits for. */
const PROGRAMS = ["session-start", "statusline"] as const;

/**
 * One file each, because every further one costs a millisecond, and in the older module format: Node spends 10 to 20 ms less
 * on that and on SQLite's native module. What is loaded only at need stays apart.
 */
function programConfig(name: string, outDir: string): InlineConfig {
  return {
    configFile: false,
    logLevel: "warn",
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: "node20",
      minify: false,
      rollupOptions: {
        input: { [name]: fileURLToPath(new URL(`src/surfaces/hook/${name}.ts`, import.meta.url)) },
        output: { format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name]-[hash].cjs" },
      },
    },
  };
}

/** Builds them once the bundle is written, into the same directory. */
export function hooksBesideTheBundle(): Plugin {
  let outDir = "dist/app";
  return {
    name: "hooks-beside-the-bundle",
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      for (const name of PROGRAMS) await build(programConfig(name, outDir));
    },
  };
}
