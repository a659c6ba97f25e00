/** @module What may stand in a spool, and when a clock says that it came: all that is ours is taken, and nothing else. */
import { spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeSpoolRecord } from "../../packages/app/src/base/spool-record.ts";
import { type Drained, drainSpool } from "../../packages/app/src/ingest/drain.ts";
import { openLocalStore } from "../../packages/app/src/ingest/index-command.ts";
import { writeSpoolRecord } from "../../packages/app/src/spool/spool-directory.ts";
import type { Store } from "../../packages/app/src/store/store.ts";
import { createTestbed, damage, ended, observeScript, read, storedNumbers, type Testbed } from "./testbed.ts";

const SESSION = "5e551000-0000-4000-8000-00000000c10c";
const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 21, 12);

let bed: Testbed;
let store: Store;
let now = NOON;
const clock = () => now;
beforeEach(() => {
  now = NOON;
  bed = createTestbed();
  store = openLocalStore(bed.env, clock).store;
  mkdirSync(bed.spool, { mode: 0o700 });
});
afterEach(() => {
  store.close();
  bed.remove();
});

const body = (n: string, event: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ session_id: SESSION, hook_event_name: "Notification", n, message: "warm", ...event }));

/** Puts an event into the spool whose file says that it was written at some time. */
function put(name: string, n: string, at: number, event: object = {}): void {
  writeSpoolRecord(bed.spool, { kind: "hook", fields: { pid: "4242" }, body: body(n, event) }, { name });
  utimesSync(join(bed.spool, name), at / 1000, at / 1000);
}

const drain = (): Drained => drainSpool({ directory: bed.spool, store, clock });

/** Numbers of the stored events. */
const stored = (): readonly string[] => [...storedNumbers(bed.database).keys()].toSorted();

describe("a clock that jumps", () => {
  test("back an hour: everything is taken, sequence and time stamps go on, no duration is negative", () => {
    const tool = { tool_name: "Bash", tool_use_id: "toolu_clock", tool_input: { command: "fire" } };
    put("1", "a-1", now, { hook_event_name: "SessionStart", source: "startup" });
    put("2", "a-2", now + 1000, { hook_event_name: "UserPromptSubmit", prompt: "Fire it" });
    put("3", "a-3", now + 2000, { hook_event_name: "PreToolUse", ...tool });
    now += 3000;
    drain();
    now -= HOUR_MS;
    put("4", "a-4", now, { hook_event_name: "PostToolUse", ...tool, tool_response: { stdout: "fired" } });
    drain();
    put("5", "a-5", now + 10, { hook_event_name: "SessionEnd", reason: "clear" });
    drain();

    expect(readdirSync(bed.spool)).toEqual([]);
    const rows = read(bed.database, (db) => db.prepare("SELECT id, seq, hlc FROM events ORDER BY seq").all()) as {
      readonly id: number;
      readonly seq: number;
      readonly hlc: number;
    }[];
    expect(rows).toHaveLength(5);
    for (const [at, { id, hlc }] of rows.entries()) {
      expect(id).toBeGreaterThan(rows[at - 1]?.id ?? 0);
      expect(hlc).toBeGreaterThan(rows[at - 1]?.hlc ?? 0);
    }
    const negative = read(bed.database, (db) => [
      ...db.prepare("SELECT tool_use_id FROM tool_calls WHERE duration_ms < 0").all(),
      ...db.prepare("SELECT session_id FROM sessions WHERE ended_at < started_at").all(),
    ]);
    expect(negative).toEqual([]);
    expect(damage(bed.database)).toEqual([]);
  });

  test.each([
    ["an hour", HOUR_MS],
    ["a year", 365 * 24 * HOUR_MS],
  ])("files from %s ahead are taken at once", (_, ahead) => {
    put("1", "a-1", now + ahead);
    put("2", "a-2", now);
    expect(drain()).toMatchObject({ files: 2, events: 2, left: 0 });
    expect(stored()).toEqual(["a-1", "a-2"]);
  });

  test("over a thousand random jumps no event's place in the sequence changes", () => {
    let seed = 7;
    const jump = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.round((seed / 2 ** 31 - 0.5) * 2 * HOUR_MS);
    };
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < 50; n++) put(`${round}-${n}`, `r${round}-${n}`, now + jump());
      now += jump();
      expect(drain().events).toBe(50);
    }
    const rounds = read(bed.database, (db) => db.prepare("SELECT natural_key FROM events ORDER BY seq").pluck().all());
    const order = rounds.map((key) => Number(/^hook:(\d+)-/.exec(key as string)![1]));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(damage(bed.database)).toEqual([]);
  });
});

describe("a hook that gets its body late", () => {
  test("is waited for as long as it lives, however old its file looks", async () => {
    const hook = spawn("sh", [observeScript, bed.home], { env: bed.env, stdio: ["pipe", "ignore", "inherit"] });
    const end = ended(hook);
    await expect.poll(() => readdirSync(bed.spool)).toHaveLength(1);
    const [name = ""] = readdirSync(bed.spool);
    await delay(100); // its head is written
    now = Date.now() + 8 * HOUR_MS;
    expect(drain()).toMatchObject({ files: 0, left: 1 });
    hook.stdin.end(body("h-1"));
    expect(await end).toEqual({ code: 0, signal: null });
    expect(drain()).toMatchObject({ files: 1, events: 1, left: 0 });
    expect(stored()).toEqual(["h-1"]);
    expect(existsSync(join(bed.spool, name))).toBe(false);
  });

  test("is not waited for once it is dead: nothing was acknowledged", async () => {
    const hook = spawn("sh", [observeScript, bed.home], { env: bed.env, stdio: ["pipe", "ignore", "inherit"] });
    const end = ended(hook);
    await expect.poll(() => readdirSync(bed.spool)).toHaveLength(1);
    hook.kill("SIGKILL");
    await end;
    hook.stdin.destroy();
    now = Date.now() + HOUR_MS;
    await expect.poll(() => drain().files).toBe(1);
    expect(stored()).toEqual([]);
    expect(readdirSync(bed.spool)).toEqual([]);
  });
});

describe("what is not ours", () => {
  const record = (n: string): Buffer => encodeSpoolRecord({ kind: "hook", fields: {}, body: body(n) });
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) console.warn("not root: a file of another user cannot be made, and is not tried");

  /** Each makes one entry that no writer of ours makes. */
  const entries: Readonly<Record<string, (path: string) => void>> = {
    fifo: (path) => void spawnSync("mkfifo", [path]),
    "sym-link": (path) => {
      writeFileSync(join(bed.root, "elsewhere"), record("x-1"));
      symlinkSync(join(bed.root, "elsewhere"), path);
    },
    "dangling-link": (path) => symlinkSync(join(bed.root, "nowhere"), path),
    directory: (path) => mkdirSync(path),
    "hard-link": (path) => {
      writeFileSync(join(bed.root, "shared"), record("x-2"));
      linkSync(join(bed.root, "shared"), path);
    },
    sparse: (path) => {
      writeFileSync(path, record("x-3"));
      truncateSync(path, 200 * 1024 * 1024);
    },
    "bad\u001b[31mname\n": (path) => writeFileSync(path, record("x-4")),
    ...(isRoot && {
      foreign: (path: string) => {
        writeFileSync(path, record("x-5"));
        chownSync(path, 65_534, 65_534);
      },
    }),
  };

  test("is named, never read and left alone, while the rest is taken", () => {
    for (const [name, make] of Object.entries(entries)) make(join(bed.spool, name));
    const before = readdirSync(bed.spool).toSorted();
    expect(before).toHaveLength(Object.keys(entries).length);
    put("good-1", "g-1", now);
    put("good-2", "g-2", now);

    const drained = drain();
    expect(drained).toMatchObject({ files: 2, events: 2, left: 0 });
    expect(stored()).toEqual(["g-1", "g-2"]);
    expect(readdirSync(bed.spool).toSorted()).toEqual(before);
    expect(drained.problems).toHaveLength(before.length);
    for (const name of Object.keys(entries)) {
      const printable = name.replace(/[^\x20-\x7e]/g, "?");
      expect(drained.problems.filter((problem) => problem.includes(join(bed.spool, printable)))).toHaveLength(1);
    }
    // Whoever drains says each once: the sentences do not change.
    expect(drain().problems).toEqual(drained.problems);
  });

  test.each(["fifo", "sym-link", "directory", "hard-link", "sparse"])(
    "a %s where a record was listed is not read",
    (name) => {
      put("victim", "v-1", now);
      put("zz-good", "g-1", now + 1);
      let swapped = false;
      // Between the list and the reading, as an attacker would.
      const swapping: Store = {
        ...store,
        writeLive: (events) => {
          expect(events.every((event) => !event.body.includes('"x-'))).toBe(true);
          return store.writeLive(events);
        },
      };
      const drained = drainSpool({
        directory: bed.spool,
        store: swapping,
        clock: () => {
          if (!swapped) {
            swapped = true;
            rmSync(join(bed.spool, "zz-good"));
            entries[name]!(join(bed.spool, "zz-good"));
          }
          return now;
        },
      });
      expect(drained.events).toBe(1);
      expect(stored()).toEqual(["v-1"]);
      expect(readdirSync(bed.spool)).toEqual(["zz-good"]);
    },
  );
});
