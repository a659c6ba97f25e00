/** @module A project that has the built SDK installed, and the real libraries that it asks for; its programs are run as a user's are. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSpoolRecord } from "../../app/src/base/spool-record.ts";
import { listSpool, readSpoolFile } from "../../app/src/spool/spool-directory.ts";
import type { ClewRecord } from "../src/wire.ts";

export const sdkDirectory: string = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

export type Variables = Readonly<Record<string, string | undefined>>;

export interface ConsumerRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  /** What its spool holds of records afterwards, in the order of its files. */
  readonly records: readonly ClewRecord[];
}

export interface Consumer {
  readonly directory: string;
  /** Writes a file of the project; answers its path. */
  readonly put: (path: string, text: string) => string;
  /** Runs a program in it, in a home of its own. */
  readonly run: (program: string, args: readonly string[], more?: Variables) => ConsumerRun;
  /** The same without holding up this process, which may be serving it. */
  readonly start: (program: string, args: readonly string[], more?: Variables) => Promise<ConsumerRun>;
  /** Writes a script and runs it. */
  readonly runScript: (name: string, text: string, more?: Variables) => ConsumerRun;
  readonly remove: () => void;
}

/** Environment of a user of our own. */
export function environmentOf(home: string, more: Variables = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, CLEW_HOME: join(home, "clew"), ...more };
}

/** Lists of one kind in the spool of a home, in the order of its files. */
export function spooled(home: string, kind: "event" | "otlp" = "event"): readonly unknown[] {
  const spool = join(home, "clew", "spool");
  const { names, problems } = listSpool(spool);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return names
    .map((name) => decodeSpoolRecord(readSpoolFile(spool, name)!.bytes)!)
    .filter((record) => record.kind === kind)
    .flatMap(({ body }) => JSON.parse(body.toString()) as unknown[]);
}

export function newHome(): string {
  return mkdtempSync(join(tmpdir(), "clew-sdk-home-"));
}

/** Names of the package's sub-paths as they are imported. */
export function entryNames(): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(sdkDirectory, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  return Object.keys(exports)
    .filter((name) => name !== "./package.json")
    .map((name) => `clew-sdk${name.slice(1)}`);
}

/** Directory of an installed package. */
export function directoryOf(name: string): string {
  const lookup = require.resolve.paths(name)!.map((path) => join(path, name));
  for (const path of lookup) {
    try {
      return realpathSync(path);
    } catch {
      // One further up.
    }
  }
  throw new Error(`${name} is not installed`);
}

export function makeConsumer(libraries: readonly string[] = []): Consumer {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "clew-sdk-consumer-")));
  const modules = join(directory, "node_modules");
  const installed = join(modules, "clew-sdk");
  mkdirSync(installed, { recursive: true });
  mkdirSync(join(directory, ".git"));
  for (const name of ["package.json", "README.md"]) copyFileSync(join(sdkDirectory, name), join(installed, name));
  execFileSync(process.execPath, [join(sdkDirectory, "build.mjs"), join(installed, "dist")], { stdio: "pipe" });
  for (const name of libraries) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(directoryOf(name), join(modules, name));
  }

  function put(path: string, text: string): string {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    return join(directory, path);
  }

  function run(program: string, args: readonly string[], more: Variables = {}): ConsumerRun {
    const home = newHome();
    const env = environmentOf(home, more);
    const { stdout, stderr, status } = spawnSync(program, args, { cwd: directory, env, encoding: "utf8" });
    return { stdout, stderr, code: status, records: spooled(home) as readonly ClewRecord[] };
  }

  function start(program: string, args: readonly string[], more: Variables = {}): Promise<ConsumerRun> {
    const home = newHome();
    const child = spawn(program, args, {
      cwd: directory,
      env: environmentOf(home, more),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ stdout, stderr, code, records: spooled(home) as readonly ClewRecord[] }));
    });
  }

  return {
    directory,
    put,
    run,
    start,
    runScript: (name, text, more = {}) => run(process.execPath, [put(name, text)], more),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
