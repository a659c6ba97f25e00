import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { LogLineFact } from "../../model/telemetry.ts";
import type { IntakeLimits } from "./follow-logs.ts";
import type { LogSource } from "./log-source.ts";
import { createLogBed, type LogBed } from "./testing.ts";

let bed: LogBed;
afterEach(() => bed.remove());

/** A bed that follows one file, `app.log`, or what is given. */
function open(
  sources: (path: (name: string) => string) => readonly LogSource[] = (path) => [{ path: path("app.log") }],
  limits: Partial<IntakeLimits> = {},
): (name: string) => string {
  bed = createLogBed(sources, limits);
  return bed.path;
}

const rows = () => [...bed.store.rows.values()];
const line = (number: number): string =>
  JSON.stringify({ level: 30, time: 1_795_254_000_000 + number, msg: `line ${number}` });
const lines = (...numbers: readonly number[]): string => numbers.map((number) => `${line(number)}\n`).join("");
const facts = (): readonly LogLineFact[] =>
  [...bed.store.events.values()].flatMap((event) =>
    event.facts.filter((fact): fact is LogLineFact => fact.kind === "log_line"),
  );

describe("one file", () => {
  test("what is appended is read from where reading stopped, also after a restart", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1, 2));
    expect(await bed.take()).toEqual({ lines: 2, files: 1, problems: [], more: false });
    appendFileSync(path("app.log"), lines(3));
    await bed.take();
    bed.restart();
    appendFileSync(path("app.log"), lines(4));
    await bed.take();
    expect(bed.texts()).toEqual([1, 2, 3, 4].map(line));
    expect(rows()).toMatchObject([
      { readOffset: lines(1, 2, 3, 4).length, lines: 4, format: "pino", status: "present" },
    ]);
    expect(facts()[2]).toMatchObject({ path: path("app.log"), fileOffset: lines(1, 2).length });
  });

  test("nothing is written when nothing has come", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1));
    await bed.take();
    const { writes } = bed.store;
    for (let look = 0; look < 5; look++) expect((await bed.take()).lines).toBe(0);
    bed.restart();
    expect((await bed.take()).lines).toBe(0);
    expect(bed.store.writes).toBe(writes);
  });

  test("a line without its end waits, a record of text until nothing more comes", async () => {
    const path = open();
    writeFileSync(
      path("app.log"),
      "2026-11-21 10:00:00,000 - app - ERROR - failed\nTraceback (most recent call last):\n",
    );
    expect((await bed.take()).lines).toBe(0);
    appendFileSync(path("app.log"), '  File "a.py", line 1\nValueError: ba');
    expect((await bed.take()).lines).toBe(0);
    appendFileSync(path("app.log"), "d\n");
    expect((await bed.take()).lines).toBe(0);
    bed.pass(5000);
    await bed.take();
    appendFileSync(path("app.log"), "2026-11-21 10:00:01,000 - app - INFO - on\n");
    expect((await bed.take({ everything: true })).lines).toBe(1);
    expect(bed.texts()).toEqual([
      '2026-11-21 10:00:00,000 - app - ERROR - failed\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: bad',
      "2026-11-21 10:00:01,000 - app - INFO - on",
    ]);
  });

  test("equal lines are different records", async () => {
    const path = open();
    writeFileSync(path("app.log"), "same\nsame\nsame\n");
    await bed.take({ everything: true });
    expect(bed.texts()).toEqual(["same", "same", "same"]);
  });

  test("a call reads no more than its share, and says that there is more", async () => {
    const path = open(undefined, { callBytes: 10_000, batchBytes: 5000 });
    writeFileSync(path("app.log"), lines(...Array.from({ length: 1000 }, (_, index) => index)));
    const first = await bed.take();
    expect(first.more).toBe(true);
    expect(first.lines).toBeLessThan(400);
    await bed.takeAll();
    expect(bed.texts()).toHaveLength(1000);
  });

  test("a line of more than can be read is kept in pieces", async () => {
    const path = open();
    const long = "x".repeat(20 * 1024 * 1024);
    writeFileSync(path("app.log"), `${lines(1)}${long}\n${lines(2)}`);
    await bed.takeAll();
    const texts = bed.texts();
    expect(texts).toHaveLength(4);
    expect(texts.filter((text) => text.startsWith("x")).join("")).toHaveLength(long.length);
    expect(facts().every(({ message }) => message.length <= 500)).toBe(true);
  });

  test("what the store refuses is kept as a problem, and the others come in", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1, 2));
    bed.store.failure = new Error("a fault of ours");
    expect((await bed.take()).lines).toBe(2);
    expect(bed.texts()).toHaveLength(2);
  });

  test("a full disk loses nothing", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1, 2));
    bed.store.failure = Object.assign(new Error("full"), { code: "ENOSPC" });
    await expect(bed.take()).rejects.toThrow("full");
    expect(bed.texts()).toEqual([]);
    await bed.take();
    expect(bed.texts()).toEqual([1, 2].map(line));
  });
});

describe("rotation", () => {
  test("by renaming: the old file is read to its end, the new one from its beginning", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1));
    await bed.take();
    appendFileSync(path("app.log"), lines(2));
    renameSync(path("app.log"), path("app.log.1"));
    appendFileSync(path("app.log.1"), lines(3));
    writeFileSync(path("app.log"), lines(4));
    await bed.takeAll();
    renameSync(path("app.log.1"), path("app.log.2"));
    renameSync(path("app.log"), path("app.log.1"));
    writeFileSync(path("app.log"), lines(5));
    bed.restart();
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3, 4, 5].map(line));
    expect(rows().map((row) => [row.path, row.generation, row.status])).toEqual([
      [path("app.log.2"), 0, "rotated"],
      [path("app.log.1"), 1, "rotated"],
      [path("app.log"), 2, "present"],
    ]);
  });

  test("equal lines at equal places of two generations are two", async () => {
    const path = open();
    writeFileSync(path("app.log"), "started\n");
    await bed.take({ everything: true });
    renameSync(path("app.log"), path("app.log.1"));
    writeFileSync(path("app.log"), "started\n");
    await bed.take({ everything: true });
    expect(bed.texts()).toEqual(["started", "started"]);
  });

  test("to a name that nobody asked for", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1));
    await bed.take();
    appendFileSync(path("app.log"), lines(2));
    renameSync(path("app.log"), path("archived"));
    await bed.takeAll();
    appendFileSync(path("archived"), lines(3));
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3].map(line));
    bed.pass(10_000);
    await bed.takeAll();
    expect(rows()).toMatchObject([{ path: path("archived"), status: "rotated" }]);
  });

  test("by copying and truncating", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1, 2, 3));
    await bed.take();
    appendFileSync(path("app.log"), lines(4));
    copyFileSync(path("app.log"), path("app.log.1"));
    truncateSync(path("app.log"));
    appendFileSync(path("app.log"), lines(5));
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3, 4, 5].map(line));
  });

  test("by truncating to something that is longer than what was read", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1));
    await bed.take();
    writeFileSync(path("app.log"), lines(2, 3, 4));
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3, 4].map(line));
  });

  test("a compressed copy is not read twice, whoever compressed it when", async () => {
    const path = open((at) => [{ path: at("") }]);
    writeFileSync(path("app.log"), lines(1, 2));
    await bed.take();
    renameSync(path("app.log"), path("app.log.1"));
    writeFileSync(path("app.log"), lines(3));
    await bed.takeAll();
    writeFileSync(path("app.log.1.gz"), gzipSync(lines(1, 2)));
    unlinkSync(path("app.log.1"));
    await bed.takeAll();
    renameSync(path("app.log.1.gz"), path("app.log.2.gz"));
    bed.restart();
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3].map(line));
  });

  test("what a compressed copy has more than was read comes in", async () => {
    const path = open((at) => [{ path: at("") }]);
    writeFileSync(path("app.log"), lines(1));
    await bed.take();
    writeFileSync(path("app.log-20261121.gz"), gzipSync(lines(1, 2)));
    writeFileSync(path("app.log"), lines(3));
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3].map(line));
  });

  test("a compressed file that was never seen is read once, and its last line needs no end", async () => {
    const path = open((at) => [{ path: at("") }], { batchBytes: 4096 });
    const many = Array.from({ length: 500 }, (_, index) => index);
    writeFileSync(path("app.log.3.gz"), gzipSync(lines(...many).trimEnd()));
    await bed.takeAll();
    bed.restart();
    await bed.takeAll();
    expect(bed.texts()).toHaveLength(500);
    expect(rows()).toMatchObject([{ lines: 500, status: "rotated" }]);
  });

  test("a file that is gone is marked", async () => {
    const path = open();
    writeFileSync(path("app.log"), lines(1));
    await bed.take();
    rmSync(path("app.log"));
    await bed.takeAll();
    expect(rows()).toMatchObject([{ status: "missing", lines: 1 }]);
  });
});

describe("sources", () => {
  test("a directory: logs below it, never modules, history, links to directories or Clew's own", async () => {
    const path = open((at) => [{ path: at("") }]);
    for (const name of ["a", "a/node_modules", "a/.git", "clew-home", "a/logs", "a/logs/llm_interactions"])
      mkdirSync(path(name));
    let number = 0;
    const put = (name: string): void => writeFileSync(path(name), lines(++number));
    for (const name of ["x.log", "a/y.jsonl", "a/z.ndjson", "a/w.json.log", "a/v.log.1"]) put(name);
    for (const name of ["a/node_modules/n.log", "a/.git/g.log", "clew-home/c.log", "a/readme.txt"]) put(name);
    symlinkSync(path("a"), path("a/loop"));
    symlinkSync(path("x.log"), path("a/again.log"));
    linkSync(path("x.log"), path("a/hard.log"));
    await bed.takeAll();
    expect(bed.texts()).toEqual([1, 2, 3, 4, 5].map(line));
  });

  test("a pattern, with a service, a format and a zone", async () => {
    const path = open((at) => [
      { path: at("services/**/*.log"), service: "shop", format: "plain", zone: "America/New_York" },
      { path: at("b?.log") },
    ]);
    mkdirSync(path("services/one/deep"), { recursive: true });
    writeFileSync(path("services/one/deep/a.log"), "2026-11-21 05:00:00 level=info msg=x\n");
    writeFileSync(path("services/a.log"), "2026-11-21 05:00:01 b\n");
    writeFileSync(path("b1.log"), lines(1));
    writeFileSync(path("b22.log"), lines(2));
    await bed.take({ everything: true });
    expect(bed.texts()).toHaveLength(3);
    const shop = facts().filter(({ service }) => service === "shop");
    expect(shop.map(({ format }) => format)).toEqual(["plain", "plain"]);
    expect(Math.min(...shop.map(({ ts }) => ts))).toBe(Date.UTC(2026, 10, 21, 10));
  });

  test("what cannot be read is told once, in one sentence", async () => {
    const path = open((at) =>
      ["fifo", "bin.log", "none.log", "loop.log", "secret.log", "bad.log.gz"].map((name) => ({ path: at(name) })),
    );
    execFileSync("mkfifo", [path("fifo")]);
    writeFileSync(path("bin.log"), Buffer.from([1, 2, 0, 4]));
    symlinkSync(path("loop.log"), path("loop.log"));
    writeFileSync(path("secret.log"), lines(1));
    chmodSync(path("secret.log"), 0o000);
    writeFileSync(path("bad.log.gz"), gzipSync(lines(1, 2)).subarray(0, 30));
    bed.pass(60_000);
    const problems = await bed.takeAll();
    expect(problems.filter((problem) => !problem.includes("secret.log")).sort()).toEqual([
      `${path("bad.log.gz")} cannot be read: unexpected end of file`,
      `${path("bin.log")} cannot be read: is not text`,
      `${path("fifo")} is no regular file and is not read`,
      expect.stringContaining("loop.log cannot be read: ELOOP"),
      `${path("none.log")} is not there`,
    ]);
    // The superuser may read everything.
    const isSuperuser = process.getuid?.() === 0;
    expect(problems.filter((problem) => problem.includes("secret.log"))).toHaveLength(isSuperuser ? 0 : 1);
    expect(await bed.takeAll()).toEqual([]);
    chmodSync(path("secret.log"), 0o600);
    await bed.takeAll();
    expect(bed.texts()).toEqual([line(1)]);
  });

  test("a file that unpacks to ever more is given up", async () => {
    const limits = { gz: { bytes: 10 ** 9, ratio: 100, freeBytes: 100_000 } };
    const path = open((at) => [{ path: at("") }], limits);
    writeFileSync(path("bomb.log.gz"), gzipSync(Buffer.alloc(2 * 1024 * 1024, "all the same\n")));
    bed.pass(60_000);
    expect(await bed.takeAll()).toEqual([
      expect.stringMatching(/bomb\.log\.gz cannot be read: unpacks to more than 100 times/),
    ]);
    expect(await bed.takeAll()).toEqual([]);
  });

  test("interaction logs are found by where they are", async () => {
    const path = open((at) => [{ path: at("logs/llm_interactions"), format: "interaction", isOptional: true }]);
    expect(await bed.takeAll()).toEqual([]);
    mkdirSync(path("logs/llm_interactions"), { recursive: true });
    const call = {
      session_id: "20261121_100000",
      interaction_id: 1,
      timestamp: "2026-11-21T09:00:00.000Z",
      provider: "anthropic",
      input: "ask",
      output: "answer",
    };
    writeFileSync(path("logs/llm_interactions/session_20261121_100000.jsonl"), `${JSON.stringify(call)}\n`);
    await bed.takeAll();
    expect([...bed.store.events.values()]).toMatchObject([
      { type: "interaction", sessionId: "20261121_100000", text: "ask\nanswer", facts: [{ kind: "model_call" }] },
    ]);
  });
});
