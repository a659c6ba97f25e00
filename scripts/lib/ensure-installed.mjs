/** @module Installs the dependencies when they are missing, older than the lock file, or built for another Node. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runNpm, StepFailed, say } from "./workspace.mjs";

const modules = join(root, "node_modules");
const lockFile = join(root, "package-lock.json");
const marker = join(modules, ".clew-install.json");
const npmMarker = join(modules, ".package-lock.json");
const bin = join(modules, ".bin", process.platform === "win32" ? "clew.cmd" : "clew");

/** Makes node_modules fit package-lock.json and this Node; does nothing, in a millisecond, when it does already. */
export function ensureInstalled() {
  const wanted = { lock: hashOf(lockFile), abi: process.versions.modules };
  const found = readMarker();
  if (!existsSync(npmMarker) || (found ? found.lock !== wanted.lock : isNewer(lockFile, npmMarker))) {
    install(existsSync(npmMarker));
  } else if ((!found || found.abi !== wanted.abi) && !sqliteLoads()) {
    say(
      `Node changed to ${process.versions.node}: rebuilding SQLite for it (a few seconds, or 1 to 2 minutes to compile)`,
    );
    runNpm(["rebuild", "better-sqlite3"]);
  } else if (found && found.abi === wanted.abi && existsSync(bin)) {
    return;
  }
  if (!sqliteLoads()) {
    throw new StepFailed("better-sqlite3 does not load; compiling it needs python3, make and a C++ compiler");
  }
  if (!existsSync(bin)) runNpm(["rebuild", "clew", "--ignore-scripts"], { stdio: "ignore" });
  writeFileSync(marker, `${JSON.stringify(wanted)}\n`);
}

function install(again) {
  const why = again ? "package-lock.json has changed" : "first run";
  say(`${why}: installing dependencies (about a minute; two where SQLite has to be compiled)`);
  // Not `npm ci`: it refuses a lock file without the packages of every other platform, and would compile SQLite again
  // whenever anything changes. `--no-save` keeps the lock file as it is.
  runNpm(["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"]);
}

function readMarker() {
  try {
    return JSON.parse(readFileSync(marker, "utf8"));
  } catch {
    return null;
  }
}

function hashOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function isNewer(a, b) {
  return statSync(a).mtimeMs > statSync(b).mtimeMs;
}

/** In a process of its own: a binary for another Node can take the process with it. */
function sqliteLoads() {
  const probe = 'new (require("better-sqlite3"))(":memory:").close()';
  return (
    spawnSync(process.execPath, ["-e", probe], { cwd: join(root, "packages", "app"), stdio: "ignore" }).status === 0
  );
}
