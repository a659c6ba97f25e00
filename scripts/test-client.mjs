/** @module `npm run test:client`: Clew over transcripts that a real Claude Code has just written (test/real-client). */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { cacheDirectory, main, runNode, runNpm, say } from "./lib/workspace.mjs";

/** Named, because npm picks an older version on Node 20, although the program brings its own runtime. */
const version = "2.1.329";

function installClient() {
  const home = join(cacheDirectory, "clew-client");
  const client = join(home, "node_modules", ".bin", "claude");
  if (existsSync(client)) return client;
  say(`installing Claude Code ${version} (about 380 MB, once)`);
  mkdirSync(home, { recursive: true });
  const name = "@anthropic-ai/claude-code";
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, allowScripts: { [name]: true } }));
  runNpm(["install", `${name}@${version}`, "--no-fund", "--no-audit", "--loglevel=error"], { cwd: home });
  return client;
}

requireSupportedNode();
await main(() => {
  ensureInstalled();
  ensureBuilt();
  const client = process.env.CLEW_CLIENT ?? installClient();
  const args = ["run", "--config", "test/real-client/vitest.config.ts", ...process.argv.slice(2)];
  runNode("node_modules/vitest/vitest.mjs", args, { env: { ...process.env, CLEW_CLIENT: client } });
});
