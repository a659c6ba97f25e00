/** @module Builds the SDK: JavaScript by Vite, types by the compiler, both once for `import` and once for `require`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "dist");
const require = createRequire(import.meta.url);

/** Path of a program of an installed package. */
function program(name, path) {
  return join(dirname(require.resolve(`${name}/package.json`)), path);
}

function run(...args) {
  execFileSync(process.execPath, args, { cwd: here, stdio: "inherit" });
}

rmSync(output, { recursive: true, force: true });
for (const [mode, directory] of [
  ["es", output],
  ["cjs", join(output, "cjs")],
]) {
  const config = join(here, "vite.config.ts");
  run(
    program("vite", "bin/vite.js"),
    "build",
    "--config",
    config,
    "--mode",
    mode,
    "--outDir",
    directory,
    "--configLoader",
    "runner",
    "--logLevel",
    "warn",
  );
  run(program("typescript", "bin/tsc"), "-p", here, "--emitDeclarationOnly", "--outDir", directory);
}
mkdirSync(join(output, "cjs"), { recursive: true });
writeFileSync(join(output, "cjs", "package.json"), '{ "type": "commonjs" }\n');
