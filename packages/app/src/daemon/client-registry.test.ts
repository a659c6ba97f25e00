import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClientRegistry, createClientRegistry, parseEntry } from "./client-registry.ts";

const ID = "0b6f3a52-7c1d-4a7e-9d5c-3f2b1a0c9e8d";
let config: string;
let alive: Set<number>;
let registry: ClientRegistry;

beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), "clew-clients-"));
  alive = new Set([7, 8]);
  registry = createClientRegistry([config, join(config, "none")], () => Date.now() + 60_000, {
    state: (pid) => (alive.has(pid) ? "alive" : "gone"),
    startOf: (pid) => `boot:${pid}00`,
  });
});
afterEach(() => rmSync(config, { recursive: true, force: true }));

function entry(pid: number, given: Readonly<Record<string, unknown>> = {}): void {
  const directory = join(config, "sessions");
  mkdirSync(directory, { recursive: true });
  const text = JSON.stringify({ pid, sessionId: ID, status: "busy", statusUpdatedAt: 1000, startedAt: 500, ...given });
  writeFileSync(join(directory, "next.tmp"), text);
  renameSync(join(directory, "next.tmp"), join(directory, `${pid}.json`));
}

const look = () => [...registry.look().sessions.values()];

test("has the sessions of running clients, as they change", () => {
  expect(look()).toEqual([]);
  entry(7, { procStart: "700" });
  expect(look()).toEqual([
    { sessionId: ID, pid: 7, processStartedAt: "boot:700", activity: "working", reason: null, since: 1000 },
  ]);
  entry(7, { status: "waiting", waitingFor: "permission\u001b prompt", statusUpdatedAt: 2000 });
  expect(look()).toMatchObject([{ activity: "waiting", reason: "permission prompt", since: 2000 }]);
  entry(7, { status: "dreaming" });
  expect(look()).toMatchObject([{ activity: null }]);
});

test("sees a file that is written in place", () => {
  entry(7);
  look();
  writeFileSync(
    join(config, "sessions", "7.json"),
    JSON.stringify({ pid: 7, sessionId: ID, status: "idle", updatedAt: 9 }),
  );
  expect(look()).toMatchObject([{ activity: "idle", since: 9 }]);
});

test("a half-written file changes nothing", () => {
  entry(7);
  look();
  writeFileSync(join(config, "sessions", "7.json"), '{"pid":7,"sess');
  expect(look()).toMatchObject([{ sessionId: ID, activity: "working" }]);
});

test("leaves out what a crash left, also when another process has its number", () => {
  entry(7);
  entry(8, { sessionId: "another-session", procStart: "5" });
  alive.delete(7);
  expect(look()).toEqual([]);
  expect(registry.look().left.size).toBe(0);
});

test("says which sessions have left in order", () => {
  entry(7);
  look();
  rmSync(join(config, "sessions", "7.json"));
  expect([...registry.look().left]).toEqual([ID]);
  entry(8);
  expect([...registry.look().left]).toEqual([]);
  entry(8, { sessionId: "another-session" });
  expect([...registry.look().left]).toEqual([ID]);
});

test("opens nothing but entries: no keys, no links, nothing large", () => {
  entry(7);
  const directory = join(config, "sessions");
  rmSync(join(directory, "7.json"));
  writeFileSync(
    join(directory, "7.messaging.key"),
    JSON.stringify({ pid: 7, sessionId: ID, status: "busy", updatedAt: 1 }),
  );
  writeFileSync(join(directory, "victim"), JSON.stringify({ pid: 8, sessionId: ID, status: "busy", updatedAt: 1 }));
  if (process.platform !== "win32") symlinkSync(join(directory, "victim"), join(directory, "8.json"));
  writeFileSync(join(directory, "7.json"), " ".repeat(70_000) + JSON.stringify({ sessionId: ID, updatedAt: 1 }));
  expect(look()).toEqual([]);
});

describe("parseEntry()", () => {
  test.each([
    "",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"sessionId":5,"updatedAt":1}',
    '{"sessionId":"../../etc/passwd","updatedAt":1}',
    `{"sessionId":"${ID}","updatedAt":"yesterday"}`,
    `{"sessionId":"${ID}","updatedAt":1,"pid":99}`,
    `{"sessionId":"${ID}","updatedAt":1,"pidDomain":"linux:1:pid:[4]"}`,
  ])("tolerates %s", (text) => {
    expect(parseEntry(text, 7, "pid:[5]")).toBeNull();
  });

  test("takes what there is", () => {
    expect(parseEntry(`{"sessionId":"${ID}","startedAt":3}`, 7, null)).toEqual({
      sessionId: ID,
      pid: 7,
      procStart: null,
      activity: null,
      reason: null,
      since: 3,
    });
  });
});
