import { spawn, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ancestorsOf,
  createProcesses,
  isAlive,
  type ProcessProbe,
  parentOf,
  parseStat,
  processStart,
} from "./process.ts";

const TAIL = "S 41 40 39 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2000 18446744073709551615";

describe("parseStat", () => {
  it("finds the fields behind any name that a program gives itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(parseStat(`40 (${name}) ${TAIL}`)).toEqual({
          state: "S",
          parent: 41,
          group: 40,
          session: 39,
          start: "987654",
        });
      }),
    );
    expect(parseStat(`7 (a) b) (c\n) R 1 ) ${TAIL}`)?.parent).toBe(41);
  });

  it("is null for anything else", () => {
    fc.assert(fc.property(fc.string(), (text) => parseStat(text.replaceAll(")", "")) === null));
    for (const text of ["", "1 (a)", "1 (a) S x", "1 (a) S 1 2 3"]) expect(parseStat(text)).toBeNull();
  });
});

describe("real processes", () => {
  it("has a parent, a start that stays, and lives", () => {
    expect(parentOf(process.pid)).toBe(process.ppid);
    const start = processStart(process.pid);
    expect(processStart(process.pid)).toBe(start);
    expect(isAlive(process.pid, start)).toBe(true);
    expect(isAlive(process.pid, null)).toBe(true);
    expect(ancestorsOf(process.pid).slice(0, 2)).toEqual([process.pid, process.ppid]);
  });

  it("is dead when it has ended, also before its parent has looked", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const pid = child.pid!;
    const start = processStart(pid);
    expect([parentOf(pid), isAlive(pid, start)]).toEqual([process.pid, true]);
    child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid, start)).toBe(false);
    expect(isAlive(pid, null)).toBe(false);
    expect(spawnSync("true").pid).toSatisfy((gone: number) => !isAlive(gone, null));
  });

  it("answers for numbers that are no process", () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 40]) {
      expect([parentOf(pid), processStart(pid), isAlive(pid, null)]).toEqual([null, null, false]);
    }
  });
});

describe("other systems", () => {
  const probe = (platform: string, more: Partial<ProcessProbe>): ProcessProbe => ({
    platform,
    read: () => null,
    run: () => null,
    exists: () => false,
    ...more,
  });

  it("asks ps on macOS", () => {
    const asked: string[] = [];
    const answers: Readonly<Record<string, string>> = { ppid: "  41\n", lstart: "Tue Mar 10 12:00:00  2026\n" };
    const run: ProcessProbe["run"] = (program, args) => {
      asked.push([program, ...args].join(" "));
      return answers[args[1]!.slice(0, -1)] ?? null;
    };
    const mac = createProcesses(probe("darwin", { run, exists: () => true }));
    expect(mac.parentOf(42)).toBe(41);
    expect(mac.startOf(42)).toBe("Tue Mar 10 12:00:00 2026");
    expect(mac.isAlive(42, "Tue Mar 10 12:00:00 2026")).toBe(true);
    expect(mac.isAlive(42, "Tue Mar 10 12:00:01 2026")).toBe(false);
    expect(asked).toContain("ps -o lstart= -p 42");
  });

  it("knows only whether there is such a process on Windows", () => {
    const windows = createProcesses(probe("win32", { exists: (pid) => pid === 42 }));
    expect([windows.parentOf(42), windows.startOf(42)]).toEqual([null, null]);
    expect([windows.isAlive(42, null), windows.isAlive(43, null)]).toEqual([true, false]);
  });

  it("tells a process from a later one with its number", () => {
    const files = new Map([
      ["/proc/40/stat", `40 (node) ${TAIL}`],
      ["/proc/sys/kernel/random/boot_id", "b00t\n"],
    ]);
    const linux = createProcesses(probe("linux", { read: (path) => files.get(path) ?? null }));
    expect(linux.startOf(40)).toBe("b00t:987654");
    expect(linux.isAlive(40, "b00t:987654")).toBe(true);
    expect(linux.isAlive(40, "b00t:987655")).toBe(false);
    expect(linux.isAlive(40, "earlier:987654")).toBe(false);
    files.set("/proc/40/stat", `40 (node) ${TAIL.replace("S", "Z")}`);
    expect(linux.isAlive(40, "b00t:987654")).toBe(false);
  });
});

describe("shellOf", () => {
  const stat = (pid: number, parent: number, group: number, session: number): readonly [string, string] => [
    `/proc/${pid}/stat`,
    `${pid} (sh) S ${parent} ${group} ${session} 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 5 1`,
  ];
  const shellIn = (files: ReadonlyMap<string, string>): number | null =>
    createProcesses({
      platform: "linux",
      read: (path) => files.get(path) ?? null,
      run: () => null,
      exists: () => true,
    }).shellOf(50);

  it("is the parent, and above a forked copy of a script the script", () => {
    const files = new Map([
      stat(50, 40, 10, 5),
      stat(40, 30, 10, 5),
      stat(30, 20, 10, 5),
      stat(20, 1, 20, 5),
      ["/proc/40/cmdline", "sh\0backup.sh\0"],
      ["/proc/30/cmdline", "sh\0backup.sh\0"],
      ["/proc/20/cmdline", "sh\0backup.sh\0"],
    ]);
    expect(shellIn(files)).toBe(30);
    files.set("/proc/30/cmdline", "sh\0other.sh\0");
    expect(shellIn(files)).toBe(40);
  });

  it("is nobody when the process was left to the system", () => {
    expect(shellIn(new Map([stat(50, 1, 10, 5), stat(1, 0, 1, 1)]))).toBeNull();
  });
});

describe("ancestorsOf", () => {
  it("ends, also in a circle and in an endless line", () => {
    expect(ancestorsOf(1, { parentOf: (pid) => (pid % 5) + 1 })).toEqual([1, 2, 3, 4, 5]);
    expect(ancestorsOf(1, { parentOf: (pid) => pid + 1 })).toHaveLength(64);
    expect(ancestorsOf(9, { parentOf: () => null })).toEqual([9]);
  });
});
