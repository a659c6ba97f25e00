/** @module Builds the SDK: JavaScript by Vite, types by the compiler, both once for `import` and once for `require`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
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
  ["delivery", join(output, "cjs")],
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
  if (mode === "delivery") continue;
  run(program("typescript", "bin/tsc"), "-p", here, "--emitDeclarationOnly", "--outDir", directory);
}
mkdirSync(join(output, "cjs"), { recursive: true });
writeFileSync(join(output, "cjs", "package.json"), '{ "type": "commonjs" }\n');

// What `import` finds where "module-sync" is not known. That is so in every Node without process.getBuiltinModule, and in
// bundlers: a way to load Node's modules first, and what writes to the spool, then the same file.
mkdirSync(join(output, "older"));
const { exports } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
for (const { "module-sync": newer, import: older } of Object.values(exports).filter(
  (paths) => typeof paths === "object",
)) {
  const file = basename(newer.default);
  const hasDefault = /export ?\{[^}]*\bas default\b/.test(readFileSync(join(output, file), "utf8"));
  const lines = [
    'import "../older-node.js";',
    'import "../whole.js";',
    `export * from "../${file}";`,
    ...(hasDefault ? [`export { default } from "../${file}";`] : []),
  ];
  writeFileSync(join(output, "older", basename(older.default)), `${lines.join("\n")}\n`);
}
