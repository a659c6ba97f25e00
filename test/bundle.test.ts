/** @module The bundled command line: chunks that import each other in a circle would run before the constants they use. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "./repository.ts";

const directory = join(repositoryRoot, "packages", "app", "dist", "app");
const chunks = readdirSync(directory).filter((name) => /\.c?js$/.test(name));
/** What a chunk loads before its own first line. */
const importsOf = new Map(
  chunks.map((name) => {
    const text = readFileSync(join(directory, name), "utf8");
    const found = [...text.matchAll(/^(?:import|export)\b[^"'\n]*["']\.\/([^"']+)["']/gm)].map((match) => match[1]!);
    return [name, found] as const;
  }),
);

describe("the bundle", () => {
  test("has chunks that import others", () => {
    expect(chunks.length).toBeGreaterThan(20);
    expect([...importsOf.values()].flat().length).toBeGreaterThan(50);
  });

  test("has no circle of static imports", () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) {
        circles.push(
          [...path.slice(path.indexOf(name)), name].map((one) => one.replace(/-[\w-]{8}\.js$/, "")).join(" -> "),
        );
        return;
      }
      if (done.has(name)) return;
      for (const next of importsOf.get(name) ?? []) visit(next, [...path, name]);
      done.add(name);
    };
    for (const name of chunks) visit(name, []);
    expect(circles).toEqual([]);
  });
});
