/** @module Scans one file, or what was appended to it. */
import type { ScannedFile } from "../../../model/scanned-file.ts";
import type { SourceFile } from "../../../model/source-file.ts";
import { openFileScanner } from "./file-scanner.ts";
import { type LineWindows, openLineWindows } from "./read-lines.ts";

/** Read at a time. Searched while it is still in the processor's cache: with 4 MB the scan takes a tenth longer. */
const WINDOW_BYTES = 256 * 1024;

let shared: LineWindows | undefined;

export interface ScanFileOptions {
  /** First byte to read, the start of a line. Only from 0 on do `writtenAt` and the title speak for the whole file. */
  readonly from?: number;
  /** Milliseconds UTC; later times by more than a day are of the future and count as none. */
  readonly now?: number;
  readonly windows?: LineWindows;
}

/** Null when the file cannot be read. */
export function scanFile(file: SourceFile, options: ScanFileOptions = {}): ScannedFile | null {
  if (options.windows === undefined) shared ??= openLineWindows(WINDOW_BYTES);
  const windows = options.windows ?? (shared as LineWindows);
  const scanner = openFileScanner(file, options.now ?? Number.MAX_SAFE_INTEGER);
  try {
    return scanner.result(windows.read(file.path, options.from ?? 0, scanner.lines, scanner.rest));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}
