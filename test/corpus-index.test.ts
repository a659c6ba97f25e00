import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRebuild } from "../packages/app/src/ingest/rebuild-command.ts";
import { createTestMachine, type TestMachine } from "../packages/app/src/ingest/testing.ts";
import type { CostGrouping, UsageFigures } from "../packages/app/src/model/answers.ts";
import { costBy } from "../packages/app/src/query/cost.ts";
import { EMPTY_FILTER } from "../packages/app/src/query/filter/filter.ts";
import { listProblems } from "../packages/app/src/query/problems.ts";
import { discoverAll } from "../packages/app/src/sources/source.ts";
import { canonicalDump } from "../packages/app/src/store/canonical-dump.ts";
import { corpusDir } from "./corpus.ts";

const corpus = corpusDir();
const claude = join(corpus ?? "", "claude");
const derived = join(corpus ?? "", "derived-subagents");

interface Truth {
  readonly responses: number;
  readonly tool_calls_by_name: Readonly<Record<string, number>>;
  readonly tokens_by_model: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const KINDS: readonly (readonly [keyof UsageFigures, string])[] = [
  ["responses", "requests"],
  ["input_tokens", "input_tokens"],
  ["output_tokens", "output_tokens"],
  ["cache_creation_input_tokens", "cache_creation_input_tokens"],
  ["cache_creation_5m_input_tokens", "ephemeral_5m_input_tokens"],
  ["cache_creation_1h_input_tokens", "ephemeral_1h_input_tokens"],
  ["cache_read_input_tokens", "cache_read_input_tokens"],
];

function cost(machine: TestMachine, by: CostGrouping, timeZone = "UTC") {
  return machine.read((db) => costBy(db, { by, filter: EMPTY_FILTER, timeZone, now: Date.UTC(2026, 10, 21) }));
}

/** Everything except the full text, whose words take longer to list than to index. */
function facts(machine: TestMachine): string[] {
  return machine.read((db) => {
    const lines: string[] = [];
    canonicalDump(db, (table, text) => lines.push(`${table} ${text}`), { fullText: false });
    return lines;
  });
}

describe.skipIf(!corpus)("real transcripts", () => {
  const truth = JSON.parse(readFileSync(join(corpus!, "truth.json"), "utf8")) as Truth;

  describe.each([
    ["alone", [claude]],
    ["with subagents' files that repeat what their parents hold", [derived, claude]],
  ])("%s", (_, directories) => {
    let machine: TestMachine;
    beforeAll(async () => {
      machine = createTestMachine();
      await machine.index({ paths: directories });
    });
    afterAll(() => machine.remove());

    it("count every token of every model once", () => {
      const { rows, totals } = cost(machine, "model");
      const models = Object.entries(truth.tokens_by_model).filter(([model]) => model !== "<synthetic>");
      expect(rows.map((row) => row.model).sort()).toEqual(models.map(([model]) => model).sort());
      for (const [model, tokens] of models) {
        const row = rows.find((candidate) => candidate.model === model)!;
        for (const [ours, theirs] of KINDS)
          expect([model, ours, row[ours]]).toEqual([model, ours, tokens[theirs] ?? 0]);
      }
      const synthetic = truth.tokens_by_model["<synthetic>"]?.requests ?? 0;
      expect(totals.responses).toBe(truth.responses - synthetic);
    });

    it.each(["session", "day", "week", "month", "project", "workspace", "agent", "identity"] as const)(
      "add up to the total by %s, in any time zone",
      (by) => {
        const { totals } = cost(machine, "model");
        for (const zone of ["UTC", "Pacific/Kiritimati", "Asia/Kolkata", "America/St_Johns"]) {
          const answer = cost(machine, by, zone);
          expect(answer.totals).toEqual(totals);
          for (const [kind] of KINDS) {
            expect([zone, kind, answer.rows.reduce((sum, row) => sum + (row[kind] as number), 0)]).toEqual([
              zone,
              kind,
              totals[kind],
            ]);
          }
        }
      },
    );

    it("count every tool call once", () => {
      const rows = machine.read((db) =>
        db.prepare("SELECT name, count(*) AS calls FROM tool_calls WHERE name IS NOT NULL GROUP BY name").all(),
      );
      const calls = Object.fromEntries(
        (rows as { name: string; calls: number }[]).map(({ name, calls }) => [name, calls]),
      );
      expect(calls).toEqual(truth.tool_calls_by_name);
    });

    it("report the six lines that can't be read, with their bytes", () => {
      const { rows, total } = machine.read((db) => listProblems(db, { limit: 100 }));
      expect(total).toBe(6);
      for (const row of rows) expect(row.raw.length).toBeGreaterThan(100);
    });

    it("are read once", async () => {
      expect(await machine.index({ paths: directories })).toMatchObject({
        files: 0,
        lines: 0,
        events: 0,
        responses: 0,
        bytes_read: 0,
      });
    });

    it("say the same when all of it is derived again from the event log", { timeout: 300_000 }, () => {
      const before = facts(machine);
      runRebuild({ env: machine.env, clock: () => Date.UTC(2026, 10, 21) });
      const after = facts(machine);
      const [old, fresh] = [new Set(before), new Set(after)];
      expect(after.filter((line) => !old.has(line)).slice(0, 5)).toEqual([]);
      expect(before.filter((line) => !fresh.has(line)).slice(0, 5)).toEqual([]);
      expect(after.length).toBe(before.length);
    });
  });

  it("come to the same end in any order and any portions, line by line where it is cut", {
    timeout: 240_000,
  }, async () => {
    // The fork families and the subagents that repeat their parents: where order could matter.
    const { files } = discoverAll([claude, derived]);
    const chosen = files
      .filter((file) => /-Users-gtrrz-victor-wks-cli|worktrees-3\b/.test(file.path))
      .filter((file) => file.size < 400_000);
    const forks = files.filter((file) => /223b2708|5a4b5aa4|e0a6db83|dcce4143|b4dcf65c|e1bc91d1/.test(file.path));
    const contents = [...new Set([...chosen, ...forks])].map((file) => ({
      name: file.path.slice(file.path.indexOf("/projects/") + "/projects/".length),
      bytes: readFileSync(file.path),
      whole: file.kind !== "transcript" && file.kind !== "subagent",
    }));
    expect(contents.length).toBeGreaterThan(10);
    const undisturbed = createTestMachine();
    for (const { name, bytes } of contents) undisturbed.write(name, bytes);
    await undisturbed.index();
    const expected = facts(undisturbed);
    undisturbed.remove();

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
        fc.nat(contents.length - 1),
        async (order, cuts, lineByLine) => {
          const machine = createTestMachine();
          try {
            for (const [step, index] of order.entries()) {
              const { name, bytes, whole } = contents[index]!;
              machine.write(name, whole ? bytes : bytes.subarray(0, Math.floor(bytes.length * cuts[step]!)));
              if (step % 4 === 0) await machine.index();
            }
            const { name, bytes, whole } = contents[lineByLine]!;
            let at = Math.floor(bytes.length * cuts[order.indexOf(lineByLine)]!);
            for (let lines = 0; !whole && at < bytes.length && lines < 25; lines++) {
              const newline = bytes.indexOf(10, at);
              const end = newline < 0 ? bytes.length : newline + 1;
              machine.append(name, bytes.subarray(at, end));
              at = end;
              await machine.index();
            }
            for (const content of contents) machine.write(content.name, content.bytes);
            await machine.index();
            expect(facts(machine)).toEqual(expected);
          } finally {
            machine.remove();
          }
        },
      ),
      { numRuns: 6 },
    );
  });
});
