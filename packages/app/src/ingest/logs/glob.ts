/** @module Patterns of paths: `*` and `?` within a name, `**` over any number of directories. */

export function isGlob(path: string): boolean {
  return /[*?]/.test(path);
}

export interface Glob {
  /** The directory before the first sign. */
  readonly base: string;
  /** Directories below `base` that a match may lie in. */
  readonly depth: number;
  readonly matches: (path: string) => boolean;
}

const DEEPEST = 10;

export function readGlob(pattern: string): Glob {
  const parts = pattern.replaceAll("\\", "/").split("/");
  const first = parts.findIndex(isGlob);
  const rest = parts.slice(first);
  const source = rest
    .map((part, index) => {
      const isLast = index === rest.length - 1;
      // `**` also stands for no directory, so it brings its own slash.
      if (part === "**") return isLast ? ".*" : "(?:[^/]+/)*";
      return nameSource(part) + (isLast ? "" : "/");
    })
    .join("");
  const base = parts.slice(0, first).join("/");
  const expression = new RegExp(`^${source}$`, "su");
  return {
    base: base === "" ? "/" : base,
    depth: rest.includes("**") ? DEEPEST : rest.length - 1,
    matches(path) {
      const plain = path.replaceAll("\\", "/");
      return plain.startsWith(`${base}/`) && expression.test(plain.slice(base.length + 1));
    },
  };
}

/** Several stars in a row would make an expression that takes for ever on a name that does not match. */
function nameSource(part: string): string {
  return part
    .replace(/\*{2,}/g, "*")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
}
