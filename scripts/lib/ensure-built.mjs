/** @module Builds what is stale: the SDK, the app with its SQL, the plugin it carries, and the dashboard. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { cacheDirectory, root, runNode, say } from "./workspace.mjs";

const app = join(root, "packages", "app");
const sdk = join(root, "packages", "sdk");
const web = join(app, "src", "surfaces", "web");
const plugin = join(root, "plugin");
const shared = [join(root, "tsconfig.base.json"), join(root, "package-lock.json")];

const vite = (config) =>
  runNode("node_modules/vite/bin/vite.js", ["build", "--config", join(app, config), "--logLevel", "warn"], {
    cwd: app,
  });

const isTest = (path) => /\.test\.tsx?$/.test(path);

const targets = [
  {
    name: "sdk",
    inputs: () => [
      ...shared,
      ...["tsconfig.json", "package.json", "build.mjs", "vite.config.ts"].map((name) => join(sdk, name)),
      ...filesUnder(join(sdk, "src")),
    ],
    output: join(sdk, "dist", "index.js"),
    build: () => runNode("packages/sdk/build.mjs"),
  },
  {
    name: "app",
    inputs: () => [
      ...shared,
      join(app, "tsconfig.json"),
      ...filesUnder(join(app, "src")).filter((path) => !path.startsWith(web)),
    ],
    output: join(app, "dist", "bin.js"),
    build() {
      runNode("node_modules/typescript/bin/tsc", ["-p", app]);
      const schema = join(app, "dist", "store", "schema");
      rmSync(schema, { recursive: true, force: true });
      cpSync(join(app, "src", "store", "schema"), schema, { recursive: true });
    },
  },
  {
    name: "command line",
    inputs: () => [
      ...shared,
      join(app, "vite.node.config.ts"),
      join(app, "vite.hook.config.ts"),
      ...filesUnder(join(app, "src")).filter((path) => !path.startsWith(web)),
    ],
    output: join(app, "dist", "app", "bin.js"),
    build: () => vite("vite.node.config.ts"),
  },
  {
    // Not built, only carried: the package has to hold what `clew setup` installs.
    name: "plugin",
    inputs: () => filesUnder(plugin),
    output: join(app, "dist", "plugin", "hooks", "observe.sh"),
    build() {
      const carried = join(app, "dist", "plugin");
      rmSync(carried, { recursive: true, force: true });
      cpSync(plugin, carried, { recursive: true });
    },
  },
  {
    name: "dashboard",
    // Of the rest of the app it bundles only the filter language; everything else it imports is types.
    inputs: () => [
      ...shared,
      join(app, "vite.config.ts"),
      ...filesUnder(web),
      ...["model", "query/filter"].flatMap((folder) => filesUnder(join(app, "src", folder))),
    ],
    output: join(app, "dist", "web", "index.html"),
    build: () => vite("vite.config.ts"),
  },
];

/** Builds every stale target, in order. `clean` starts from nothing. */
export function ensureBuilt({ clean = false } = {}) {
  if (clean)
    for (const directory of [join(sdk, "dist"), join(app, "dist")]) rmSync(directory, { recursive: true, force: true });
  for (const { name, inputs, output, build } of targets) {
    const stamp = join(cacheDirectory, `clew-built-${name}`);
    const fingerprint = fingerprintOf(inputs().filter((path) => !isTest(path)));
    if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) continue;
    say(`building the ${name}`);
    build();
    mkdirSync(cacheDirectory, { recursive: true });
    writeFileSync(stamp, fingerprint);
  }
}

/** Changes when a file is added, removed, resized or touched. */
function fingerprintOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths.sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function filesUnder(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
