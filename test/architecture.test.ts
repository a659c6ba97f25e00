/** @module The rules of AGENTS.md that a program can check: who imports whom, what files look like, what never stands in them. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Import, importsOf, withoutComments } from "./imports.ts";
import { projectFiles, repositoryRoot } from "./repository.ts";

const app = "packages/app/src/";
const read = (file: string): string => readFileSync(join(repositoryRoot, file), "utf8");
/** The protocol's official definitions and what their compiler makes of them: no hand of ours in either. */
const isProtocol = (file: string): boolean =>
  file.startsWith(`${app}sources/otlp/protocol/`) || file.startsWith("packages/app/proto/");
const all = projectFiles().filter((file) => !isProtocol(file));
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file) || file.startsWith("test/");
const code = all.filter((file) => /\.(ts|tsx|mjs|js)$/.test(file) && !file.startsWith("fixtures/"));
const appSources = code.filter((file) => file.startsWith(app) && !isTest(file) && !file.endsWith(".d.ts"));

/** Folder whose rules a file follows: the first one below src, for surfaces the second. */
function zoneOf(file: string): string {
  const [first = "", second = ""] = file.slice(app.length).split("/");
  if (first === "bin.ts") return "bin";
  return first === "surfaces" ? `surfaces/${second}` : first;
}

/** A relative import that its zone may make. */
const allowed: Readonly<Record<string, (imported: Import, zone: string) => boolean>> = {
  model: () => false,
  base: (_, zone) => zone === "model",
  sources: (_, zone) => zone === "model" || zone === "base",
  merge: (_, zone) => zone === "model" || zone === "base",
  store: (_, zone) => ["merge", "model", "base"].includes(zone),
  demo: (_, zone) => zone === "model" || zone === "base",
  place: (_, zone) => ["model", "base"].includes(zone),
  spool: (_, zone) => ["model", "base"].includes(zone),
  setup: (_, zone) => ["model", "base"].includes(zone),
  "hooks-library.ts": (_, zone) => ["registry", "base"].includes(zone),
  registry: (_, zone) => ["place", "model", "base"].includes(zone),
  ingest: (_, zone) => ["sources", "spool", "place", "store", "model", "base"].includes(zone),
  context: (_, zone) => ["query", "registry", "place", "model", "base"].includes(zone),
  authoring: ({ lazy, typeOnly }, zone) =>
    ["query", "merge", "registry", "place", "spool", "model", "base"].includes(zone) ||
    ((lazy || typeOnly) && zone === "ingest"),
  "surfaces/mcp": (_, zone) => ["authoring", "query", "context", "merge", "model", "base"].includes(zone),
  export: ({ to }, zone) => ["query", "model", "base"].includes(zone) || to.startsWith(`${app}sources/otlp/protocol/`),
  "surfaces/hook": (_, zone) => ["context", "registry", "spool", "place", "query", "model", "base"].includes(zone),
  query: ({ to }, zone) =>
    ["merge", "model", "base"].includes(zone) ||
    (zone === "store" && !/\/(write|rebuild|batch|lock)/.test(to)) ||
    to === `${app}sources/present.ts`,
  "surfaces/http": ({ to }, zone) =>
    ["query", "model", "base"].includes(zone) || (zone === "sources" && to === `${app}sources/otlp/read-request.ts`),
  "surfaces/cli": ({ lazy, typeOnly }, zone) =>
    ["query", "model", "base"].includes(zone) ||
    ((lazy || typeOnly) &&
      [
        "authoring",
        "merge",
        "daemon",
        "ingest",
        "store",
        "setup",
        "spool",
        "registry",
        "context",
        "place",
        "export",
        "surfaces/hook",
        "surfaces/mcp",
      ].includes(zone)),
  "surfaces/web": ({ typeOnly, to }, zone) =>
    zone === "model" || typeOnly || to === `${app}query/filter/parse.ts` || to === `${app}query/filter/filter.ts`,
  daemon: () => true,
  bin: (_, zone) => zone === "surfaces/cli" || zone === "base",
};

describe("imports", () => {
  test("there are sources to look at", () => {
    expect(appSources.length).toBeGreaterThan(20);
    expect(appSources.flatMap(importsOf).length).toBeGreaterThan(50);
  });

  test("run one way", () => {
    const wrong = appSources.flatMap(importsOf).filter((imported) => {
      if (!imported.relative || !imported.to.startsWith(app)) return false;
      const [from, to] = [zoneOf(imported.from), zoneOf(imported.to)];
      return from !== to && !allowed[from]?.(imported, to);
    });
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test("bring what every command loads nothing but itself: a circle of chunks would run before its constants", () => {
    const shell =
      /^packages\/app\/src\/(base|model|query\/filter|surfaces\/cli\/(?!commands\/|session-id|explain-cost|records-shown))/;
    expect(read("packages/app/vite.node.config.ts")).toContain(shell.source.slice("^packages\\/app\\/".length));
    const wrong = appSources
      .filter((file) => shell.test(file))
      .flatMap(importsOf)
      .filter(({ relative, to, lazy, typeOnly }) => relative && !lazy && !typeOnly && !shell.test(to));
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test("leave the package only by name", () => {
    const wrong = appSources
      .flatMap(importsOf)
      .filter(({ relative, to }) => relative && !to.startsWith("packages/app/"));
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test("only store/ names better-sqlite3", () => {
    const importers = appSources.filter((file) => importsOf(file).some(({ to }) => to === "better-sqlite3"));
    expect(importers.length).toBeGreaterThan(0);
    expect(importers.filter((file) => zoneOf(file) !== "store")).toEqual([]);
  });

  test("the SDK imports nothing but Node", () => {
    const sdk = code.filter((file) => file.startsWith("packages/sdk/src/") && !isTest(file));
    expect(sdk.length).toBeGreaterThan(0);
    const wrong = sdk.flatMap(importsOf).filter(({ relative, to }) => !relative && !to.startsWith("node:"));
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test("relative imports end in their file's extension", () => {
    const wrong = code
      .flatMap(importsOf)
      .filter(({ relative, to }) => relative && !/\.(ts|tsx|mjs|js|json|css)$/.test(to));
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });
});

describe("files", () => {
  test("are named in kebab-case", () => {
    const name = /^(_?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*|\.[a-z]+(\.json)?|[A-Z]+(\.md)?)$/;
    expect(all.filter((file) => !file.startsWith("fixtures/") && !name.test(basename(file)))).toEqual([]);
  });

  test("open with one sentence on what they are", () => {
    const without = code
      .filter((file) => !/\.config\.ts$|\.d\.ts$|\.test\.tsx?$|^packages\/app\/bin\/|\/public\//.test(file))
      .filter((file) => !/^\/\*\*\s+(\*\s+)?@module \S/.test(read(file)));
    expect(without).toEqual([]);
  });

  test("stop at 400 lines", () => {
    const long = all
      .filter((file) => /\.(ts|tsx|mjs|js|sql|css|sh)$/.test(file) && !isTest(file) && !file.startsWith("fixtures/"))
      .map((file) => ({ file, lines: read(file).split("\n").length - 1 }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  test("export by name", () => {
    expect(appSources.filter((file) => /^export default\b/m.test(read(file)))).toEqual([]);
  });

  test("use only syntax that disappears with the types", () => {
    const wrong = appSources.filter((file) =>
      /^\s*(export\s+)?(const\s+)?(enum|namespace)\s+\w+\s*\{/m.test(read(file)),
    );
    expect(wrong).toEqual([]);
  });
});

describe("SQL", () => {
  const statement =
    /\bSELECT\b[^;"]*?\bFROM\s+\w|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b|\bCREATE\s+TABLE\b|\bPRAGMA\s+\w/;

  test("stands in store/ and query/", () => {
    const elsewhere = appSources
      .filter((file) => !["store", "query", "demo"].includes(zoneOf(file)))
      .filter((file) => file !== `${app}surfaces/cli/commands/sql.ts`)
      .filter((file) => statement.test(withoutComments(read(file))));
    expect(elsewhere).toEqual([]);
  });

  test("is recognised", () => {
    expect(appSources.filter((file) => statement.test(withoutComments(read(file)))).length).toBeGreaterThan(3);
  });
});

describe("nothing in the project", () => {
  /** Spelled so that this file does not match itself. */
  const never: readonly (readonly [string, RegExp])[] = [
    ["is a path of one machine", /(^|[^A-Za-z0-9_.])\/(wor[k]|far[m])\//m],
    ["names an issue by number", /\bissu[e] #?\d+/i],
    ["points outside the repository", /\.\.\/share[d]\/(DESIGN|reference|seeds|tools)/],
    ["is left for later", /\b(TOD[O]|FIXM[E]|XX[X])\b|not implemente[d]/],
    ["holds back or singles out a test", /\b(it|test|describe)\.(ski[p]|onl[y]|tod[o])\(/],
  ];

  test.each(never)("%s", (_, pattern) => {
    const files = all.filter((file) => /\.(ts|tsx|mjs|js|json|md|css|html|sql|sh|svg)$|^\.ci\//.test(file));
    expect(files.filter((file) => pattern.test(read(file)))).toEqual([]);
  });

  test("names a registry's host in the lock file", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved":\s*"http/);
  });
});
