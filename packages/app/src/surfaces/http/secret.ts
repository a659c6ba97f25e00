/** @module The secret that signs the dashboard's cookies: 32 bytes in a file that only its owner reads. */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const BYTES = 32;

/** Reads `<home>/dashboard.key`, or makes it anew when it is absent, of the wrong size or open to others. */
export function dashboardSecret(home: string): Uint8Array {
  const path = join(home, "dashboard.key");
  return readSecret(path) ?? makeSecret(path);
}

function readSecret(path: string): Uint8Array | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    const isPrivate = process.platform === "win32" || ((stat.mode & 0o077) === 0 && stat.uid === process.getuid?.());
    return stat.isFile() && stat.size === BYTES && isPrivate ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}

function makeSecret(path: string): Uint8Array {
  const secret = randomBytes(BYTES);
  rmSync(path, { force: true });
  const file = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
    0o600,
  );
  try {
    writeSync(file, secret);
  } finally {
    closeSync(file);
  }
  return secret;
}
