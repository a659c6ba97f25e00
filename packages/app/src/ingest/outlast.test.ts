import { describe, expect, it } from "vitest";
import { ClewError } from "../base/error.ts";
import { isPassing, outlast } from "./outlast.ts";

const failure = (code: string, message = code): Error => Object.assign(new Error(message), { code });

describe("isPassing()", () => {
  it.each([
    ["SQLITE_FULL", true],
    ["SQLITE_IOERR_FSYNC", true],
    ["SQLITE_READONLY_DBMOVED", true],
    ["ENOSPC", true],
    ["EROFS", true],
    ["SQLITE_CORRUPT", false],
    ["SQLITE_NOTADB", false],
    ["SQLITE_CONSTRAINT_UNIQUE", false],
    ["SQLITE_FULLY", false],
    ["EIOU", false],
  ])("%s: %s", (code, passes) => {
    expect(isPassing(failure(code))).toBe(passes);
    expect(isPassing(new ClewError("io", "open database", { cause: failure(code) }))).toBe(passes);
  });

  it("is no for what is no error of the system", () => {
    expect([new Error("x"), new ClewError("locked", "x"), "ENOSPC", null].map(isPassing)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("outlast()", () => {
  /** Plays one step for each attempt; says what was told and how long it paused. */
  async function play(steps: readonly ((works: () => void) => void)[]) {
    const said: string[] = [];
    const paused: number[] = [];
    const stop = new AbortController();
    let at = 0;
    await outlast(async (works) => steps[at++]!(works), {
      signal: stop.signal,
      onFailure: (message) => said.push(message),
      async pause(ms) {
        paused.push(ms);
        if (at === steps.length) stop.abort();
      },
    });
    return { said, paused, attempts: at };
  }
  const fails = (code: string) => () => {
    throw failure(code);
  };
  const worksThenFails = (code: string) => (works: () => void) => {
    works();
    throw failure(code);
  };

  it("begins anew, ever less often, and says each failure once", async () => {
    const full = Array.from({ length: 8 }, () => fails("ENOSPC"));
    expect(await play([worksThenFails("ENOSPC"), ...full, fails("EROFS"), () => {}])).toEqual({
      said: ["ENOSPC", "EROFS"],
      paused: [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000],
      attempts: 11,
    });
  });

  it("says it again after something has worked in between, and pauses briefly again", async () => {
    const { said, paused } = await play([
      worksThenFails("ENOSPC"),
      fails("ENOSPC"),
      worksThenFails("ENOSPC"),
      () => {},
    ]);
    expect(said).toEqual(["ENOSPC", "ENOSPC"]);
    expect(paused).toEqual([1000, 2000, 1000]);
  });

  it("gives up before anything has worked, and on what does not pass", async () => {
    await expect(play([fails("ENOSPC")])).rejects.toThrow("ENOSPC");
    await expect(play([worksThenFails("SQLITE_CORRUPT")])).rejects.toThrow("SQLITE_CORRUPT");
  });

  it("ends when it is told to, also in a pause", async () => {
    expect(await play([worksThenFails("ENOSPC")])).toMatchObject({ attempts: 1 });
    const stop = new AbortController();
    const run = outlast(
      async (works) => {
        works();
        throw failure("EIO");
      },
      { signal: stop.signal, onFailure: () => stop.abort() },
    );
    await run;
  });
});
