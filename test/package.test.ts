/** @module What `npm pack` would publish is complete, has nothing else in it, and runs. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bareEnvironment, startNode } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

interface Packed {
  readonly directory: string;
  readonly files: readonly string[];
}

/** Packs a workspace and unpacks the tarball, as an installation would. */
function pack(workspace: string): Packed {
  const directory = mkdtempSync(join(tmpdir(), "clew-pack-"));
  const args = ["pack", "-w", workspace, "--json", "--ignore-scripts", "--pack-destination", directory];
  const answer: unknown = JSON.parse(
    execFileSync("npm", args, { cwd: repositoryRoot, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  const [entry] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as readonly {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  execFileSync("tar", ["-xzf", join(directory, entry!.filename), "-C", directory]);
  return { directory: join(directory, "package"), files: entry!.files.map(({ path }) => path) };
}

describe("clew", () => {
  let packed: Packed;
  beforeAll(() => {
    packed = pack("clew");
    symlinkSync(join(repositoryRoot, "node_modules"), join(packed.directory, "node_modules"));
  });

  test("has what it needs to run", () => {
    expect(packed.files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "bin/clew.js",
        "dist/app/bin.js",
        "dist/app/observe.js",
        "dist/app/schema/0001-event-log.sql",
        "dist/plugin/.claude-plugin/marketplace.json",
        "dist/plugin/.claude-plugin/plugin.json",
        "dist/plugin/.mcp.json",
        "dist/plugin/bin/clew",
        ...["inbox", "log", "recall", "resolve", "resume", "session-end"].map(
          (name) => `dist/plugin/commands/${name}.md`,
        ),
        "dist/plugin/hooks/hooks.json",
        "dist/plugin/hooks/memory.sh",
        "dist/plugin/hooks/observe.sh",
        "dist/plugin/hooks/session-start.sh",
        "dist/plugin/skills/clew/SKILL.md",
        "dist/web/index.html",
        "package.json",
      ]),
    );
  });

  test("has nothing else", () => {
    const known =
      /^(LICENSE|README\.md|package\.json|proto\/(?:LICENSE|NOTICE)|bin\/clew\.js|dist\/(?:app|web)\/.+\.(js|cjs|json|sql|html|css|svg|woff2|png|ico))$/;
    const plugin =
      /^dist\/plugin\/(LICENSE|README\.md|\.mcp\.json|\.claude-plugin\/[a-z]+\.json|bin\/clew|hooks\/[a-z-]+\.(json|sh)|commands\/[a-z-]+\.md|skills\/[a-z-]+\/SKILL\.md)$/;
    const library =
      /^dist\/(hooks-library|base\/(clock|error|ids|paths|private-directory|session-id|trace-context)|registry\/[a-z-]+|(model|place)\/place)\.(js|d\.ts)$/;
    const expected = [known, plugin, library];
    expect(packed.files.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(packed.files.filter((path) => /\.test\.|\/testing\.|\/fixtures\//.test(path))).toEqual([]);
  });

  test("carries the plugin's scripts so that they can be run", () => {
    for (const name of ["bin/clew", "hooks/observe.sh", "hooks/session-start.sh", "hooks/memory.sh"])
      expect(statSync(join(packed.directory, "dist", "plugin", name)).mode & 0o111).toBe(0o111);
  });

  test("runs from there", async () => {
    const { version } = JSON.parse(readFileSync(join(packed.directory, "package.json"), "utf8")) as { version: string };
    const run = await startNode(join(packed.directory, "bin", "clew.js"), ["--version"], bareEnvironment()).finished;
    expect(run).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: "" });
  });

  test("is a library for hook scripts: clew/hooks, with its types, from Node's modules alone", () => {
    const project = mkdtempSync(join(tmpdir(), "clew-hook-script-"));
    mkdirSync(join(project, "node_modules"));
    symlinkSync(packed.directory, join(project, "node_modules", "clew"));
    writeFileSync(join(project, "package.json"), '{ "type": "module" }');
    const script = [
      'import { childEnvironment, currentSession, type WhichSession } from "clew/hooks";',
      "const answer: WhichSession = currentSession({ env: { CLEW_SESSION_ID: 'told' } });",
      "const id: string = answer.kind === 'found' ? answer.entry.session_id : answer.kind;",
      "const { TRACEPARENT } = childEnvironment({ sessionId: id, parentSessionId: null, workspaceId: 'w', traceSeed: id });",
      "console.log(id, TRACEPARENT);",
    ].join("\n");
    writeFileSync(join(project, "script.ts"), script);
    const tsc = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");
    const options = ["--module", "nodenext", "--target", "es2022", "--strict", "--types", "", "script.ts"];
    execFileSync(process.execPath, [tsc, ...options], { cwd: project, encoding: "utf8" });
    // Without the dependencies of the rest: the library may not need them.
    const bare = mkdtempSync(join(tmpdir(), "clew-bare-"));
    cpSync(packed.directory, join(bare, "node_modules", "clew"), {
      recursive: true,
      filter: (path) => path === packed.directory || !path.slice(packed.directory.length).includes("node_modules"),
    });
    cpSync(join(project, "script.js"), join(bare, "script.mjs"));
    const printed = execFileSync(process.execPath, ["script.mjs"], {
      cwd: bare,
      encoding: "utf8",
      env: bareEnvironment(),
    });
    expect(printed).toMatch(/^told 00-[0-9a-f]{32}-[0-9a-f]{16}-01\n$/);
  });

  test("depends on what is declared, and on nothing else", () => {
    const manifest = JSON.parse(readFileSync(join(packed.directory, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly peerDependencies: Readonly<Record<string, string>>;
      readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
    };
    // What an import from a database needs is asked for when it runs.
    const { peerDependencies: peers } = manifest;
    expect(Object.keys(peers).filter((name) => !manifest.peerDependenciesMeta[name]?.optional)).toEqual([]);
    const modules = packed.files
      .filter((path) => path.endsWith(".js") && !path.startsWith("dist/web/"))
      .map((path) => readFileSync(join(packed.directory, path), "utf8"));
    const specifier = /(?:^(?:import|export)[^"';]*from\s*|^import\s*|\bimport\(\s*)["']([^."'][^"']*)["']/gm;
    const imported = modules
      .flatMap((text) => [...text.matchAll(specifier)].map((match) => match[1]!))
      .filter((name) => !name.startsWith("node:"))
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect(imported.length).toBeGreaterThan(3);
    expect(imported.filter((name) => !(name in manifest.dependencies || name in peers))).toEqual([]);
    const unused = Object.keys(manifest.dependencies).filter(
      (name) => !modules.some((text) => text.includes(`"${name}`)),
    );
    expect(unused).toEqual([]);
  });
});

describe("clew-sdk", () => {
  test("can be imported from its package and depends on nothing", async () => {
    const packed = pack("clew-sdk");
    expect(packed.files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts", "package.json"]),
    );
    const manifest = JSON.parse(readFileSync(join(packed.directory, "package.json"), "utf8")) as object;
    expect(manifest).not.toHaveProperty("dependencies");
    const module = (await import(join(packed.directory, "dist", "index.js"))) as object;
    expect(module).toHaveProperty("WIRE_VERSION", 1);
  });
});
