/** @module The import statements of a source file, found without a compiler. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { repositoryRoot } from "./repository.ts";

export interface Import {
  /** Importing file, relative to the repository's root. */
  readonly from: string;
  /** A package's name or `node:...` as written; a relative import resolved to a path from the repository's root. */
  readonly to: string;
  readonly relative: boolean;
  /** Nothing of it is left when types are removed. */
  readonly typeOnly: boolean;
  /** `import()` at run time, where it is needed. */
  readonly lazy: boolean;
}

const statement = /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s*)?["']([^"']+)["']/gm;
const call = /\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** Without comments, so that an example in a docstring is no import. */
export function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

export function importsOf(file: string): readonly Import[] {
  const code = withoutComments(readFileSync(join(repositoryRoot, file), "utf8"));
  const found = (specifier: string, typeOnly: boolean, lazy: boolean): Import => {
    const relative = specifier.startsWith(".");
    const to = relative ? posix.join(posix.dirname(file), specifier) : specifier;
    return { from: file, to, relative, typeOnly, lazy };
  };
  return [
    ...[...code.matchAll(statement)].map((match) => found(match[2]!, match[1] !== undefined, false)),
    ...[...code.matchAll(call)].map((match) => found(match[1]!, false, true)),
  ];
}
