/** @module A temporary machine on which hooks and programs tell what happens, taken in as the daemon does it. */
import { rmSync } from "node:fs";
import { clewPaths } from "../../packages/app/src/base/paths.ts";
import type { SpoolField } from "../../packages/app/src/base/spool-record.ts";
import { drainSpool } from "../../packages/app/src/ingest/drain.ts";
import { openLocalStore } from "../../packages/app/src/ingest/index-command.ts";
import { createTestMachine, type TestMachine } from "../../packages/app/src/ingest/testing.ts";
import { writeSpoolRecord } from "../../packages/app/src/spool/spool-directory.ts";
import type { LiveHub } from "../../packages/app/src/surfaces/http/live.ts";

type Fields = Partial<Record<SpoolField, string>>;

export interface LiveMachine {
  readonly machine: TestMachine;
  /** A hook's record: its event, the session, the rest of the body, `secondsAgo`. */
  hook(
    event: string,
    session: string,
    body?: Readonly<Record<string, unknown>>,
    secondsAgo?: number,
    fields?: Fields,
  ): void;
  /** A record of our own programs. */
  own(type: string, session: string, data: Readonly<Record<string, unknown>>, secondsAgo?: number, more?: object): void;
  /** Takes everything in, and tells open pages like the daemon. */
  takeIn(live?: LiveHub): void;
  close(): void;
}

/** Read by hooks only to name the workspace: nothing is there. */
const PROJECT = "/home/ada/kiln";

export function liveMachine(): LiveMachine {
  const machine = createTestMachine();
  const { spool } = clewPaths(machine.env);
  const clock = () => Date.now();
  let count = 0;
  const write = (kind: "hook" | "event", body: unknown, secondsAgo: number, fields: Fields = {}) => {
    count++;
    // Records of one moment stay in the order in which they were written.
    const at = String(Date.now() - secondsAgo * 1_000 + count / 1_000);
    writeSpoolRecord(
      spool,
      { kind, fields: { at, ...fields }, body: Buffer.from(JSON.stringify(body)) },
      { name: `${Date.now()}-${String(count).padStart(6, "0")}` },
    );
  };
  return {
    machine,
    hook(event, session, body = {}, secondsAgo = 0, fields = {}) {
      const transcript = machine.path(`-home-ada-kiln/${session}.jsonl`);
      write(
        "hook",
        { session_id: session, transcript_path: transcript, cwd: PROJECT, hook_event_name: event, ...body },
        secondsAgo,
        { project: PROJECT, ...fields },
      );
    },
    own(type, session, data, secondsAgo = 0, more = {}) {
      const ts = new Date(Date.now() - secondsAgo * 1_000).toISOString();
      const head = { v: 1, id: `own-${++count}`, correlation_id: `0123456789abcdef:${session}`, ts, type, data };
      write("event", { ...head, ...more }, secondsAgo);
    },
    takeIn(live) {
      const { store } = openLocalStore(machine.env, clock);
      try {
        drainSpool({
          directory: spool,
          store,
          clock,
          onCommit: ({ lastSeq, sessions }) => live?.publish({ seq: lastSeq, sessionIds: sessions }),
        });
      } finally {
        store.close();
      }
    },
    close() {
      machine.remove();
      rmSync(machine.home, { recursive: true, force: true });
    },
  };
}
