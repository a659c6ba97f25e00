/** @module Clew's own version, from its package. */
import { readFileSync } from "node:fs";

/** As in package.json, which lies two levels up from here in the sources, in the build and in the bundle alike. */
export function clewVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
