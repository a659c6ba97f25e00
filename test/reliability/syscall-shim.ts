/**
 * @module Compiles syscall-shim.c, and gives the environment that puts it between a program and its C library: no
 * debugger's rights are needed, and a run costs hardly more than without.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { repositoryRoot } from "../repository.ts";

export interface ShimUse {
  /** Only changes below it are of interest. */
  readonly root: string;
  readonly log?: string;
  /** Kills the process just before the so-manieth change. */
  readonly killAt?: number;
  /** While this file exists, the calls that it names fail. */
  readonly faults?: string;
}

export interface Shim {
  environment(use: ShimUse): NodeJS.ProcessEnv;
}

const source = join(repositoryRoot, "test", "reliability", "syscall-shim.c");

/**
 * Null where there is no C compiler, or no LD_PRELOAD; says so by name. On a machine that runs tests for others the
 * compiler belongs to what is installed, so there it is an error. To be called while a test file is read.
 */
export function buildShim(why: string): Shim | null {
  if (process.platform !== "linux") return missing(`LD_PRELOAD on ${process.platform}`, why);
  const directory = mkdtempSync(join(tmpdir(), "clew-shim-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const library = join(directory, "syscall-shim.so");
  const compiled = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"], {
    encoding: "utf8",
  });
  if (compiled.error) {
    if (process.env.CI === "true") throw new Error("cc, a C compiler, is not installed");
    return missing("cc, a C compiler", why);
  }
  if (compiled.status !== 0) throw new Error(`${source} does not compile:\n${compiled.stderr}`);
  return {
    environment: ({ root, log, killAt, faults }) => ({
      LD_PRELOAD: library,
      CLEW_SHIM_ROOT: root,
      ...(log && { CLEW_SHIM_LOG: log }),
      ...(killAt && { CLEW_SHIM_KILL: String(killAt) }),
      ...(faults && { CLEW_SHIM_FAULT: faults }),
    }),
  };
}

function missing(what: string, why: string): null {
  console.warn(`not on this machine: ${what}; ${why}`);
  return null;
}
