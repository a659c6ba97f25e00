import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { acquireWriterLock } from "../../../../store/lock.ts";
import { aloneIn, inTurn } from "./turn.ts";

let home: string;
let env: { readonly CLEW_HOME: string };
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-turn-"));
  env = { CLEW_HOME: join(home, "data") };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it("one waits until the one before has ended, also with an error", async () => {
  const did: string[] = [];
  const one = (name: string) => async () => {
    did.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 60));
    did.push(`${name} ends`);
    if (name === "a") throw new Error("no");
  };
  const ended = await Promise.allSettled([inTurn({ env }, one("a")), inTurn({ env }, one("b"))]);
  expect(ended.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(did).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

it("does nothing while another process is at it, and says who", async () => {
  const alone = await aloneIn(env, 30);
  const did: number[] = [];
  const other = acquireWriterLock(join(env.CLEW_HOME, "memory-sync.lock"), "memory");
  expect(() => alone(() => did.push(1))).toThrow(expect.objectContaining({ code: "locked" }) as Error);
  other.release();
  expect(() =>
    alone(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  alone(() => did.push(2));
  expect(did).toEqual([2]);
});
