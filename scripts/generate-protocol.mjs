/**
 * @module `node scripts/generate-protocol.mjs`: makes packages/app/src/sources/otlp/protocol/ from packages/app/proto/.
 * Run it after putting a newer release of the definitions there. The compiler comes from npm's cache or registry and is no
 * dependency, since nobody needs it between two releases; the plug-in and its runtime are.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { main, root, runNpm } from "./lib/workspace.mjs";

const COMPILER = "@bufbuild/buf@1.75.0";
const definitions = join(root, "packages/app/proto");
const generated = join(root, "packages/app/src/sources/otlp/protocol");

const template = JSON.stringify({
  version: "v2",
  plugins: [
    {
      local: join(root, "node_modules/.bin/protoc-gen-es"),
      out: generated,
      // The enums are checked by their generator; this project's own rules allow none.
      opt: ["target=ts", "import_extension=ts", "ts_nocheck=true"],
    },
  ],
});

requireSupportedNode();
await main(() => {
  ensureInstalled();
  rmSync(generated, { recursive: true, force: true });
  runNpm(["exec", "--yes", `--package=${COMPILER}`, "--", "buf", "generate", "--template", template, definitions]);
});
