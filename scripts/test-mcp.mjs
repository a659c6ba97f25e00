/** @module `npm run test:mcp`: the MCP server before the official conformance suite and the inspector's command line (test/mcp-conformance). */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./lib/ensure-built.mjs";
import { ensureInstalled } from "./lib/ensure-installed.mjs";
import { requireSupportedNode } from "./lib/supported-node.mjs";
import { cacheDirectory, main, runNode, runNpm, say } from "./lib/workspace.mjs";

/** Not among the dependencies: together they are larger than everything else. */
const packages = {
  "@modelcontextprotocol/conformance": "0.2.0-alpha.12",
  "@modelcontextprotocol/inspector": "2.12.0",
};
/** The conformance suite itself needs a newer Node than Clew does. */
const oldestForSuite = 22;

function installTools() {
  const home = join(cacheDirectory, "clew-mcp");
  const modules = join(home, "node_modules");
  const isOld = Number(process.versions.node.split(".")[0]) < oldestForSuite;
  const node = isOld
    ? join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node")
    : process.execPath;
  const wanted = [...Object.keys(packages).map((name) => join(modules, name, "package.json")), node];
  if (!wanted.every((path) => existsSync(path))) {
    say("installing the conformance suite and the inspector (about 160 MB, once)");
    mkdirSync(home, { recursive: true });
    // Of their install scripts only Node's own runs.
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
    const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
    const more = ["--no-save", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error"];
    runNpm(["install", ...names, ...(isOld ? ["node@24"] : []), ...more], { cwd: home });
  }
  return { CLEW_MCP_TOOLS: modules, CLEW_MCP_NODE: node };
}

requireSupportedNode();
await main(() => {
  ensureInstalled();
  ensureBuilt();
  const env = { ...process.env, ...installTools() };
  const args = ["run", "--config", "test/mcp-conformance/vitest.config.ts", ...process.argv.slice(2)];
  runNode("node_modules/vitest/vitest.mjs", args, { env });
});
