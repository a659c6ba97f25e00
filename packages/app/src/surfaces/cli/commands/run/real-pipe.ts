/**
 * @module Pipes of the kind that a shell makes. Node gives a child sockets instead, which scripts notice: `> /dev/stderr`
 * fails on a socket, and a reader that goes away is an error there where a pipe ends the writer quietly.
 */
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

export interface RealPipe {
  readonly reader: Readable;
  /** For the child; whoever made the pipe closes it once the child has its own. */
  readonly writer: number;
}

/** As many pipes as names; null where there are none to be had (Windows, no `mkfifo`). */
export function makePipes(count: number): readonly RealPipe[] | null {
  if (process.platform === "win32") return null;
  let directory: string | null = null;
  const open: number[] = [];
  try {
    directory = mkdtempSync(join(tmpdir(), "clew-run-"));
    const paths = Array.from({ length: count }, (_, index) => join(directory!, String(index)));
    if (count > 0) execFileSync("mkfifo", ["-m", "600", ...paths], { stdio: "ignore" });
    const pairs = paths.map((path) => {
      // A FIFO's reader need not wait for a writer, and then its writer need not wait either.
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      open.push(reader);
      const writer = openSync(path, constants.O_WRONLY);
      open.push(writer);
      return { reader, writer };
    });
    return pairs.map(({ reader, writer }) => ({
      reader: new Socket({ fd: reader, readable: true, writable: false }),
      writer,
    }));
  } catch {
    for (const file of open) closeSync(file);
    return null;
  } finally {
    if (directory !== null) rmSync(directory, { recursive: true, force: true });
  }
}
