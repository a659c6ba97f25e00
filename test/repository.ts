/** @module What the tests of the repository itself share: its root and its files. */
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute, without a trailing separator. */
export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

const generated = new Set(["node_modules", "dist", ".git", "coverage"]);

/** Every file that belongs to the project, relative to the root, with `/`; in a fixed order. */
export function projectFiles(under = "."): readonly string[] {
  const files: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (!generated.has(entry.name)) visit(path);
      } else if (entry.isFile() && !/\.(log|tsbuildinfo)$/.test(entry.name)) {
        files.push(relative(repositoryRoot, path).split(sep).join("/"));
      }
    }
  };
  visit(join(repositoryRoot, under));
  return files.sort();
}
