/** @module The built pages, read once: the list of files that can be served is fixed before the first request. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  /** Its name changes with its content, so browsers may keep it. */
  readonly immutable: boolean;
}

/** URL path to file. `/index.html` is the shell that every page starts from. */
export type Assets = ReadonlyMap<string, Asset>;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/** Reads a directory that Vite built; a missing one gives an empty map, and the server then says how to build it. */
export function loadAssets(directory: string): Assets {
  const assets = new Map<string, Asset>();
  for (const path of filesOf(directory)) {
    const type = TYPES[extname(path)];
    if (!type) continue;
    const body = new Uint8Array(readFileSync(path));
    const name = `/${relative(directory, path).split(sep).join("/")}`;
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    assets.set(name, { body, type, etag, immutable: name.startsWith("/assets/") });
  }
  return assets;
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch {
    return [];
  }
}
