/** @module The secrets of the server, each in a file that only its owner reads: what signs cookies, what exporters and agents show. */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const BYTES = 32;
const OTLP_TOKEN = "otlp.token";
/** Reading and writing have a token each: what may only read is handed on more easily. */
const MCP_TOKENS = { read: "mcp-read.token", write: "mcp-write.token" } as const;
/** As hex, since people copy it. */
const TOKEN = /^[0-9a-f]{64}$/;

/** Reads `<home>/dashboard.key`, or makes it anew when it is absent, of the wrong size or open to others. */
export function dashboardSecret(home: string): Uint8Array {
  const path = join(home, "dashboard.key");
  return readSecret(path, BYTES) ?? makeSecret(path, randomBytes(BYTES));
}

/** The token that exporters of telemetry show, from `<home>/otlp.token`; made anew like the other secret. For the daemon. */
export function otlpToken(home: string): string {
  return readOtlpToken(home) ?? makeToken(join(home, OTLP_TOKEN));
}

/** The same token for whoever sends; null where the daemon has made none yet. */
export function readOtlpToken(home: string): string | null {
  return readToken(join(home, OTLP_TOKEN));
}

/** The tokens that agents show at /mcp, made anew like the others. For the daemon. */
export function mcpTokens(home: string): Readonly<Record<keyof typeof MCP_TOKENS, string>> {
  const token = (profile: keyof typeof MCP_TOKENS): string =>
    readMcpToken(home, profile) ?? makeToken(join(home, MCP_TOKENS[profile]));
  return { read: token("read"), write: token("write") };
}

/** The same token for whoever asks; null where the daemon has made none yet. */
export function readMcpToken(home: string, profile: keyof typeof MCP_TOKENS): string | null {
  return readToken(join(home, MCP_TOKENS[profile]));
}

function readToken(path: string): string | null {
  const text = readSecret(path, 2 * BYTES)?.toString("latin1") ?? "";
  return TOKEN.test(text) ? text : null;
}

function makeToken(path: string): string {
  return makeSecret(path, Buffer.from(randomBytes(BYTES).toString("hex"))).toString("latin1");
}

function readSecret(path: string, size: number): Buffer | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    const isPrivate = process.platform === "win32" || ((stat.mode & 0o077) === 0 && stat.uid === process.getuid?.());
    return stat.isFile() && stat.size === size && isPrivate ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}

function makeSecret(path: string, secret: Buffer): Buffer {
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
