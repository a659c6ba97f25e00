import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSpoolRecord } from "../../spool/spool-directory.ts";
import { runRebuild } from "../rebuild-command.ts";
import { createTestMachine, TEST_NOW, type TestMachine } from "../testing.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

const TRACE = "0af7651916cd43dd8448eb211c80319c";

function configure(...sources: readonly object[]): void {
  const path = join(machine.home, "data", "config.yaml");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ logs: sources }));
}

const lines = () =>
  machine.read((db) =>
    db.prepare("SELECT message, session_id AS session, joined_by AS joined FROM log_lines ORDER BY id").all(),
  );
const pino = (msg: string, fields: object = {}): string =>
  `${JSON.stringify({ level: 30, time: TEST_NOW - 60_000, pid: 4711, hostname: hostname(), ...fields, msg })}\n`;

/** What the SDK tells of a session that a process has opened. */
function openSession(sessionId: string, pid: number): void {
  const record = {
    v: 1,
    ts: new Date(TEST_NOW - 61_000).toISOString(),
    id: `start-${sessionId}`,
    correlation_id: `0123456789abcdef:${sessionId}`,
    type: "session.start",
    data: { pid, trace_id: TRACE, span_id: "b7ad6b7169203331" },
  };
  const body = Buffer.from(JSON.stringify(record));
  writeSpoolRecord(join(machine.home, "data", "spool"), { kind: "event", fields: {}, body });
}

test("lines join their sessions, a rebuild arrives at the same rows, and a second run changes nothing", async () => {
  const path = join(machine.home, "app.log");
  configure({ path, service: "shop" });
  openSession("order-7", 4711);
  writeFileSync(
    path,
    [
      pino("by id", { session_id: "order-7", trace_id: TRACE }),
      pino("by trace", { trace_id: TRACE, pid: 1 }),
      pino("by process"),
      pino("nobody's", { pid: 1 }),
      '2026-11-21 10:00:00,000 - app - ERROR - failed\nTraceback (most recent call last):\n  File "a"\nValueError: x\n',
      pino("by id", { session_id: "order-7", trace_id: TRACE }),
    ].join(""),
  );
  expect(await machine.index()).toMatchObject({ log_lines: 6 });
  expect(lines()).toEqual([
    { message: "by id", session: "order-7", joined: "id" },
    { message: "by trace", session: "order-7", joined: "trace" },
    { message: "by process", session: "order-7", joined: "process" },
    { message: "nobody's", session: "uncorrelated", joined: null },
    { message: "failed", session: "uncorrelated", joined: null },
    { message: "by id", session: "order-7", joined: "id" },
  ]);
  const before = machine.dump();
  expect(before.filter((line) => line.startsWith("log_lines "))).toHaveLength(6);
  runRebuild({ env: machine.env, clock: () => TEST_NOW });
  expect(machine.dump()).toEqual(before);
  expect(await machine.index()).toMatchObject({ log_lines: 0 });
  expect(machine.dump()).toEqual(before);
});

test("however a log is rotated between two runs, it is read once", async () => {
  const path = join(machine.home, "logs", "app.log");
  mkdirSync(dirname(path));
  configure({ path: dirname(path) });
  writeFileSync(path, pino("1"));
  await machine.index();
  appendFileSync(path, pino("2"));
  renameSync(path, `${path}.1`);
  writeFileSync(path, pino("3"));
  expect(await machine.index()).toMatchObject({ log_lines: 2 });
  expect(lines()).toHaveLength(3);
  const files = machine.read((db) => db.prepare("SELECT path, lines, status FROM log_files ORDER BY generation").all());
  expect(files).toEqual([
    { path: `${path}.1`, lines: 2, status: "rotated" },
    { path, lines: 1, status: "present" },
  ]);
});

test("what a line says is found, and its problem is listed", async () => {
  const path = join(machine.home, "app.log");
  configure({ path });
  writeFileSync(path, `${pino("the glaze crawled")}{"level":30,"msg":"torn\n`);
  await machine.index();
  const found = machine.read((db) =>
    db.prepare("SELECT rowid FROM search_index WHERE search_index MATCH 'glaze'").all(),
  );
  expect(found).toHaveLength(1);
  expect(machine.read((db) => db.prepare("SELECT reason FROM problems").all())).toEqual([{ reason: "invalid_json" }]);
});
