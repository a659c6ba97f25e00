/** @module Puts a memory file of the store on the disk: nowhere but under its root, and never over what nobody has seen. */
import { mkdirSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, sep } from "node:path";
import { ClewError } from "../base/error.ts";
import type { MemoryRoot } from "./memory-places.ts";

/**
 * Puts new bytes in a file's place, whole or not at all, or takes it away (null). Throws where its bytes are not `expected`
 * (null: there is none) any more; `path` is no link.
 */
export type PutFile = (
  path: string,
  bytes: Buffer | null,
  options: { readonly expected: Buffer | null; readonly mode: number; readonly unique: string },
) => void;

export interface PlacedFile {
  readonly location: string;
  readonly root: MemoryRoot;
  readonly disk: { readonly real: string; readonly bytes: Buffer } | null;
}

/** Throws `io`, with nothing changed. */
export function putMemory(putFile: PutFile, file: PlacedFile, bytes: Buffer | null, unique: string): void {
  const { location, root, disk } = file;
  if (disk) putFile(disk.real, bytes, { expected: disk.bytes, mode: root.mode, unique });
  else if (bytes !== null) putNew(putFile, { location, root }, bytes, unique);
}

function putNew(
  putFile: PutFile,
  { location, root }: Pick<PlacedFile, "location" | "root">,
  bytes: Buffer,
  unique: string,
): void {
  const directory = dirname(location);
  makeBelow(directory, root);
  const twin = readdirSync(directory).find((name) => isTwin(name, basename(location)));
  if (twin !== undefined)
    throw new ClewError(
      "io",
      `${location} is not written: ${twin} is there, which is one file with it where letter case does not count`,
    );
  putFile(location, bytes, { expected: null, mode: root.mode, unique });
}

function isTwin(name: string, other: string): boolean {
  return name !== other && name.normalize("NFC").toLowerCase() === other.normalize("NFC").toLowerCase();
}

/** Makes the directory, and sees that no link leads it out of its root. */
function makeBelow(directory: string, root: MemoryRoot): void {
  const top = root.bounds ?? (root.kind === "directory" ? root.path : dirname(root.path));
  try {
    mkdirSync(directory, { recursive: true, mode: root.bounds === null ? 0o700 : 0o755 });
    const [real, within] = [realpathSync(directory), realpathSync(top)];
    if (real !== within && !real.startsWith(within + sep))
      throw new ClewError("io", `${directory} is a link that leads out of ${top}: nothing is written there`);
  } catch (error) {
    if (error instanceof ClewError) throw error;
    throw new ClewError("io", `${directory} cannot be made: ${(error as Error).message}`, { cause: error });
  }
}
