import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { discoverAll } from "../sources/source.ts";
import { follow } from "./follow.ts";
import { openLocalStore } from "./index-command.ts";
import { createTestMachine, type TestMachine, transcriptLines } from "./testing.ts";

const ONE = "f0110000-0000-4000-8000-000000000001";
const TWO = "f0220000-0000-4000-8000-000000000002";
let machine: TestMachine;
let stop: AbortController;
let following: Promise<void>;
let wake: () => void;
let named: string[];
let sweeps: number;

beforeEach(() => {
  machine = createTestMachine();
  stop = new AbortController();
  named = [];
  sweeps = 0;
});
afterEach(async () => {
  stop.abort();
  await following;
  machine.remove();
});

const session = (id: string, text: string) => transcriptLines(id).prompt(text).text();
const count = (sql: string) => machine.read((db) => db.prepare(sql).pluck().get() as number);
const sessions = () => count("SELECT count(*) FROM sessions");

/** Resolves when everything that is there has been read. */
function begin(): Promise<void> {
  return new Promise((caughtUp) => {
    const { store, price } = openLocalStore(machine.env, systemClock);
    following = follow({
      store,
      price,
      clock: systemClock,
      signal: stop.signal,
      discover(paths) {
        if (paths === undefined) sweeps++;
        return discoverAll(paths ?? [machine.configDir]).files;
      },
      takeIn: () => named.splice(0),
      onArrival(ring) {
        wake = ring;
      },
      onCaughtUp: caughtUp,
    }).finally(() => store.close());
  });
}

describe("follow()", () => {
  it("reads what is appended, and new transcripts of known projects, without looking at everything again", async () => {
    machine.write(`-home-ada-kiln/${ONE}.jsonl`, session(ONE, "first"));
    await begin();
    expect(sessions()).toBe(1);
    machine.append(`-home-ada-kiln/${ONE}.jsonl`, session(ONE, "first").replaceAll("0000-4000-8000", "1111-4000-8000"));
    machine.write(`-home-ada-kiln/${TWO}.jsonl`, session(TWO, "second"));
    await expect.poll(sessions).toBe(2);
    await expect.poll(() => count("SELECT count(*) FROM turns")).toBe(3);
    expect(sweeps).toBe(1);
  });

  it("finds the files of subagents that a session in use starts", async () => {
    machine.write(`-home-ada-kiln/${ONE}.jsonl`, session(ONE, "first"));
    await begin();
    machine.write(`-home-ada-kiln/${ONE}/subagents/agent-a1.jsonl`, session(ONE, "of the first"));
    await expect.poll(sessions).toBe(2);
    machine.write(`-home-ada-kiln/${ONE}/subagents/agent-a2.jsonl`, session(TWO, "of the second"));
    await expect.poll(sessions).toBe(3);
    expect(sweeps).toBe(1);
  });

  it("reads a transcript that a hook names at once, in a project that nobody knew", async () => {
    machine.write(`-home-ada-kiln/${ONE}.jsonl`, session(ONE, "first"));
    await begin();
    named.push(machine.write(`-home-ada-loom/${TWO}.jsonl`, session(TWO, "second")));
    wake();
    await expect.poll(sessions).toBe(2);
    expect(sweeps).toBe(1);
  });
});
