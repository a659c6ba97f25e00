/** @module What the SDK puts into the spool is what the rest of Clew reads there; where it cannot, nobody notices. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { decodeSpoolRecord } from "../../app/src/base/spool-record.ts";
import { parseSpooled } from "../../app/src/sources/spooled.ts";
import { listSpool, readSpoolFile, takeLostCount } from "../../app/src/spool/spool-directory.ts";
import { resetSettings } from "./configure.ts";
import { configure, flush, onProblem, type SdkProblem, withSession } from "./index.ts";
import { openSpoolSink } from "./spool-sink.ts";
import { state } from "./state.ts";
import type { ClewRecord } from "./wire.ts";

const problems: SdkProblem[] = [];

/** A home of its own; CLEW_HOME points into it unless other variables are given. */
function useHome(
  env: (home: string) => Record<string, string> = (home) => ({ CLEW_HOME: join(home, "clew") }),
): string {
  const home = mkdtempSync(join(tmpdir(), "clew-sdk-spool-"));
  configure({ env: { HOME: home, ...env(home) } });
  onProblem((problem) => void problems.push(problem));
  return home;
}

afterEach(() => {
  resetSettings();
  problems.length = 0;
});

const recordsIn = (spool: string): readonly ClewRecord[] =>
  listSpool(spool).names.flatMap(
    (name) => JSON.parse(decodeSpoolRecord(readSpoolFile(spool, name)!.bytes)!.body.toString()) as ClewRecord[],
  );

describe("the spool", () => {
  test("holds whole files of ours alone, which become sessions", async () => {
    const home = useHome();
    const spool = join(home, "clew", "spool");
    withSession({ name: "outer", trigger: "cron", tags: ["nightly"], identity: "robot" }, (outer) => {
      outer.log("warn", "careful", { left: 3 });
      withSession("inner", () => {});
    });
    await flush();
    expect(problems).toEqual([]);
    expect(statSync(spool).mode & 0o777).toBe(0o700);
    const { names, problems: foreign } = listSpool(spool);
    expect(foreign).toEqual([]);
    expect(names).toHaveLength(1);
    expect(statSync(join(spool, names[0]!)).mode & 0o777).toBe(0o600);
    const events = parseSpooled(readSpoolFile(spool, names[0]!)!.bytes, Date.now());
    expect(events.flatMap(({ facts }) => facts.filter(({ kind }) => kind === "problem"))).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual([
      "session.start",
      "log.warn",
      "session.start",
      "session.end",
      "session.end",
    ]);
    expect(events[0]!.facts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "session", trigger: "cron" }),
        expect.objectContaining({ kind: "title", title: "outer" }),
        expect.objectContaining({ kind: "process", pid: process.pid }),
        expect.objectContaining({ kind: "identity", identity: "robot" }),
      ]),
    );
    expect(events[2]!.facts).toContainEqual(
      expect.objectContaining({ kind: "session", parentSessionId: events[0]!.sessionId }),
    );
    expect(events[4]!.facts).toContainEqual(expect.objectContaining({ kind: "agent_result", success: true }));
  });

  test("takes anything that a program says", async () => {
    const home = useHome();
    const cycle: Record<string, unknown> = { name: "cycle" };
    cycle.self = cycle;
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    withSession("odd", (session) => {
      session.event("odd.data", { data: cycle });
      session.event("odd.data", { data: { big: 1n, not: Number.NaN, call: () => 1, bytes: Buffer.alloc(9) } });
      session.event("odd.data", {
        data: {
          toJSON: () => {
            throw new Error("no");
          },
        },
      });
      session.event("odd.data", { data: { deep } });
      session.event("odd.data", { message: "m".repeat(1_000_000), data: { text: "t".repeat(1_000_000) } });
      session.event("odd.data", { message: "\ud800 \0 \u001b[31m", at: Number.NaN });
    });
    await flush();
    expect(problems).toEqual([]);
    const records = recordsIn(join(home, "clew", "spool"));
    expect(records).toHaveLength(8);
    expect(records[1]!.data).toEqual({ name: "cycle", self: "[circular]" });
    expect(records[2]!.data).toEqual({ big: "1", not: "NaN", bytes: "[binary, 9 bytes]" });
    for (const record of records) expect(JSON.stringify(record).length).toBeLessThan(100_000);
    expect(records[5]!.data).toMatchObject({ cut_from: expect.any(Number) });
  });

  test("has no way to speak as Clew itself", async () => {
    const home = useHome();
    const types = ["change", "session.end", "inbox.seen", "interaction", "usage.imported"];
    withSession("odd", (session) => {
      for (const type of types) session.event(type, { data: { target: "message", author: "boss" } });
      session.event("changes.made");
    });
    await flush();
    const told = recordsIn(join(home, "clew", "spool")).map(({ type }) => type);
    expect(told.slice(1, -1)).toEqual([...types.map((type) => `event.${type}`), "changes.made"]);
  });

  test("is left alone where nobody has Clew", async () => {
    const home = useHome(() => ({}));
    withSession("one", () => {});
    await flush();
    expect(readdirSync(home)).toEqual([]);
    mkdirSync(join(home, ".local", "share", "clew"), { recursive: true });
    configure({ sink: null });
    withSession("two", () => {});
    await flush();
    expect(recordsIn(join(home, ".local", "share", "clew", "spool"))).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  test("nothing is written with CLEW_SDK=off", async () => {
    const home = useHome((at) => ({ CLEW_HOME: join(at, "clew"), CLEW_SDK: "off" }));
    withSession("one", (session) => expect(session.id).not.toBe("in-progress"));
    await flush();
    expect(readdirSync(home)).toEqual([]);
  });

  test("is full at its cap: what comes is counted, not written", async () => {
    const home = useHome((at) => ({ CLEW_HOME: join(at, "clew"), CLEW_SPOOL_MAX_KB: "10" }));
    const spool = join(home, "clew", "spool");
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    writeFileSync(join(spool, "older"), "x".repeat(20_000), { mode: 0o600 });
    withSession("one", () => {});
    await flush();
    expect(readdirSync(spool).sort()).toEqual(["full", "lost", "older"]);
    expect(takeLostCount(spool)).toBe(2);
    rmSync(join(spool, "older"));
    rmSync(join(spool, "full"), { force: true });
    withSession("two", () => {});
    await flush();
    expect(recordsIn(spool)).toHaveLength(2);
  });

  test.each([
    ["is a file", (path: string) => writeFileSync(path, "")],
    ["is a link to somewhere else", (path: string) => symlinkSync(tmpdir(), path)],
    ["cannot be made", (path: string) => rmSync(path, { force: true, recursive: true })],
  ])("one that %s is a problem of the SDK and of nobody else", async (what, spoil) => {
    const home = useHome((at) =>
      what === "cannot be made" ? { CLEW_HOME: join(at, "file", "below") } : { CLEW_HOME: join(at, "clew") },
    );
    mkdirSync(join(home, "clew"));
    writeFileSync(join(home, "file"), "");
    spoil(join(home, "clew", "spool"));
    expect(withSession("one", () => 1)).toBe(1);
    await flush();
    expect(problems).toHaveLength(1);
    expect(problems[0]!.code).toBe("spool");
    expect(existsSync(join(tmpdir(), "full"))).toBe(false);
  });

  test("comes back when it was removed", async () => {
    const home = useHome();
    const spool = join(home, "clew", "spool");
    withSession("one", () => {});
    await flush();
    rmSync(join(home, "clew"), { recursive: true });
    withSession("two", () => {});
    await flush();
    await flush();
    expect(recordsIn(spool)).toHaveLength(2);
  });

  test("is closed to others when it was open", async () => {
    const home = useHome();
    const spool = join(home, "clew", "spool");
    mkdirSync(spool, { recursive: true });
    chmodSync(spool, 0o755);
    withSession("one", () => {});
    await flush();
    expect(statSync(spool).mode & 0o777).toBe(0o700);
  });

  test("may be written to by several at once", async () => {
    const home = useHome();
    const sinks = Array.from({ length: 8 }, () => openSpoolSink());
    const { newId } = state().settings;
    for (let number = 0; number < 4000; number++) {
      const id = newId();
      const ts = "2026-11-21T06:00:00.000Z";
      sinks[number % 8]!.send({
        v: 1,
        ts,
        id,
        correlation_id: "0123456789abcdef:s",
        type: "log",
        message: `${number}`,
      });
    }
    await Promise.all(sinks.map((sink) => sink.close()));
    const records = recordsIn(join(home, "clew", "spool"));
    expect(new Set(records.map(({ message }) => message)).size).toBe(4000);
  });
});
