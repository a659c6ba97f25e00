/** @module A text from the command line, a file or standard input, read no further than it may be long. */
import { createReadStream } from "node:fs";
import { ClewError } from "../../../../base/error.ts";

/** Read beyond this and it is too long, whatever follows. */
const MOST_BYTES = 256 * 1024;

/** `path` may be "-". Throws `usage` for what cannot be read, is too long, or is no text. */
export async function textFrom(name: string, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === "-" ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > MOST_BYTES) break;
    }
  } catch (error) {
    throw new ClewError("usage", `${name} cannot be read: ${(error as Error).message}`);
  }
  if (length > MOST_BYTES) throw new ClewError("usage", `${name} is larger than ${MOST_BYTES / 1024} KB`);
  const bytes = Buffer.concat(chunks);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ClewError("usage", `${name} is no text in UTF-8`);
  }
}
