/** @module The text of a compressed log file, a piece at a time: bounded memory, and an end to what unpacks to ever more. */
import { closeSync, createReadStream, type ReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { openLogFile, readBytes } from "./file-bytes.ts";

export interface GzLimits {
  /** Bytes of text of one file. */
  readonly bytes: number;
  /** Bytes of text for each that is stored, once there are more than `freeBytes`; a log of equal lines reaches some hundred. */
  readonly ratio: number;
  readonly freeBytes: number;
}

export const GZ_LIMITS: GzLimits = { bytes: 8 * 1024 ** 3, ratio: 500, freeBytes: 64 * 1024 * 1024 };

export interface GzReader {
  /** Bytes of text that have been taken. */
  readonly position: number;
  /** Unpacks until there are `length` more bytes of text, or no more at all. Throws what is wrong with the file. */
  fill(length: number): Promise<{ readonly bytes: Buffer; readonly isEnd: boolean }>;
  take(length: number): void;
  close(): void;
}

export function openGz(path: string, limits: GzLimits = GZ_LIMITS): GzReader {
  const { descriptor } = openLogFile(path);
  const stored: ReadStream = createReadStream("", { fd: descriptor, autoClose: true, highWaterMark: 64 * 1024 });
  const unpack = createGunzip();
  stored.on("error", (error) => unpack.destroy(error));
  stored.pipe(unpack);
  const chunks = unpack[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let parts: Buffer[] = [];
  let held = 0;
  let position = 0;
  let made = 0;
  let isEnd = false;
  return {
    get position() {
      return position;
    },
    async fill(length) {
      while (held < length && !isEnd) {
        const next = await chunks.next();
        if (next.done) isEnd = true;
        else {
          parts.push(next.value);
          held += next.value.length;
          made += next.value.length;
          if (made > limits.bytes) throw new Error(`unpacks to more than ${limits.bytes} bytes`);
          if (made > limits.freeBytes && made > limits.ratio * Math.max(1, stored.bytesRead))
            throw new Error(`unpacks to more than ${limits.ratio} times its size`);
        }
      }
      if (parts.length !== 1) parts = [Buffer.concat(parts)];
      return { bytes: parts[0]!, isEnd };
    },
    take(length) {
      const rest = Buffer.concat(parts).subarray(length);
      // A copy: what has been taken must not be kept alive by what is left.
      parts = [Buffer.from(rest)];
      held = rest.length;
      position += length;
    },
    close() {
      stored.destroy();
      unpack.destroy();
    },
  };
}

/** How long the text is, by what gzip wrote at the end: right for one member of less than 4 GB. */
export function textLength(path: string): number | null {
  const { descriptor, size } = openLogFile(path);
  try {
    return size < 18 ? null : readBytes(descriptor, size - 4, 4).readUInt32LE();
  } finally {
    closeSync(descriptor);
  }
}
