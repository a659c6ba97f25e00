/** @module A text from the command line, a file or standard input, read no further than it may be long, and not lost where it is refused. */
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import { ensurePrivateDirectory } from "../../../../base/private-directory.ts";
import type { CliContext } from "../../context.ts";

/** Bytes. Read beyond this and it is too long, whatever follows. */
const MOST_BYTES = 256 * 1024;
/** Bytes of standard input that are kept where they cannot be written down. */
const MOST_KEPT = 64 * 1024 * 1024;

/** The system's reasons, as sentences. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EISDIR: "is a directory",
  EACCES: "may not be read",
  EPERM: "may not be read",
  ENAMETOOLONG: "is too long for a path",
};

/**
 * Text of `path`, which may be "-", or `inline`, for `act`. What came from standard input is nowhere else: where it is refused, or
 * `act` fails, it is kept in a file, and the error says in which. Throws `usage` for what cannot be read, is too long, or is no text.
 */
export async function withText<Answer>(
  context: Pick<CliContext, "env" | "clock">,
  name: string,
  given: { readonly inline?: string | undefined; readonly path?: string | undefined },
  act: (text: string | undefined) => Promise<Answer>,
): Promise<Answer> {
  const { inline, path } = given;
  if (path === undefined) return act(inline);
  const bytes = await read(name, path);
  try {
    return await act(textIn(name, bytes));
  } catch (error) {
    if (path !== "-" || bytes.length === 0 || !(error instanceof ClewError)) throw error;
    const kept = keep(context, bytes);
    const part = bytes.length > MOST_KEPT ? `the first ${MOST_KEPT / 1024 / 1024} MB of ${name} are` : `${name} is`;
    throw kept === null
      ? error
      : new ClewError(error.code, `${error.message}\n${part} kept in ${kept}`, { cause: error });
  }
}

function textIn(name: string, bytes: Buffer): string {
  if (bytes.length > MOST_BYTES)
    throw new ClewError(
      "usage",
      `${name} is larger than ${MOST_BYTES / 1024} KB, which is the most: nothing was written`,
    );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ClewError("usage", `${name} is no text in UTF-8`);
  }
}

async function read(name: string, path: string): Promise<Buffer> {
  const most = path === "-" ? MOST_KEPT : MOST_BYTES;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === "-" ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > most) break;
    }
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const where = path === "-" ? "standard input" : path;
    const why = UNREADABLE[code] ?? `cannot be read${code === "" ? "" : ` (${code})`}`;
    throw new ClewError("usage", `${name} cannot be read: ${where} ${why}`);
  }
  return Buffer.concat(chunks);
}

/** Null: it could not be kept. */
function keep({ env, clock }: Pick<CliContext, "env" | "clock">, bytes: Buffer): string | null {
  const directory = join(clewPaths(env).home, "unsaved");
  const at = new Date(clock()).toISOString().replaceAll(":", "-").slice(0, 19);
  const path = join(directory, `${at}-${process.pid}.txt`);
  try {
    ensurePrivateDirectory(clewPaths(env).home);
    ensurePrivateDirectory(directory);
    writeFileSync(path, bytes.subarray(0, MOST_KEPT), { mode: 0o600 });
    return path;
  } catch {
    return null;
  }
}
