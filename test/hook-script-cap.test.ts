/** @module The hook script at the spool's cap: how often it looks, what it drops and counts, and what it never writes to. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listSpool, removeSpoolFiles, takeLostCount } from "../packages/app/src/spool/spool-directory.ts";
import { installedShells, newHome, observeScript, runHook, silent, spooled, toolEvent } from "./hook-script-runner.ts";

const body = toolEvent("toolu_1");

function newSpoolHome(): { readonly home: string; readonly spool: string } {
  const home = newHome();
  mkdirSync(join(home, "spool"), { recursive: true, mode: 0o700 });
  return { home, spool: join(home, "spool") };
}

/** Runs the hook until it has looked at the spool's size, or so many times; returns how many. */
async function runUntil(ended: () => boolean, home: string, env: Record<string, string>, most = 400): Promise<number> {
  let sent = 0;
  while (sent < most && !ended()) {
    const call = () => runHook({ body: toolEvent(`toolu_${sent++}`, 6000), env: { CLEW_HOME: home, ...env } });
    for (const run of await Promise.all(Array.from({ length: 4 }, call))) expect(run).toEqual(silent);
  }
  return sent;
}

/** The script with its look at the size made every time. */
function alwaysLooking(): string {
  const text = readFileSync(observeScript, "utf8");
  const changed = text.replace("-lt 4096 ]", "-lt 65536 ]");
  expect(changed).not.toBe(text);
  const path = join(mkdtempSync(join(tmpdir(), "clew-script-")), "observe.sh");
  writeFileSync(path, changed);
  return path;
}

describe("the look at the spool's size", () => {
  /** Whether each of so many events looks; the script's own expression, in each shell, over a column of process ids and seconds. */
  function looks(shell: readonly string[], events: readonly (readonly [pid: number, seconds: number])[]): boolean[] {
    const text = readFileSync(observeScript, "utf8");
    const expression = /\[ \$\(\((.*)\)\) -lt 4096 \]/.exec(text)?.[1] ?? "";
    expect(expression).toContain("$$");
    const own = expression.replace("$$", "pid");
    const loop = `while read -r pid seconds; do [ $((${own})) -lt 4096 ] && echo 1 || echo 0; done`;
    const input = events.map((pair) => `${pair.join(" ")}\n`).join("");
    const [program, ...words] = shell;
    const answer = execFileSync(program!, [...words, "-c", loop], { input, encoding: "utf8" });
    return answer
      .trim()
      .split("\n")
      .map((line) => line === "1");
  }

  function longestGap(hits: readonly boolean[]): number {
    let [longest, since] = [0, 0];
    for (const hit of hits) {
      since++;
      longest = Math.max(longest, since);
      if (hit) since = 0;
    }
    return longest;
  }

  test.each(installedShells().map((shell) => [shell.join(" "), shell] as const))(
    "comes evenly, however process ids step: %s",
    (_, shell) => {
      for (const perEvent of [0, 0.02, 1]) {
        for (const step of [1, 2, 3, 4, 5]) {
          for (const [pid, seconds] of [
            [300, 7],
            [4_194_000, 31_000_000],
          ] as const) {
            const events = Array.from(
              { length: 300 },
              (_, n) => [pid + n * step, Math.floor(seconds + n * perEvent)] as const,
            );
            const hits = looks(shell, events);
            const what = `${shell[0]}: step ${step} from ${pid}, ${perEvent} s for each`;
            expect(longestGap(hits), what).toBeLessThan(80);
            expect(hits.filter(Boolean).length, what).toBeGreaterThan(10);
            expect(hits.filter(Boolean).length, what).toBeLessThan(30);
          }
        }
      }
    },
  );

  test("comes also where every hook has the same process id", () => {
    const hits = looks(
      ["sh"],
      Array.from({ length: 300 }, (_, second) => [7, 1000 + second] as const),
    );
    expect(longestGap(hits)).toBeLessThan(80);
  });
});

describe("above the cap", () => {
  test("growth stops, the oldest is kept and the rest counted", async () => {
    const { home, spool } = newSpoolHome();
    const env = { CLEW_SPOOL_MAX_KB: "200" };
    const sent = await runUntil(() => existsSync(join(spool, "full")), home, env);
    expect(readFileSync(join(spool, "full"), "utf8")).toBe("200");
    const kept = spooled(home).length;
    expect(kept).toBeGreaterThan(20);
    expect(kept).toBeLessThan(400);
    for (let n = 0; n < 5; n++) expect(await runHook({ body, env: { CLEW_HOME: home, ...env } })).toEqual(silent);
    expect(spooled(home)).toHaveLength(kept);
    // The count is taken and the cap stays: no room was made.
    expect(takeLostCount(spool) + kept).toBe(sent + 5);
    expect(existsSync(join(spool, "full"))).toBe(true);
    // Room again: the next event is kept.
    removeSpoolFiles(spool, listSpool(spool).names);
    expect(existsSync(join(spool, "full"))).toBe(false);
    expect(await runHook({ body, env: { CLEW_HOME: home, ...env } })).toEqual(silent);
    expect(spooled(home)).toHaveLength(1);
  });

  test.each(["256MB", "-1", "0", "", "1e3", "9".repeat(30)])("a cap of %j is the default's", async (cap) => {
    const { home, spool } = newSpoolHome();
    const script = alwaysLooking();
    const env = { CLEW_HOME: home, CLEW_SPOOL_MAX_KB: cap };
    for (let n = 0; n < 10; n++) expect(await runHook({ body, env, script })).toEqual(silent);
    expect(spooled(home)).toHaveLength(10);
    expect(readdirSync(spool)).toHaveLength(10);
    // The same runs with a cap that counts.
    expect(await runHook({ body, env: { ...env, CLEW_SPOOL_MAX_KB: "8" }, script })).toEqual(silent);
    expect(existsSync(join(spool, "full"))).toBe(true);
  });
});

describe.each(installedShells().map((shell) => [shell.join(" "), shell] as const))(
  "what stands in the place of the cap's files, under %s",
  (_, shell) => {
    test("a symbolic link in the place of the count is not written through", async () => {
      const { home, spool } = newSpoolHome();
      const elsewhere = mkdtempSync(join(tmpdir(), "clew-elsewhere-"));
      writeFileSync(join(elsewhere, "mine"), "mine");
      writeFileSync(join(spool, "full"), "");
      for (const target of ["mine", "new"]) {
        const fresh = join(spool, "lost");
        symlinkSync(join(elsewhere, target), fresh);
        expect(await runHook({ body, env: { CLEW_HOME: home }, shell })).toEqual(silent);
        expect(readFileSync(join(elsewhere, "mine"), "utf8")).toBe("mine");
        expect(readdirSync(elsewhere)).toEqual(["mine"]);
        execFileSync("rm", [fresh]);
      }
      expect(await runHook({ body, env: { CLEW_HOME: home }, shell })).toEqual(silent);
      expect(readFileSync(join(spool, "lost"), "utf8")).toBe("x");
    });

    test("a symbolic link to nothing in the place of the marker makes nothing there", async () => {
      const { home, spool } = newSpoolHome();
      const elsewhere = mkdtempSync(join(tmpdir(), "clew-elsewhere-"));
      symlinkSync(join(elsewhere, "new"), join(spool, "full"));
      const script = alwaysLooking();
      for (let n = 0; n < 10; n++)
        expect(await runHook({ body, env: { CLEW_HOME: home, CLEW_SPOOL_MAX_KB: "8" }, shell, script })).toEqual(
          silent,
        );
      expect(readdirSync(elsewhere)).toEqual([]);
      expect(lstatSync(join(spool, "full")).isSymbolicLink()).toBe(true);
      execFileSync("rm", [join(spool, "full")]);
      expect(await runHook({ body, env: { CLEW_HOME: home, CLEW_SPOOL_MAX_KB: "8" }, shell, script })).toEqual(silent);
      expect(readFileSync(join(spool, "full"), "utf8")).toBe("8");
    });
  },
);

test("a FIFO in the place of the lost count is left alone, and waits for nobody", async () => {
  const { home, spool } = newSpoolHome();
  writeFileSync(join(spool, "full"), "");
  execFileSync("mkfifo", [join(spool, "lost")]);
  expect(await runHook({ body, env: { CLEW_HOME: home } })).toEqual(silent);
  expect(takeLostCount(spool)).toBe(0);
});
