import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventIdOf, UNCORRELATED_SESSION } from "../../base/ids.ts";
import { encodeSpoolRecord } from "../../base/spool-record.ts";
import { parseSpooled } from "../../sources/spooled.ts";
import type { LiveEvent } from "../../store/batch.ts";
import type { Store } from "../../store/store.ts";
import { openLocalStore } from "../index-command.ts";
import { createProcessAdoption } from "./adopt-processes.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
let home: string;
let store: Store;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-adopt-"));
  ({ store } = openLocalStore({ HOME: home, CLEW_HOME: join(home, "data") }, () => NOW));
  const start = {
    v: 1,
    ts: new Date(NOW - 9000).toISOString(),
    id: "start",
    correlation_id: "0123456789abcdef:weaving",
    type: "session.start",
    data: { agent: "command", cwd: home, pid: 100 },
  };
  const body = Buffer.from(JSON.stringify(start));
  store.writeLive(parseSpooled(encodeSpoolRecord({ kind: "event", fields: {}, body }), NOW));
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true, force: true });
});

function line(pid: number, ts: number): LiveEvent {
  const naturalKey = `line ${pid} ${ts}`;
  return {
    eventId: eventIdOf(naturalKey),
    naturalKey,
    sessionId: UNCORRELATED_SESSION,
    rootSessionId: UNCORRELATED_SESSION,
    ts,
    type: "log.info",
    origin: "tool",
    offset: 0,
    length: 2,
    text: "",
    facts: [
      {
        kind: "log_line",
        sessionId: null,
        ts,
        level: "info",
        message: naturalKey,
        logger: null,
        service: null,
        pid,
        host: null,
        traceId: null,
        spanId: null,
        path: null,
        fileOffset: null,
        format: "pino",
      },
    ],
    source: "log",
    agent: "unknown",
    cwd: null,
    body: Buffer.from("{}"),
  };
}

const joins = () =>
  store.db.prepare("SELECT pid, session_id AS session, joined_by AS by FROM log_lines ORDER BY pid, ts").all();

describe("lines of a process that names no session", () => {
  const parents = new Map([
    [102, 101],
    [101, 100],
    [100, 1],
    [200, 1],
    [300, 301],
    [301, 300],
  ]);
  const parentOf = (pid: number): number | null => parents.get(pid) ?? null;

  it("join the session that runs above it, and so do its later ones", () => {
    store.writeLive([line(102, NOW - 500), line(200, NOW - 500), line(300, NOW), line(400, NOW)]);
    const adopt = createProcessAdoption({ store, clock: () => NOW, parentOf });
    expect(adopt()).toBe(1);
    store.writeLive([line(102, NOW + 10)]);
    expect(joins()).toEqual([
      { pid: 102, session: "weaving", by: "process" },
      { pid: 102, session: "weaving", by: "process" },
      { pid: 200, session: UNCORRELATED_SESSION, by: null },
      { pid: 300, session: UNCORRELATED_SESSION, by: null },
      { pid: 400, session: UNCORRELATED_SESSION, by: null },
    ]);
    // The session's own process stays what it was.
    expect(store.db.prepare("SELECT process_pid AS pid FROM sessions WHERE session_id = 'weaving'").get()).toEqual({
      pid: 100,
    });
  });

  it("are asked for once a minute, and only while they are fresh", () => {
    const asked: number[] = [];
    let now = NOW;
    const adopt = createProcessAdoption({
      store,
      clock: () => now,
      parentOf: (pid) => {
        asked.push(pid);
        return null;
      },
    });
    store.writeLive([line(200, NOW), line(201, NOW - 120_000)]);
    adopt();
    adopt();
    expect(asked).toEqual([200]);
    now = NOW + 50_000;
    adopt();
    expect(asked).toEqual([200]);
  });
});
