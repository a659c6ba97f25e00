/**
 * @module Runs the packages' tests on a real Node 24, beside a suite that ran on an older one.
 *
 * Node 24 needs its own better-sqlite3 (13 has binaries in the package, 12 was compiled for this Node), and workers and
 * child processes resolve it by themselves. So the tests run in a copy of the working tree whose node_modules links to
 * the real one, except for better-sqlite3.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { runVitest } from "./vitest-run.mjs";
import { cacheDirectory, root, runNpm, StepFailed, say } from "./workspace.mjs";

const home = join(cacheDirectory, "clew-node24");
const node = join(home, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const copy = join(home, "tree");
const own = new Set(["better-sqlite3", "clew", "clew-sdk"]);
const left = new Set([".git", "node_modules"]);

/** @returns {import("./vitest-run.mjs").Counts} Counts of nothing when this already is Node 24 or newer. */
export function runOnNode24() {
  if (Number(process.versions.node.split(".")[0]) >= 24) {
    say("this already is Node 24 or newer: no second run");
    return { passed: 0, failed: 0, skipped: 0 };
  }
  if (!installNode24()) {
    if (process.env.CI) throw new StepFailed("Node 24 could not be installed");
    say("Node 24 could not be installed: its part of the suite is skipped");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  copyTree();
  say("the packages' tests again, on Node 24");
  const env = {
    ...process.env,
    PATH: `${join(node, "..")}${delimiter}${process.env.PATH ?? ""}`,
    CLEW_CORPUS: process.env.CLEW_CORPUS ?? join(root, "..", "shared", "corpus"),
  };
  return runVitest({ node, cwd: copy, args: ["packages"], label: "node24", env });
}

function installNode24() {
  const sqlite = join(home, "node_modules", "better-sqlite3", "package.json");
  if (existsSync(node) && existsSync(sqlite)) return true;
  say("installing Node 24 for the second run (a few seconds)");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
  try {
    const quiet = ["--no-save", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error"];
    runNpm(["install", "node@24", "better-sqlite3@13", ...quiet], { cwd: home });
  } catch (error) {
    if (error instanceof StepFailed) return false;
    throw error;
  }
  return existsSync(node) && existsSync(sqlite);
}

function copyTree() {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(root)) {
    if (left.has(name)) continue;
    const filter = (path) => basename(path) !== "node_modules";
    cpSync(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true, filter });
  }
  const modules = join(root, "node_modules");
  const target = join(copy, "node_modules");
  mkdirSync(target);
  for (const name of readdirSync(modules)) {
    if (!own.has(name) && !name.startsWith(".cache")) symlinkSync(join(modules, name), join(target, name));
  }
  symlinkSync(join(home, "node_modules", "better-sqlite3"), join(target, "better-sqlite3"));
  symlinkSync(join(copy, "packages", "app"), join(target, "clew"));
  symlinkSync(join(copy, "packages", "sdk"), join(target, "clew-sdk"));
}
