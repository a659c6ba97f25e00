/** @module A file that lines are appended to: queued, one write at a time, rest at the process' exit. Never throws. */
import { appendFileSync, constants, promises } from "node:fs";
import { dirname } from "node:path";
import { makeDirectory, makeDirectorySync } from "./make-directory.ts";
import { openTransport, type TransportOptions, type TransportStats } from "./transport.ts";

export interface LineFileOptions extends Partial<Omit<TransportOptions, "label">> {
  /** Permissions of a new file. */
  readonly mode?: number;
  /** Called before a batch of so many bytes is appended: may move the file away. */
  readonly beforeAppend?: (bytes: number) => Promise<void>;
}

export interface LineFile {
  readonly path: string;
  /** Appends a line end. */
  readonly write: (line: string) => void;
  /** Answers when everything written so far has been appended, or given up. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** For a process that is about to end. */
  readonly flushSync: () => void;
  readonly stats: () => TransportStats;
}

const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/** Each batch is one appending write, so that several processes can share a file without mixing their lines. */
export function openLineFile(path: string, options: LineFileOptions = {}): LineFile {
  const { mode = 0o600, beforeAppend, ...rest } = options;
  const textOf = (batch: readonly string[]): string => batch.map((line) => `${line}\n`).join("");
  const transport = openTransport(
    {
      async write(batch) {
        const bytes = Buffer.from(textOf(batch));
        await beforeAppend?.(bytes.length);
        const file = await openForAppend(path, mode);
        try {
          for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
        } finally {
          await file.close();
        }
      },
      writeSync(batch) {
        makeDirectorySync(dirname(path), 0o777);
        appendFileSync(path, textOf(batch), { mode });
      },
    },
    { label: path, ...rest },
  );
  const { send, ...others } = transport;
  return { path, write: send, ...others };
}

async function openForAppend(path: string, mode: number): Promise<promises.FileHandle> {
  try {
    return await promises.open(path, APPEND, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await makeDirectory(dirname(path), 0o777);
    return await promises.open(path, APPEND, mode);
  }
}
