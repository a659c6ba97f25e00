/** @module The built package in the hands of others: ESM and CommonJS, threads, processes, compilers, bundlers, and its documentation. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSpoolRecord } from "../../app/src/base/spool-record.ts";
import { listSpool, readSpoolFile } from "../../app/src/spool/spool-directory.ts";
import type { ClewRecord } from "./wire.ts";

const sdk = fileURLToPath(new URL("..", import.meta.url));
const root = join(sdk, "..", "..");
const require = createRequire(import.meta.url);
/** A project that has the SDK installed, and nothing else that is real. */
const project = mkdtempSync(join(tmpdir(), "clew-sdk-consumer-"));
const installed = join(project, "node_modules", "clew-sdk");

function put(path: string, text: string): string {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
  return join(project, path);
}

beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  mkdirSync(join(project, ".git"));
  for (const name of ["package.json", "README.md"]) copyFileSync(join(sdk, name), join(installed, name));
  execFileSync(process.execPath, [join(sdk, "build.mjs"), join(installed, "dist")], { stdio: "pipe" });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly records: readonly ClewRecord[];
}

/** Environment of a user of our own. */
function environment(home: string, more: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, CLEW_HOME: join(home, "clew"), ...more };
}

function recordsOf(home: string): readonly ClewRecord[] {
  const spool = join(home, "clew", "spool");
  const { names, problems } = listSpool(spool);
  expect(problems).toEqual([]);
  return names.flatMap(
    (name) => JSON.parse(decodeSpoolRecord(readSpoolFile(spool, name)!.bytes)!.body.toString()) as ClewRecord[],
  );
}

function run(program: string, args: readonly string[], more: Readonly<Record<string, string | undefined>> = {}): Run {
  const home = mkdtempSync(join(tmpdir(), "clew-sdk-home-"));
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd: project,
    env: environment(home, more),
    encoding: "utf8",
  });
  return { stdout, stderr, code: status, records: recordsOf(home) };
}

function runScript(name: string, text: string, more: Readonly<Record<string, string | undefined>> = {}): Run {
  return run(process.execPath, [put(name, text)], more);
}

const types = (records: readonly ClewRecord[]): readonly string[] => records.map(({ type }) => type);

describe("programs", () => {
  test("ESM: 1,000 sessions at once, all in the spool when the program runs out of work", () => {
    const { stdout, stderr, code, records } = runScript(
      "many.mjs",
      `import { sessionId, withSession } from "clew-sdk";
       let wrong = 0;
       for (let n = 0; n < 1000; n++) withSession({ id: "s" + n }, async () => {
         await new Promise((resolve) => setTimeout(resolve, n % 5));
         if (sessionId() !== "s" + n) wrong++;
       });
       process.once("beforeExit", () => console.log(wrong));`,
    );
    expect({ stdout, stderr, code }).toEqual({ stdout: "0\n", stderr: "", code: 0 });
    expect(records).toHaveLength(2000);
  });

  test("CommonJS: every entry can be required, and process.exit loses nothing", () => {
    const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as {
      exports: Record<string, unknown>;
    };
    const names = Object.keys(exports).filter((name) => name !== "./package.json");
    const { stdout, stderr, code, records } = runScript(
      "program.cjs",
      `for (const name of ${JSON.stringify(names)}) if (Object.keys(require("clew-sdk" + name.slice(1))).length === 0) throw name;
       console.log(typeof require("clew-sdk/pino-transport").default);
       const { withSession } = require("clew-sdk");
       withSession("exits", () => process.exit(3));`,
    );
    expect({ stdout, stderr, code }).toEqual({ stdout: "function\n", stderr: "", code: 3 });
    expect(types(records)).toEqual(["session.start"]);
  });

  test("ESM: every entry can be imported", () => {
    const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as {
      exports: Record<string, unknown>;
    };
    const names = Object.keys(exports).filter((name) => name !== "./package.json");
    const imports = names.map(
      (name) => `console.log(Object.keys(await import("clew-sdk${name.slice(1)}")).length > 0);`,
    );
    const { stdout, stderr } = runScript("all.mjs", imports.join("\n"));
    expect([stdout, stderr]).toEqual(["true\n".repeat(names.length), ""]);
    expect(names.length).toBeGreaterThan(8);
  });

  test("both in one process share their context", () => {
    const { stdout } = runScript(
      "both.mjs",
      `import { createRequire } from "node:module";
       import * as esm from "clew-sdk";
       const cjs = createRequire(import.meta.url)("clew-sdk");
       esm.withSession({ id: "a" }, () => cjs.withSession({ id: "b" }, (inner) => {
         console.log(esm === cjs, cjs.sessionId(), esm.sessionId(), inner.parentId, esm.currentSession() === inner);
       }));`,
    );
    expect(stdout).toBe("false b b a true\n");
  });

  test("an uncaught error does not lose what was recorded", () => {
    const { code, stderr, records } = runScript(
      "throws.mjs",
      `import { withSession } from "clew-sdk";
       withSession("throws", () => { throw new Error("uncaught"); });`,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("uncaught");
    expect(records.at(-1)).toMatchObject({
      type: "session.end",
      data: { status: "failed", error: { message: "uncaught" } },
    });
  });

  test("a handler of SIGTERM closes in time", async () => {
    const home = mkdtempSync(join(tmpdir(), "clew-sdk-home-"));
    const script = put(
      "signal.mjs",
      `import { close, startSession } from "clew-sdk";
       process.once("SIGTERM", async () => { session.end(); await close(); process.exit(143); });
       setInterval(() => {}, 1000);
       const session = startSession("served");
       console.log("ready");`,
    );
    const child = spawn(process.execPath, [script], {
      cwd: project,
      env: environment(home),
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(143);
    expect(types(recordsOf(home))).toEqual(["session.start", "session.end"]);
  });

  test("worker threads and child processes join the session, and theirs are its children", () => {
    put(
      "part.mjs",
      `import { correlationId, currentSession, withSession } from "clew-sdk";
       import { parentPort } from "node:worker_threads";
       const said = withSession("part", (inner) => [currentSession().parentId, inner.traceId]);
       const all = JSON.stringify([correlationId(), ...said]);
       parentPort ? parentPort.postMessage(all) : console.log(all);`,
    );
    const { stdout, stderr, records } = runScript(
      "parts.mjs",
      `import { execFileSync } from "node:child_process";
       import { once } from "node:events";
       import { Worker } from "node:worker_threads";
       import { childEnv, withSession, workerOptions } from "clew-sdk";
       await Promise.all([1, 2, 3, 4].map((n) => withSession({ id: "outer-" + n }, async (outer) => {
         const worker = new Worker(new URL("part.mjs", import.meta.url), workerOptions());
         const [[said]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
         const other = execFileSync(process.execPath, ["part.mjs"], { env: { ...process.env, ...childEnv() }, encoding: "utf8" });
         for (const one of [said, other]) console.log(JSON.stringify(JSON.parse(one)) === JSON.stringify([outer.correlationId, outer.id, outer.traceId]));
       })));`,
    );
    expect([stdout, stderr]).toEqual(["true\n".repeat(8), ""]);
    const parts = records.filter(({ type, data }) => type === "session.start" && data?.name === "part");
    expect(parts.map(({ data }) => data?.parent_session_id).sort()).toEqual(
      [1, 1, 2, 2, 3, 3, 4, 4].map((n) => `outer-${n}`),
    );
    expect(records).toHaveLength(4 * 2 + 8 * 2);
  });

  test("without a home, and with one that nothing can be written to, the program does not notice", () => {
    const text = `import { withSession, flush } from "clew-sdk";
       withSession("one", () => {});
       await flush();
       console.log("done");`;
    put("file", "");
    for (const env of [
      { HOME: undefined, CLEW_HOME: undefined },
      { HOME: "/nonexistent/home", CLEW_HOME: undefined },
      { CLEW_HOME: join(project, "file", "below") },
      { CLEW_HOME: "/proc/1/clew" },
    ]) {
      const { stdout, stderr, code } = runScript("homeless.mjs", text, env);
      expect({ stdout, stderr, code }).toEqual({ stdout: "done\n", stderr: "", code: 0 });
    }
    const { stderr } = runScript("homeless.mjs", text, {
      CLEW_HOME: join(project, "file", "below"),
      CLEW_SDK: "debug",
    });
    expect(stderr).toMatch(/^clew-sdk: spool: /);
  });

  test("importing it loads neither crypto nor streams nor the file system", () => {
    const { stdout } = runScript(
      "light.mjs",
      `const before = new Set(process.moduleLoadList);
       const sdk = await import("clew-sdk");
       const loaded = process.moduleLoadList.filter((name) => !before.has(name));
       console.log(loaded.filter((name) => /NativeModule (internal\\/)?(crypto|streams?\\/|fs\\/promises|worker)/.test(name)).join());`,
    );
    expect(stdout).toBe("\n");
  });
});

describe("tools", () => {
  const program = `import { withSession, type Session, trackSession } from "clew-sdk";
    import { InteractionLogger, logAnthropic } from "clew-sdk/interactions";
    import { sessionLogger } from "clew-sdk/pino";
    import { clewSink } from "clew-sdk/logtape";
    import { createConsoleLogger } from "clew-sdk/console";
    import { startRecording } from "clew-sdk/testing";
    import { sessionFormat } from "clew-sdk/winston";
    import { sessionAttributes } from "clew-sdk/otel";
    export const number: number = withSession({ name: "a" }, (session: Session) => session.id.length);
    export const promise: Promise<string> = withSession("a", async () => "b");
    export const kept: (a: number, b?: string) => Promise<boolean> = trackSession("x", async (a: number, _b?: string) => a > 1);
    // @ts-expect-error a number is no name
    withSession(5, () => {});
    export const all = [InteractionLogger, logAnthropic, sessionLogger, clewSink, createConsoleLogger, startRecording, sessionFormat, sessionAttributes];
    `;

  test("the compiler finds the types, for import and for require", () => {
    put("typed.mts", program);
    put("typed.cts", program);
    put(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2023",
          lib: ["es2023", "dom"],
          strict: true,
          noEmit: true,
          types: ["node"],
          typeRoots: [join(root, "node_modules", "@types")],
        },
        files: ["typed.mts", "typed.cts"],
      }),
    );
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
    expect(run(process.execPath, [tsc, "-p", "tsconfig.json"])).toMatchObject({ stdout: "", code: 0 });
  });

  test("a bundle of one file works", async () => {
    put(
      "bundled.mjs",
      `import { sessionId, withSession } from "clew-sdk";
       import { createConsoleLogger } from "clew-sdk/console";
       withSession({ id: "a" }, () => createConsoleLogger().info(sessionId()));`,
    );
    const { build } = await import("vite");
    await build({
      root: project,
      configFile: false,
      logLevel: "error",
      build: { ssr: join(project, "bundled.mjs"), outDir: join(project, "bundle"), target: "node20", minify: true },
      ssr: { noExternal: true },
    });
    const [file, ...others] = readdirSync(join(project, "bundle"));
    expect(others).toEqual([]);
    const { stdout, stderr, records } = run(process.execPath, [join(project, "bundle", file!)]);
    expect([stdout, stderr]).toEqual(["[a] - INFO - a\n", ""]);
    expect(types(records)).toEqual(["session.start", "session.end"]);
  });
});

/** What the examples import besides the SDK, as far as they use it. */
const stubs: Readonly<Record<string, string>> = {
  pino: `const values = { info: 30 };
    const make = (bound) => ({
      level: "info", levels: { values },
      info(data, msg) { process.stdout.write(JSON.stringify({ level: 30, ...bound, ...(msg ? { ...data, msg } : { msg: data }) }) + "\\n"); },
      child: (more) => make({ ...bound, ...more }),
    });
    export default ({ transport }) => transport ? { ...make({}), info() {} } : make({});`,
  winston: `const MESSAGE = Symbol.for("message"), LEVEL = Symbol.for("level");
    class Console { write(info) { process.stdout.write(info[MESSAGE] + "\\n"); } }
    export default {
      format: { combine: (...all) => ({ transform: (info) => all.reduce((one, format) => format.transform(one), info) }) },
      transports: { Console },
      createLogger: ({ format, transports }) => ({ info(message) {
        const info = format.transform({ level: "info", message, [LEVEL]: "info" });
        for (const transport of transports) transport.write(info);
      } }),
    };`,
  "@logtape/logtape": `let settings;
    export const configure = async (given) => { settings = given; };
    export const getConsoleSink = ({ formatter }) => (record) => process.stdout.write(formatter(record));
    export const getLogger = (category) => ({ info(text, given) {
      const properties = { ...settings.contextLocalStorage.getStore(), ...given };
      const message = text.split(/\\{(\\w+)\\}/).map((part, index) => (index % 2 ? properties[part] : part));
      for (const sink of Object.values(settings.sinks)) sink({ category, level: "info", message, timestamp: Date.now(), properties });
    } });`,
  "@anthropic-ai/sdk": `export default class { messages = { create: async () => ({ content: [{ type: "text", text: "four" }] }) }; }`,
  openai: `export default class { responses = { create: async () => ({ output: [{ type: "message", content: [{ text: "four" }] }] }) }; }`,
};

interface Example {
  readonly language: string;
  readonly code: string;
  /** What it prints; null where the page does not say. */
  readonly output: string | null;
}

function examplesIn(page: string): readonly Example[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```\n+(?:```text\n([\s\S]*?)^```)?/gm)];
  return blocks
    .filter(([, language]) => language !== "text")
    .map(([, language = "", code = "", output]) => ({ language, code, output: output ?? null }));
}

/** Times differ from run to run. */
const timeless = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{3})?Z?/g, "TIME")
    .replace(/\b\d{8}_\d{6}(?:-\d+)?\b/g, "STAMP");

describe("documentation", () => {
  const pages = [join(root, "docs", "sdk.md"), join(sdk, "README.md")];
  const examples = pages.flatMap((page) =>
    examplesIn(page).map((example) => [example.code.trim().split("\n")[0]!, example] as const),
  );
  beforeAll(() => {
    for (const [name, code] of Object.entries(stubs)) {
      put(join("node_modules", name, "package.json"), '{"type":"module","exports":"./index.js"}');
      put(join("node_modules", name, "index.js"), code);
    }
  });

  test("has examples in every language", () => {
    expect(new Set(examples.map(([, { language }]) => language))).toEqual(new Set(["js", "python", "sh"]));
    expect(examples.length).toBeGreaterThan(18);
  });

  test.each(examples.map(([title, example], index) => [index, title, example] as const))(
    "example %d: %s",
    (index, _, example) => {
      const { language, code, output } = example;
      const [program, extension] =
        language === "js" ? [process.execPath, "mjs"] : language === "python" ? ["python3", "py"] : ["sh", "sh"];
      if (spawnSync(program, ["--version"]).error) return console.warn(`${program} is missing: its example is not run`);
      const env = language === "js" ? {} : { CLEW_SESSION_ID: "job-1" };
      const result = run(program, [put(`example-${index}.${extension}`, code)], env);
      expect({ stderr: result.stderr, code: result.code }).toEqual({ stderr: "", code: 0 });
      if (output !== null) expect(timeless(result.stdout)).toBe(timeless(output));
      expect(types(result.records).filter((type) => type === "session.start").length).toBe(
        types(result.records).filter((type) => type === "session.end").length,
      );
    },
  );

  test("names every export of the main entry and every sub-path", () => {
    const text = pages.map((page) => readFileSync(page, "utf8")).join();
    const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as {
      exports: Record<string, unknown>;
    };
    const subPaths = Object.keys(exports).filter((name) => name !== "." && name !== "./package.json");
    expect(subPaths.filter((name) => !text.includes(name.slice(1)))).toEqual([]);
    const index = readFileSync(join(sdk, "src", "index.ts"), "utf8");
    const names = [...index.matchAll(/\{([^}]*)\}/g)]
      .flatMap(([, list = ""]) => list.split(","))
      .map((name) => name.trim())
      .filter((name) => /^[a-z]\w+$/.test(name));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});
