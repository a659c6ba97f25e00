/** @module The built package in the hands of others: ESM and CommonJS, threads, processes, compilers, bundlers. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Consumer,
  directoryOf,
  entryNames,
  environmentOf,
  makeConsumer,
  newHome,
  spooled,
} from "../test/consumer.ts";
import type { ClewRecord } from "./wire.ts";

const require = createRequire(import.meta.url);
let consumer: Consumer;
const runScript: Consumer["runScript"] = (...args) => consumer.runScript(...args);
const put: Consumer["put"] = (...args) => consumer.put(...args);
beforeAll(() => {
  consumer = makeConsumer([
    "pino",
    "winston",
    "@logtape/logtape",
    "@anthropic-ai/sdk",
    "openai",
    "ai",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/sdk-logs",
  ]);
});
afterAll(() => consumer.remove());

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
    const names = entryNames();
    const { stdout, stderr, code, records } = runScript(
      "program.cjs",
      `for (const name of ${JSON.stringify(names)}) if (Object.keys(require(name)).length === 0) throw name;
       console.log(typeof require("clew-sdk/pino-transport").default);
       const { withSession } = require("clew-sdk");
       withSession("exits", () => process.exit(3));`,
    );
    expect({ stdout, stderr, code }).toEqual({ stdout: "function\n", stderr: "", code: 3 });
    expect(types(records)).toEqual(["session.start"]);
  });

  test("ESM: every entry can be imported", () => {
    const names = entryNames();
    const imports = names.map((name) => `console.log(Object.keys(await import("${name}")).length > 0);`);
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
    const home = newHome();
    const script = put(
      "signal.mjs",
      `import { close, startSession } from "clew-sdk";
       process.once("SIGTERM", async () => { session.end(); await close(); process.exit(143); });
       setInterval(() => {}, 1000);
       const session = startSession("served");
       console.log("ready");`,
    );
    const child = spawn(process.execPath, [script], {
      cwd: consumer.directory,
      env: environmentOf(home),
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(143);
    expect(types(spooled(home) as readonly ClewRecord[])).toEqual(["session.start", "session.end"]);
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
      { CLEW_HOME: join(consumer.directory, "file", "below") },
      { CLEW_HOME: "/proc/1/clew" },
    ]) {
      const { stdout, stderr, code } = runScript("homeless.mjs", text, env);
      expect({ stdout, stderr, code }).toEqual({ stdout: "done\n", stderr: "", code: 0 });
    }
    const { stderr } = runScript("homeless.mjs", text, {
      CLEW_HOME: join(consumer.directory, "file", "below"),
      CLEW_SDK: "debug",
    });
    expect(stderr).toMatch(/^clew-sdk: spool: /);
  });

  test.each(["mjs", "cjs"])("a Node without process.getBuiltinModule does all that others do: %s", (kind) => {
    const name = (entry: string): string => entry.replace(/^clew-sdk\/?/, "") || "index";
    const path = (entry: string): string => `./node_modules/clew-sdk/dist/older/${name(entry)}.js`;
    const entries = JSON.stringify(kind === "mjs" ? entryNames().map(path) : entryNames());
    const { stdout, stderr, records } = runScript(
      `older.${kind}`,
      `process.getBuiltinModule = undefined;
       const load = ${kind === "mjs" ? "(name) => import(name)" : "async (name) => require(name)"};
       (async () => {
         const all = [];
         for (const name of ${entries}) all.push(await load(name));
         const { sessionId, withSession } = all[0];
         await withSession({ id: "a" }, async () => {
           await new Promise((resolve) => setImmediate(resolve));
           console.log(all.length, sessionId());
         });
       })();`,
    );
    expect([stdout, stderr]).toEqual([`${entryNames().length} a\n`, ""]);
    expect(types(records)).toEqual(["session.start", "session.end"]);
  });

  test("entries for older Nodes have the same names", () => {
    const names = entryNames().map((entry) => entry.replace(/^clew-sdk\/?/, "") || "index");
    const { stdout } = runScript(
      "names.mjs",
      `for (const name of ${JSON.stringify(names)}) {
         const one = await import(name === "index" ? "clew-sdk" : "clew-sdk/" + name);
         const other = await import(\`./node_modules/clew-sdk/dist/older/\${name}.js\`);
         console.log(Object.keys(other).length > 0 && Object.keys(other).every((key) => one[key] === other[key]));
       }`,
    );
    expect(stdout).toBe("true\n".repeat(names.length));
  });

  test("pino's transport hands lines to Clew from pino's own thread", () => {
    const program = (end: string) =>
      `import pino from "pino";
       import { withSession } from "clew-sdk";
       import { sessionLogger } from "clew-sdk/pino";
       const targets = [
         { target: "clew-sdk/pino-transport", level: "info" },
         { target: "pino/file", options: { destination: 1 }, level: "info" },
       ];
       const log = sessionLogger(pino({ level: "debug", transport: { targets } }));
       log.info("outside any session");
       await Promise.all(Array.from({ length: 200 }, (_, n) => withSession({ id: "s" + n, record: false, workspace: "0123456789abcdef" }, async () => {
         log.warn({ n }, "größer");
         await new Promise((resolve) => setTimeout(resolve, n % 3));
         log.debug("not handed on");
         log.error(new Error("why " + n));
       })));
       ${end}`;
    for (const [index, end] of ["", "log.flush(() => process.exit(0));"].entries()) {
      const { stdout, stderr, code, records } = runScript(`transport-${index}.mjs`, program(end));
      expect({ stderr, code, lines: stdout.split("\n").length }).toEqual({ stderr: "", code: 0, lines: 402 });
      expect(records).toHaveLength(400);
      expect(new Set(records.map(({ type }) => type))).toEqual(new Set(["log"]));
      const of = records.filter(({ correlation_id }) => correlation_id === "0123456789abcdef:s7");
      expect(of).toMatchObject([
        { severity: "warn", message: "größer", data: { n: 7 } },
        { severity: "error", message: "why 7", data: { err: { type: "Error", message: "why 7" } } },
      ]);
    }
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
    // One file for the main entry and pino's; what writes records is read with the first one.
    const importsOf = (file: string): readonly string[] => {
      const text = readFileSync(join(consumer.directory, "node_modules", "clew-sdk", "dist", file), "utf8");
      return [...text.matchAll(/\b(?:from|import) ?["'`]([^"'`]+)["'`]/g)].map(([, name]) => name!);
    };
    expect(importsOf("index.js")).toEqual([]);
    expect(importsOf("console.js")).toContain("./index.js");
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
          typeRoots: [dirname(directoryOf("@types/node"))],
        },
        files: ["typed.mts", "typed.cts"],
      }),
    );
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
    expect(consumer.run(process.execPath, [tsc, "-p", "tsconfig.json"])).toMatchObject({ stdout: "", code: 0 });
  });

  test("the adapters fit the libraries' own types", () => {
    put(
      "fits.mts",
      `import Anthropic from "@anthropic-ai/sdk";
       import { configure } from "@logtape/logtape";
       import { BatchLogRecordProcessor, InMemoryLogRecordExporter, LoggerProvider } from "@opentelemetry/sdk-logs";
       import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace-node";
       import { wrapLanguageModel, createGateway } from "ai";
       import OpenAI from "openai";
       import pino, { type Logger } from "pino";
       import winston from "winston";
       import { InteractionLogger, interactionMiddleware, logAnthropic, logFetch, logOpenai } from "clew-sdk/interactions";
       import { clewSink, sessionContextStorage, sessionFormatter } from "clew-sdk/logtape";
       import { clewSpanExporter, sessionLogRecordProcessor, sessionSpanProcessor } from "clew-sdk/otel";
       import { sessionLogger, sessionMixin } from "clew-sdk/pino";
       import { ClewWinstonTransport, sessionFormat, sessionLineFormat } from "clew-sdk/winston";
       const log: Logger = sessionLogger(pino({ mixin: sessionMixin }));
       log.info("typed");
       const interactions = new InteractionLogger({ enabled: false });
       const anthropic: Anthropic = logAnthropic(new Anthropic({ apiKey: "k" }), interactions);
       const openai: OpenAI = logOpenai(new OpenAI({ apiKey: "k", fetch: logFetch(interactions) }), interactions);
       const model = createGateway({ apiKey: "k" })("lab/model");
       const exporter: SpanExporter = clewSpanExporter({ flushMs: 100 });
       await configure({
         contextLocalStorage: sessionContextStorage(),
         sinks: { clew: clewSink() },
         loggers: [],
       });
       export const all = [
         anthropic, openai, sessionFormatter("json"),
         wrapLanguageModel({ model, middleware: interactionMiddleware(interactions) }),
         new NodeTracerProvider({ spanProcessors: [sessionSpanProcessor(), new BatchSpanProcessor(exporter)] }),
         new LoggerProvider({ processors: [sessionLogRecordProcessor(), new BatchLogRecordProcessor({ exporter: new InMemoryLogRecordExporter() })] }),
         winston.createLogger({
           format: winston.format.combine(sessionFormat(), sessionLineFormat()),
           transports: [new ClewWinstonTransport({ level: "warn" })],
         }),
       ];`,
    );
    put(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2023",
          lib: ["es2023", "dom", "dom.iterable", "esnext.disposable"],
          strict: true,
          skipLibCheck: true,
          noEmit: true,
          types: ["node"],
          typeRoots: [dirname(directoryOf("@types/node"))],
        },
        files: ["fits.mts"],
      }),
    );
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
    expect(consumer.run(process.execPath, [tsc, "-p", "tsconfig.json"])).toMatchObject({ stdout: "", code: 0 });
  });

  const bundled = `import { setImmediate as turn } from "node:timers/promises";
    import { pino } from "pino";
    import { sessionId, withSession } from "clew-sdk";
    import { createConsoleLogger } from "clew-sdk/console";
    import { sessionLogger } from "clew-sdk/pino";
    const log = sessionLogger(pino({ base: null, timestamp: false }));
    withSession({ id: "a", workspace: "0123456789abcdef" }, async () => {
      createConsoleLogger().info(sessionId());
      await turn();
      log.info("from a bundle");
    });`;

  // What bundlers look for in a package's exports differs from one to the next.
  test.each([
    ["es", undefined],
    ["cjs", undefined],
    ["es", ["module-sync", "node", "import"]],
    ["cjs", ["module-sync", "node", "import"]],
    ["es", ["node"]],
  ] as const)("a program can be bundled to %s, with the conditions %s", async (format, conditions) => {
    put("bundled.mjs", bundled);
    const { build } = await import("vite");
    const outDir = join(consumer.directory, `bundle-${format}-${conditions?.length ?? 0}`);
    await build({
      root: consumer.directory,
      configFile: false,
      logLevel: "error",
      build: {
        ssr: join(consumer.directory, "bundled.mjs"),
        outDir,
        target: "node20",
        minify: true,
        rollupOptions: { output: { format, entryFileNames: format === "es" ? "main.mjs" : "main.cjs" } },
      },
      ssr: { noExternal: ["clew-sdk"], ...(conditions && { resolve: { conditions: [...conditions] } }) },
    });
    const main = join(outDir, format === "es" ? "main.mjs" : "main.cjs");
    expect(readFileSync(main, "utf8")).not.toMatch(/from ?["']clew-sdk|require\(["'`]clew-sdk/);
    const { stdout, stderr, records, code } = consumer.run(process.execPath, [main]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const [text, json] = stdout.trimEnd().split("\n");
    expect(text).toBe("[a] - INFO - a");
    expect(JSON.parse(json!)).toMatchObject({ session_id: "a", msg: "from a bundle" });
    expect(types(records)).toEqual(["session.start", "session.end"]);
    // One file, unless the bundler has taken the one that loads the rest when it is needed.
    if (!(conditions as readonly string[] | undefined)?.includes("module-sync"))
      expect(readdirSync(outDir)).toHaveLength(1);
  });
});
