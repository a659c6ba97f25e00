/** @module The file in the data directory that says where this program is, for the plugin where no `clew` is on PATH. */
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clewPaths, type Environment } from "./paths.ts";
import { ensurePrivateDirectory } from "./private-directory.ts";

/** A program as two absolute paths. */
export interface ProgramPlace {
  readonly node: string;
  readonly program: string;
}

/** Read by the plugin's bin/clew: node and the program, one to a line. */
export function programFile(env: Environment): string {
  return join(clewPaths(env).home, "program");
}

/** Two levels up in the sources, in the build and in the bundle alike. */
function ownPlace(): ProgramPlace {
  return { node: process.execPath, program: fileURLToPath(new URL("../../bin/clew.js", import.meta.url)) };
}

/**
 * Notes in the data directory where this program is, in one rename and only when that changed. Never throws: without the
 * file the plugin finds a `clew` on PATH or none. Nothing happens where there is no sh that would read it.
 */
export function noteProgram(env: Environment, place: ProgramPlace = ownPlace(), platform = process.platform): void {
  const lines = [place.node, place.program];
  if (platform === "win32" || lines.some((line) => !isAbsolute(line) || /[\n\0]/u.test(line))) return;
  const path = programFile(env);
  const text = `${lines.join("\n")}\n`;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    ensurePrivateDirectory(clewPaths(env).home);
    if (isAsWanted(path, text)) return;
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // Where nothing can be removed, nothing was made.
    }
  }
}

function isAsWanted(path: string, text: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o777) === 0o600 && readFileSync(path, "utf8") === text;
}
