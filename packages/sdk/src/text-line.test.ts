/** @module A log line begins with its session, and nothing that is logged can look like another line. */
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createConsoleLogger, openRotatingFile, patchConsole } from "./console.ts";
import { bind, withSession } from "./index.ts";
import { type Recorder, startRecording } from "./testing.ts";
import { detailedLine, formatLine, jsonLine, simpleLine } from "./text-line.ts";

const TIME = Date.UTC(2026, 10, 21, 6, 0, 0, 7);
let recorder: Recorder;
beforeEach(() => {
  recorder = startRecording({ clock: () => TIME });
});
afterEach(() => {
  expect(recorder.problems).toEqual([]);
  recorder.stop();
});

const parts = { time: TIME, level: "info", logger: "app.db", message: "ready" };

describe("lines", () => {
  test("simple, detailed and JSON", () => {
    withSession({ id: "20251105_143052", workspace: "0123456789abcdef" }, ({ traceId, spanId }) => {
      bind({ user: 7 });
      expect(simpleLine(parts)).toBe("[20251105_143052] - INFO - ready");
      expect(detailedLine(parts)).toBe("[20251105_143052] - 2026-11-21T06:00:00.007Z - app.db - INFO - ready");
      expect(jsonLine({ ...parts, data: { port: 80, session_id: "forged" } })).toBe(
        JSON.stringify({
          session_id: "20251105_143052",
          correlation_id: "0123456789abcdef:20251105_143052",
          workspace: "0123456789abcdef",
          trace_id: traceId,
          span_id: spanId,
          user: 7,
          time: "2026-11-21T06:00:00.007Z",
          level: "info",
          logger: "app.db",
          message: "ready",
          port: 80,
        }),
      );
    });
    expect(simpleLine(parts)).toBe("[in-progress] - INFO - ready");
  });

  test("an error's stack stays with its line", () => {
    const error = Object.assign(new Error("no\nroute"), { stack: "Error: no\nroute\n    at somewhere (file.ts:1:2)" });
    expect(
      detailedLine({ ...parts, error })
        .split("\n")
        .slice(1),
    ).toEqual(["    Error: no", "    route", "        at somewhere (file.ts:1:2)"]);
    expect(JSON.parse(jsonLine({ ...parts, error }))).toMatchObject({ error: { name: "Error", message: "no\nroute" } });
    expect(() => jsonLine({ ...parts, data: { big: 1n } })).not.toThrow();
  });

  test("whatever is logged: one line begins with a bracket, and no control character is left", () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.constantFrom("simple", "detailed", "json"), (message, logger, format) => {
        const line = formatLine(format, { ...parts, message: `${message}\n[forged] - INFO - x`, logger });
        const [first, ...rest] = line.split("\n");
        expect(first!.startsWith(format === "json" ? "{" : "[in-progress] - ")).toBe(true);
        for (const other of rest) expect(other.startsWith("    ")).toBe(true);
        expect(line).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
        if (format !== "json") expect(line).not.toMatch(/[\u007f-\u009f]/);
      }),
    );
  });
});

describe("createConsoleLogger", () => {
  test("prints what is severe enough, and writes it to a file in full", () => {
    const printed: string[] = [];
    const filed: string[] = [];
    const logger = createConsoleLogger({
      name: "app",
      level: "warn",
      print: (line, severity) => void printed.push(`${severity} ${line}`),
      file: { write: (line) => void filed.push(line) },
    });
    withSession({ id: "s1" }, () => {
      logger.info("nothing");
      logger.warn("careful", { left: 3 });
      logger.error("broken", new Error("why"));
      logger.error(undefined as unknown as string, null as never);
    });
    expect(printed.map((line) => line.split("\n")[0])).toEqual([
      "warn [s1] - WARN - careful",
      "error [s1] - ERROR - broken",
      "error [s1] - ERROR - undefined",
    ]);
    expect(printed[1]).toContain("\n    Error: why");
    expect(filed[0]).toBe("[s1] - 2026-11-21T06:00:00.007Z - app - WARN - careful");
  });

  test("a console can be patched and be as it was", () => {
    const printed: unknown[][] = [];
    const print = (...args: unknown[]) => void printed.push(args);
    const target = { debug: print, log: print, info: print, warn: print, error: print };
    const restore = patchConsole(target);
    withSession({ id: "s1" }, () => target.log("%s of %d", "one", 2));
    target.error({ an: "object" });
    restore();
    target.log("plain");
    expect(printed).toEqual([
      ["[s1] - INFO - %s of %d", "one", 2],
      ["[in-progress] - ERROR -", { an: "object" }],
      ["plain"],
    ]);
    expect(target.log).toBe(print);
  });
});

describe("openRotatingFile", () => {
  const directory = (): string => mkdtempSync(join(tmpdir(), "clew-sdk-log-"));

  test("keeps so many files of such a size, and every line whole", async () => {
    const folder = directory();
    const path = join(folder, "logs", "app.log");
    const file = openRotatingFile(path, { maxBytes: 1000, files: 3 });
    for (let number = 0; number < 100; number++) {
      file.write(`line ${String(number).padStart(3, "0")} ${"x".repeat(40)}`);
      if (number % 10 === 9) await file.flush();
    }
    await file.close();
    expect(readdirSync(join(folder, "logs")).sort()).toEqual(["app.log", "app.log.1", "app.log.2"]);
    const lines = ["app.log.2", "app.log.1", "app.log"].flatMap((name) =>
      readFileSync(join(folder, "logs", name), "utf8")
        .trimEnd()
        .split("\n"),
    );
    expect(lines.every((line) => /^line \d{3} x{40}$/.test(line))).toBe(true);
    const numbers = lines.map((line) => Number(line.slice(5, 8)));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 100 - numbers.length + index));
    expect(numbers.length).toBeGreaterThan(30);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const name of ["app.log", "app.log.1"])
      expect(statSync(join(folder, "logs", name)).size).toBeLessThanOrEqual(1000);
  });

  test("a burst of lines fills files of that size, too", async () => {
    const folder = directory();
    const file = openRotatingFile(join(folder, "app.log"), { maxBytes: 1000, files: 100 });
    for (let number = 0; number < 500; number++) file.write("x".repeat(99));
    await file.close();
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1100);
    expect(sizes.reduce((one, other) => one + other)).toBe(50_000);
  });

  test("goes on where the last run stopped; one file is emptied instead of moved", async () => {
    const path = join(directory(), "app.log");
    writeFileSync(path, "before\n");
    const file = openRotatingFile(path, { files: 1, maxBytes: 20 });
    file.write("after");
    await file.flush();
    expect(readFileSync(path, "utf8")).toBe("before\nafter\n");
    file.write("much more than that");
    await file.close();
    expect(readFileSync(path, "utf8")).toBe("much more than that\n");
  });

  test("a file that cannot be written is a problem of the SDK alone", async () => {
    const folder = directory();
    writeFileSync(join(folder, "file"), "");
    const file = openRotatingFile(join(folder, "file", "app.log"));
    file.write("lost");
    await file.close();
    expect(file.stats()).toMatchObject({ waiting: 1, written: 0 });
    expect(recorder.problems.map(({ code }) => code)).toEqual(["spool"]);
    recorder.clear();
  });
});
