import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeDemoTranscripts } from "../demo/write-demo.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";
import { FOLDED_WHOLE } from "../store/project/subject-history.ts";
import { drainIfFree } from "./drain-command.ts";
import { runRebuild } from "./rebuild-command.ts";
import { createTestMachine, forkOf, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

const MEGABYTE = 1024 * 1024;
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

  it("comes to the same of an entry with more notes than one value holds, and every change of it is kept", async () => {
    const notes = FOLDED_WHOLE / MEGABYTE + 4;
    const spool = join(machine.env.CLEW_HOME!, "spool");
    const data = { target: "entry", subject: "e-aaaaaaaaaaaa", author: "bo", origin: "human", tainted: false };
    const records = Array.from({ length: notes }, (_, index) => ({
      v: 1,
      id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      ts: new Date(TEST_NOW).toISOString(),
      correlation_id: "0000000000000000:uncorrelated",
      type: "change",
      data: { ...data, ...(index === 0 && { set: { title: "x" } }), note: `${index}`.padEnd(MEGABYTE, ".") },
    }));
    // Two transactions, where a rebuild is one.
    for (const part of [records.slice(0, notes / 2), records.slice(notes / 2)]) {
      const record = {
        kind: "event",
        fields: { at: String(TEST_NOW) },
        body: Buffer.from(JSON.stringify(part)),
      } as const;
      writeSpoolRecord(spool, record);
    }
    await drainIfFree(machine.env, () => TEST_NOW);
    const before = machine.hashes();
    const { openReader } = await import("../store/db.ts");
    const db = openReader(machine.database);
    const [state, { kept }] = [
      "SELECT state FROM subjects",
      "SELECT count(*) AS kept FROM changes WHERE length(data) > 1000000",
    ].map((sql) => db.prepare(sql).get()) as [{ state: string }, { kept: number }];
    db.close();
    expect(kept).toBe(notes);
    expect(state.state.length).toBeLessThan(FOLDED_WHOLE + MEGABYTE);
    runRebuild({ env: machine.env, clock: () => TEST_NOW });
    expect(machine.hashes()).toEqual(before);
  }, 60_000);
});
