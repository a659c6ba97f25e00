import { renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeDemoTranscripts } from "../demo/write-demo.ts";
import { createTestMachine, forkOf, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

const FIRST = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECOND = "22222222-bbbb-4bbb-8bbb-000000000002";
const THIRD = "33333333-cccc-4ccc-8ccc-000000000003";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

function kilnSession() {
  return transcriptLines(FIRST)
    .prompt("Why does the kiln stop at 900 degrees?")
    .bash("cat kiln.log", "limit: 900")
    .answer("A limit.");
}

const count = (table: string) =>
  machine.read((db) => (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n);
const sessions = () =>
  machine.read((db) => db.prepare("SELECT * FROM sessions ORDER BY session_id").all() as Record<string, unknown>[]);

describe("runIndex()", () => {
  it("stores sessions, responses, tool calls and searchable text, and does nothing the second time", async () => {
    machine.write(`-kiln/${FIRST}.jsonl`, kilnSession().text());
    const first = await machine.index();
    expect(first).toMatchObject({ files: 1, lines: 4, events: 4, responses: 2, problems: 0 });
    const again = await machine.index();
    expect(again).toMatchObject({ files: 0, lines: 0, events: 0, responses: 0, bytes_read: 0 });
    expect(sessions()).toMatchObject([
      {
        session_id: FIRST,
        title: "Why does the kiln stop at 900 degrees?",
        tool_calls: 1,
        responses: 2,
        prompts: 1,
        identity_id: "claude-code@kiln",
      },
    ]);
    const hits = machine.read((db) =>
      db.prepare("SELECT rowid FROM search_index WHERE search_index MATCH 'degrees'").all(),
    );
    expect(hits).toHaveLength(1);
  });

  it("writes no row when nothing has changed", async () => {
    machine.write(`-kiln/${FIRST}.jsonl`, kilnSession().text());
    await machine.index();
    const changes = () => machine.read((db) => db.pragma("data_version", { simple: true }));
    const size = statSync(machine.database).mtimeMs;
    const before = changes();
    await machine.index();
    expect(changes()).toBe(before);
    expect(statSync(machine.database).mtimeMs).toBe(size);
  });

  it("reads only what was appended, and waits for the rest of a partial line", async () => {
    const session = kilnSession();
    machine.write(`-kiln/${FIRST}.jsonl`, session.text());
    await machine.index();
    const line = `${JSON.stringify(session.answer("Raise it.").records.at(-1))}\n`;
    machine.append(`-kiln/${FIRST}.jsonl`, line.slice(0, 40));
    expect(await machine.index()).toMatchObject({ lines: 0, events: 0, problems: 0 });
    machine.append(`-kiln/${FIRST}.jsonl`, line.slice(40));
    expect(await machine.index()).toMatchObject({
      lines: 1,
      events: 1,
      responses: 1,
      bytes_read: Buffer.byteLength(line),
    });
  });

  it("takes a complete last record without its newline, once", async () => {
    machine.write(`-kiln/${FIRST}.jsonl`, kilnSession().text().trimEnd());
    expect(await machine.index()).toMatchObject({ lines: 4, events: 4 });
    machine.append(`-kiln/${FIRST}.jsonl`, "\n");
    expect(await machine.index()).toMatchObject({ lines: 0, events: 0, problems: 0 });
    expect(count("events")).toBe(4);
  });

  it("gives the same answer appended line by line as read at once", async () => {
    const text = kilnSession().text();
    machine.write(`-kiln/${FIRST}.jsonl`, text);
    await machine.index();
    const whole = machine.hashes();
    const other = createTestMachine();
    try {
      let written = "";
      for (const line of text.trimEnd().split("\n")) {
        written += `${line}\n`;
        other.write(`-kiln/${FIRST}.jsonl`, written);
        await other.index();
      }
      expect(other.hashes()).toEqual(whole);
    } finally {
      other.remove();
    }
  });

  it("keeps what it read of a file that is truncated, replaced, moved or deleted", async () => {
    const name = `-kiln/${FIRST}.jsonl`;
    machine.write(name, kilnSession().text());
    await machine.index();

    truncateSync(machine.path(name), 0);
    machine.append(name, transcriptLines(FIRST, { startedAt: "2026-09-02T10:00:00.000Z" }).title("Second life").text());
    await machine.index();
    expect(count("events")).toBe(5);

    const replacement = transcriptLines(FIRST).prompt("Why does the kiln stop at 900 degrees?").answer("It is hot.");
    writeFileSync(`${machine.path(name)}.new`, replacement.text());
    renameSync(`${machine.path(name)}.new`, machine.path(name));
    await machine.index();
    expect(sessions()[0]).toMatchObject({ prompts: 1, source_missing: 0 });

    machine.write(`-moved/x`, "");
    renameSync(machine.path(name), machine.path(`-moved/${FIRST}.jsonl`));
    expect(await machine.index()).toMatchObject({ files: 0, lines: 0, bytes_read: 0 });
    expect(sessions()[0]).toMatchObject({ source_missing: 0 });

    rmSync(machine.path(`-moved/${FIRST}.jsonl`));
    await machine.index();
    expect(sessions()).toHaveLength(1);
    expect(sessions()[0]).toMatchObject({ source_missing: 1, prompts: 1 });
    expect(
      machine.read((db) => db.prepare("SELECT 1 FROM search_index WHERE search_index MATCH 'kiln'").all()).length,
    ).toBeGreaterThan(0);
  });

  it("counts a forked history once, for the session that was written first, whichever is read first", async () => {
    const original = kilnSession();
    const fork = forkOf(original, SECOND, "2026-09-03T08:00:00.000Z").prompt("And at 1200?").answer("Worse.");
    const forkOfFork = forkOf(fork, THIRD, "2026-09-04T08:00:00.000Z").prompt("And at 1400?").answer("It melts.");
    const files = [
      [FIRST, original],
      [SECOND, fork],
      [THIRD, forkOfFork],
    ] as const;
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ] as const;
    const answers: Record<string, string>[] = [];
    for (const order of orders) {
      const other = createTestMachine();
      try {
        for (const index of order) {
          other.write(`-kiln/${files[index]![0]}.jsonl`, files[index]![1].text());
          await other.index();
        }
        answers.push(other.hashes());
        const rows = other.read((db) =>
          db
            .prepare(
              "SELECT session_id, forked_from, shared_events, responses, started_at FROM sessions ORDER BY session_id",
            )
            .all(),
        );
        expect(rows).toMatchObject([
          { session_id: FIRST, forked_from: null, shared_events: 0, responses: 2 },
          { session_id: SECOND, forked_from: FIRST, shared_events: 4, responses: 1 },
          { session_id: THIRD, shared_events: 6, responses: 1 },
        ]);
      } finally {
        other.remove();
      }
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it("reads files in any order and any portions to the same end", async () => {
    const source = createTestMachine();
    writeDemoTranscripts({ directory: source.configDir, now: TEST_NOW, seed: "order" });
    await source.index();
    const whole = source.dump();
    const { files } = (await import("../sources/source.ts")).discoverAll([source.configDir]);
    const { readFileSync } = await import("node:fs");
    const contents = files.map((file) => ({
      name: file.path.slice(join(source.configDir, "projects").length + 1),
      bytes: readFileSync(file.path),
      isTranscript: file.kind === "transcript" || file.kind === "subagent",
    }));
    source.remove();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          contents.map((_, i) => i),
          { minLength: contents.length },
        ),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: contents.length,
          maxLength: contents.length,
        }),
        async (order, cuts) => {
          const other = createTestMachine();
          try {
            for (const [step, index] of order.entries()) {
              const { name, bytes, isTranscript } = contents[index]!;
              other.write(name, isTranscript ? bytes.subarray(0, Math.floor(bytes.length * cuts[step]!)) : bytes);
              if (step % 3 === 0) await other.index();
            }
            for (const index of order) other.write(contents[index]!.name, contents[index]!.bytes);
            await other.index();
            expect(other.dump()).toEqual(whole);
          } finally {
            other.remove();
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it("shows the newest session first by what the records say, when the files' own times are lost", async () => {
    const padding = "y".repeat(1_500_000);
    const months = ["2026-03", "2026-07", "2026-01", "2026-05"];
    months.forEach((month, i) => {
      const id = `${String(i + 1).repeat(8)}-aaaa-4aaa-8aaa-000000000001`;
      const lines = transcriptLines(id, { startedAt: `${month}-01T10:00:00.000Z` })
        .prompt(`glaze ${month}`)
        .bash("cat", padding);
      const path = machine.write(`-kiln/${id}.jsonl`, lines.text());
      utimesSync(path, new Date(0), new Date(TEST_NOW));
    });
    await machine.index();
    const prompts = machine.read((db) =>
      db.prepare("SELECT text FROM turns JOIN events USING (event_id) ORDER BY events.id DESC").pluck().all(),
    );
    expect(prompts).toEqual(["glaze 2026-07", "glaze 2026-05", "glaze 2026-03", "glaze 2026-01"]);
  });

  it("has nothing to do for an empty file, nor for one that is gone", async () => {
    machine.write(`-kiln/${FIRST}.jsonl`, kilnSession().text());
    machine.write(`-kiln/${SECOND}.jsonl`, kilnSession().text().replaceAll("11111111", "22222222"));
    machine.write(`-kiln/${THIRD}.jsonl`, "");
    await machine.index();
    rmSync(machine.path(`-kiln/${SECOND}.jsonl`));
    await machine.index();
    const before = statSync(machine.database).mtimeMs;
    expect(await machine.index()).toMatchObject({ files: 0, bytes_read: 0 });
    expect(statSync(machine.database).mtimeMs).toBe(before);
    expect(sessions().map((session) => session.source_missing)).toEqual([0, 1]);
  });

  it("touches a file's time without reading it again", async () => {
    const path = machine.write(`-kiln/${FIRST}.jsonl`, kilnSession().text());
    await machine.index();
    utimesSync(path, new Date(), new Date(Date.now() + 60_000));
    expect(await machine.index()).toMatchObject({ files: 0, lines: 0, bytes_read: 0 });
  });
});

describe("an interrupted run", () => {
  it("leaves a file that it has read in part to the next one", async () => {
    const big = transcriptLines(FIRST);
    for (let i = 0; i < 12; i++) big.prompt(`batch ${i}`).bash("cat", "y".repeat(900_000));
    machine.write(`-kiln/${FIRST}.jsonl`, big.text());
    const abort = new AbortController();
    let commits = 0;
    await machine.index({
      signal: abort.signal,
      onCommit: ({ events }) => {
        if (events > 0 && ++commits === 1) abort.abort();
      },
    });
    const partly = count("events");
    expect(partly).toBeGreaterThan(0);
    expect(partly).toBeLessThan(36);
    await machine.index();
    expect(count("events")).toBe(36);
    expect(await machine.index()).toMatchObject({ files: 0, bytes_read: 0 });
  });
});
