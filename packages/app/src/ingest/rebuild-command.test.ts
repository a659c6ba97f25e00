import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeDemoTranscripts } from "../demo/write-demo.ts";
import { runRebuild } from "./rebuild-command.ts";
import { createTestMachine, forkOf, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

const FIRST = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECOND = "22222222-bbbb-4bbb-8bbb-000000000002";

describe("runRebuild()", () => {
  it("derives the same projections and full-text index from the event log", async () => {
    writeDemoTranscripts({ directory: machine.configDir, now: TEST_NOW, seed: "rebuild" });
    await machine.index();
    const before = machine.dump();
    const { events } = runRebuild({ env: machine.env, clock: () => TEST_NOW });
    expect(events).toBeGreaterThan(100);
    expect(machine.dump()).toEqual(before);
  });

  it("keeps what a fork's file says about the fork, though its history is another session's", async () => {
    const original = transcriptLines(FIRST).prompt("Glaze the mug").answer("Glazed.");
    const fork = forkOf(original, SECOND, "2026-09-03T08:00:00.000Z");
    machine.write(`-kiln/${SECOND}.jsonl`, fork.text());
    await machine.index();
    machine.write(`-kiln/${FIRST}.jsonl`, original.text());
    await machine.index();
    const before = machine.dump();
    runRebuild({ env: machine.env, clock: () => TEST_NOW });
    expect(machine.dump()).toEqual(before);
  });

  it("brings back rows that a bug has damaged", async () => {
    machine.write(`-kiln/${FIRST}.jsonl`, transcriptLines(FIRST).prompt("Glaze the mug").answer("Glazed.").text());
    await machine.index();
    const before = machine.hashes();
    const { openWriter } = await import("../store/db.ts");
    const db = openWriter(machine.database);
    db.exec("UPDATE responses SET output_tokens = 1; UPDATE sessions SET title = 'wrong'; DELETE FROM turns");
    db.close();
    expect(machine.hashes()).not.toEqual(before);
    runRebuild({ env: machine.env, clock: () => TEST_NOW });
    expect(machine.hashes()).toEqual(before);
  });
});
