import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scanFile } from "../sources/claude/scan/scan-file.ts";
import { discoverAll } from "../sources/source.ts";
import { openStore, type Store } from "../store/store.ts";
import { readFileBatches } from "./read-file.ts";
import { createTestMachine, forkOf, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

const FIRST = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECOND = "22222222-bbbb-4bbb-8bbb-000000000002";
const MB = 1024 * 1024;

let machine: TestMachine;
let store: Store;
beforeEach(() => {
  machine = createTestMachine();
  store = openStore(`${machine.home}/clew.db`, {
    clock: () => TEST_NOW,
    place: (cwd) => ({
      workspaceId: "w",
      workspacePath: cwd ?? "none",
      workspaceName: "kiln",
      projectId: "dir:kiln",
      projectName: "kiln",
      remote: null,
    }),
    identify: () => ({ identityId: "claude-code@kiln", personId: "person:ada" }),
    price: () => ({ costMicros: 1, priceVersion: "test" }),
    prices: "test",
  });
});
afterEach(() => {
  store.close();
  machine.remove();
});

/** Usage first, then each batch of each file in a transaction of its own, the files in that order. */
function read(order: readonly string[]): void {
  const { files } = discoverAll([machine.configDir]);
  const sorted = order.map((sessionId) => files.find((file) => file.sessionId === sessionId)!);
  store.writeScan(sorted.map((file) => scanFile(file, { now: TEST_NOW })!));
  for (const file of sorted)
    for (const batch of readFileBatches({ file, from: 0, backfill: true }, TEST_NOW)) store.write([batch]);
}
const rows = (sql: string) => store.db.prepare(sql).all();

describe("usage that is known before its records", () => {
  it("keeps the earliest time of a response whose last line has no newline yet", () => {
    const told = transcriptLines(FIRST)
      .prompt("x".repeat(MB + 1))
      .answer("One moment.", { output: 2 });
    const [, first] = told.records as [unknown, Record<string, unknown> & { message: Record<string, unknown> }];
    const second = {
      ...first,
      uuid: "11111111-0000-4000-8000-000000000099",
      timestamp: "2026-09-01T10:00:09.000Z",
      message: { ...first.message, usage: { ...(first.message.usage as object), output_tokens: 288 } },
    };
    machine.write(`-kiln/${FIRST}.jsonl`, told.text() + JSON.stringify(second));
    read([FIRST]);
    expect(rows("SELECT output_tokens AS output, ts FROM responses")).toEqual([
      { output: 288, ts: Date.parse(first.timestamp as string) },
    ]);
  });

  it("makes no subagent of a fork that only copied lines name", () => {
    const original = transcriptLines(FIRST).prompt("Glaze the mug").answer("An agent looks.");
    const { message, ...record } = transcriptLines(FIRST).answer("It shines.").records[0]!;
    const inner = { ...record, type: "assistant", message, uuid: "99999999-0000-4000-8000-000000000001" };
    original.records.push({
      ...record,
      uuid: "99999999-0000-4000-8000-000000000002",
      type: "progress",
      data: { type: "agent_progress", agentId: "a1b2c3d", message: inner },
      toolUseID: "agent_msg_1",
      parentToolUseID: "toolu_1",
    });
    machine.write(`-kiln/${FIRST}.jsonl`, original.text());
    machine.write(`-kiln/${SECOND}.jsonl`, forkOf(original, SECOND, "2026-09-03T08:00:00.000Z").text());
    read([FIRST, SECOND]);
    expect(rows("SELECT session_id AS id FROM sessions ORDER BY 1")).toEqual([
      { id: FIRST },
      { id: `${FIRST}.a1b2c3d` },
      { id: SECOND },
    ]);
  });
});
