/** @module Makes a directory and those above it. Node's own recursive mkdir never returns where making one is answered with "no such file" (/proc). */
import { builtin } from "./builtin.ts";

/** The directory and its ancestors, the nearest first. */
function upwards(path: string): readonly string[] {
  const { dirname, resolve } = builtin("node:path");
  const all: string[] = [];
  for (let at = resolve(path); all.at(-1) !== at; at = dirname(at)) all.push(at);
  return all;
}

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

/** Rejects with the system's error. The mode is that of each directory that is made. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  const { promises } = builtin("node:fs");
  const missing: string[] = [];
  for (const one of upwards(path)) {
    const found = await promises.stat(one).catch(() => null);
    if (found) break;
    missing.unshift(one);
  }
  for (const one of missing) {
    await promises.mkdir(one, { mode }).catch((error: unknown) => {
      if (!isThere(error)) throw error;
    });
  }
}

/** Throws the system's error. */
export function makeDirectorySync(path: string, mode: number): void {
  const { existsSync, mkdirSync } = builtin("node:fs");
  const missing: string[] = [];
  for (const one of upwards(path)) {
    if (existsSync(one)) break;
    missing.unshift(one);
  }
  for (const one of missing) {
    try {
      mkdirSync(one, { mode });
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  }
}
