import { afterEach, beforeEach, expect, test } from "vitest";
import type { SpoolRecord } from "../base/spool-record.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "../query/testing.ts";
import type { ClientRegistryLook } from "./client-registry.ts";
import { createPresence, type Presence } from "./presence-watch.ts";

let base: TestDatabase;
let sent: SpoolRecord[];
let problems: string[];
let alive: Set<number>;
let wall: number;
let steady: number;
let failing: boolean;
let presence: Presence;

const noClients: ClientRegistryLook = { sessions: new Map(), left: new Set() };

beforeEach(() => {
  base = testDatabase();
  sent = [];
  problems = [];
  alive = new Set([7]);
  wall = TEST_NOW;
  steady = 0;
  failing = false;
  presence = createPresence({
    reader: base.db,
    processes: { state: (pid) => (alive.has(pid) ? "alive" : "gone"), startOf: (pid) => `b:${pid}` },
    clients: { look: () => noClients },
    clock: () => wall,
    monotonic: () => steady,
    send(record) {
      if (failing) throw new Error("disk full");
      sent.push(record);
    },
    onProblem: (message) => problems.push(message),
  });
});
afterEach(() => base.close());

function pass(ms: number): void {
  wall += ms;
  steady += ms;
}

function live(id: string, row: Readonly<Record<string, unknown>>): void {
  base.session(id, { activity: "working", activity_at: TEST_NOW - 1000, ended_at: TEST_NOW - 1000, ...row });
  presence.changed();
}

const bodies = (): Readonly<Record<string, unknown>>[] => sent.map(({ body }) => JSON.parse(body.toString("utf8")));

test("a process that is gone at two looks loses its session: one record, in the spool's format", () => {
  live("s", { process_pid: 7, process_started_at: "b:7", process_at: TEST_NOW - 1000 });
  expect(presence.look()).toBe(false);
  alive.clear();
  pass(1000);
  expect(presence.look()).toBe(true);
  expect(sent).toEqual([]);
  pass(300);
  expect(presence.look()).toBe(false);
  expect(sent[0]).toMatchObject({ kind: "event", fields: { at: String(TEST_NOW + 1300) } });
  expect(bodies()).toEqual([
    {
      v: 1,
      ts: new Date(TEST_NOW + 1300).toISOString(),
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      correlation_id: "w-web:s",
      type: "session.activity",
      data: { activity: "lost", reason: "process gone" },
    },
  ]);
  pass(1000);
  presence.look();
  expect(sent).toHaveLength(1);
});

test("its last word, on its way into the store, counts", () => {
  live("s", { process_pid: 7, process_started_at: "b:7", process_at: TEST_NOW - 1000 });
  alive.clear();
  expect(presence.look()).toBe(true);
  base.db.prepare("UPDATE sessions SET activity = 'ended'").run();
  pass(300);
  expect(presence.look()).toBe(false);
  expect(sent).toEqual([]);
});

test("what does not arrive in the store is told again later", () => {
  live("s", { process_pid: 7, process_at: TEST_NOW - 1000 });
  presence.look();
  pass(1000);
  presence.look();
  expect(bodies()).toMatchObject([{ data: { activity: "working", pid: 7, process_started_at: "b:7" } }]);
  pass(31_000);
  presence.look();
  expect(sent).toHaveLength(2);
});

test("sleep and a clock that is set lose nobody", () => {
  live("s", { process_pid: 7, process_started_at: "b:7", process_at: TEST_NOW - 1000 });
  live("t", {});
  presence.look();
  alive.clear();
  wall += 13 * HOUR;
  expect(presence.look()).toBe(false);
  expect(sent).toEqual([]);
  // The hours that the machine slept were no silence; the process is gone all the same.
  for (let second = 0; second < 3; second++) {
    pass(1000);
    presence.look();
  }
  expect(bodies().map(({ correlation_id }) => correlation_id)).toEqual(["w-web:s"]);
  wall -= 20 * HOUR;
  expect(presence.look()).toBe(false);
  expect(sent).toHaveLength(1);
});

test("a spool that takes nothing is said once, and tried again", () => {
  live("s", { process_pid: 7, process_at: TEST_NOW - 1000 });
  failing = true;
  presence.look();
  presence.look();
  expect(problems).toEqual(["cannot look after live sessions: disk full"]);
  failing = false;
  presence.look();
  expect(sent).toHaveLength(1);
});
