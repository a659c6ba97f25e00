/** @module The file that an agent names in CLAUDE_ENV_FILE and sources before every command it runs: variables are added to it, once. */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { ownUid } from "../base/private-directory.ts";
import { exportLine } from "./child-environment.ts";

/** Far more than any such file holds. */
const MOST_BYTES = 1024 * 1024;

export interface EnvFileWritten {
  /** False: nothing had to be, or nothing could be. */
  readonly written: boolean;
  /** Why nothing could be written; null: nothing is wrong. */
  readonly problem: string | null;
}

/**
 * Appends `export NAME='…'` lines in one write. A variable whose last line in the file says the same already is left out, so
 * that a session which starts again (after a compaction) adds nothing. Refuses links, other users' files and what is no
 * regular file. Never throws.
 */
export function writeEnvFile(path: string, variables: Readonly<Record<string, string>>): EnvFileWritten {
  let file: number | null = null;
  try {
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
    file = openSync(path, flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0), 0o600);
    const found = fstatSync(file);
    const uid = ownUid();
    if (!found.isFile()) return refused(`${path} is not a regular file`);
    if (uid !== undefined && found.uid !== uid) return refused(`${path} belongs to another user`);
    if (found.nlink !== 1) return refused(`${path} has another name too`);
    if (found.size > MOST_BYTES) return refused(`${path} is too large`);
    const bytes = Buffer.alloc(found.size);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, length);
    const before = bytes.toString("utf8", 0, length);
    const lines = before.split("\n");
    const added = Object.entries(variables).flatMap(([name, value]) => {
      const line = exportLine(name, value);
      if (line === null) return [];
      // A client that traces gives each command the span it runs in, which tells more.
      const added = name === "TRACEPARENT" ? `[ -n "\${TRACEPARENT:-}" ] || ${line}` : line;
      const start = added.slice(0, added.indexOf("=") + 1);
      return added === lines.findLast((one) => one.startsWith(start)) ? [] : [added];
    });
    if (added.length === 0) return { written: false, problem: null };
    const text = Buffer.from(`${before === "" || before.endsWith("\n") ? "" : "\n"}${added.join("\n")}\n`);
    const wrote = writeSync(file, text);
    return wrote === text.length ? { written: true, problem: null } : refused(`${path} could not be written whole`);
  } catch (error) {
    return refused((error as Error).message);
  } finally {
    if (file !== null) closeSync(file);
  }
}

function refused(problem: string): EnvFileWritten {
  return { written: false, problem };
}
