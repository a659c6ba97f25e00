import { readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listProblems } from "../query/problems.ts";
import { runRebuild } from "./rebuild-command.ts";
import { createTestMachine, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

const FIRST = "11111111-aaaa-4aaa-8aaa-000000000001";
const envelope = (extra: Record<string, unknown>) =>
  JSON.stringify({
    type: "user",
    sessionId: "../../outside",
    cwd: "/home/ada/kiln",
    version: "2.1.210",
    timestamp: "2026-09-01T10:30:00.000Z",
    message: { role: "user", content: "hello" },
    ...extra,
  });

/** Lines that no client should write, and how many problems each is. */
const HOSTILE: readonly (readonly [string, string | Buffer, number])[] = [
  ["cut short", '{"type":"user","message":{"role":"us', 1],
  ["no JSON", "panic: runtime error", 1],
  ["an array", "[1,2,3]", 1],
  ["a number", "7", 1],
  ["null", "null", 1],
  ["an unknown type", envelope({ type: "no-such-type", uuid: "u-unknown" }), 0],
  ["a hostile id", envelope({ uuid: "../../etc/passwd" }), 0],
  [
    "__proto__",
    '{"__proto__":{"polluted":true},"type":"user","uuid":"u-proto","message":{"__proto__":{"polluted":true}}}',
    0,
  ],
  [
    "NUL and lone surrogates",
    envelope({ uuid: "u-nul", message: { role: "user", content: "zig\u0000zag \ud800 end" } }),
    0,
  ],
  [
    "invalid UTF-8",
    Buffer.concat([
      Buffer.from('{"type":"user","uuid":"u-bytes","message":{"role":"user","content":"caf'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}}'),
    ]),
    1,
  ],
  ["no time", envelope({ uuid: "u-no-time", timestamp: undefined }), 0],
  ["a time that is none", envelope({ uuid: "u-bad-time", timestamp: "yesterday" }), 0],
  ["a time of the future", envelope({ uuid: "u-future", timestamp: "2999-01-01T00:00:00.000Z" }), 1],
  ["a million levels", `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`, 1],
  [
    "a million levels in a record",
    `{"type":"user","uuid":"u-deep","message":{"content":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}}`,
    1,
  ],
  ["50 MB", envelope({ uuid: "u-long", message: { role: "user", content: "x".repeat(50_000_000) } }), 1],
  [
    "huge numbers",
    envelope({
      type: "assistant",
      uuid: "u-huge",
      message: {
        id: "m-huge",
        role: "assistant",
        model: "claude-opus-4-5",
        content: [],
        usage: { input_tokens: 1e300, output_tokens: -4 },
      },
    }),
    0,
  ],
];

it("keeps hostile lines as they are, counts them, and lets nothing else come to harm", async () => {
  const good = transcriptLines(FIRST)
    .prompt("Fire the kiln")
    .bash("kiln --on", "on")
    .answer("It is on.")
    .text()
    .trimEnd()
    .split("\n");
  const parts: Buffer[] = [];
  HOSTILE.forEach(([, line], i) => {
    if (good[i]) parts.push(Buffer.from(`${good[i]}\n`));
    parts.push(Buffer.from(line), Buffer.from("\n"));
  });
  machine.write(`-kiln/${FIRST}.jsonl`, Buffer.concat(parts));
  machine.write(
    "-kiln/it's %2e%2e%2fodd.jsonl",
    good.map((line) => line.replaceAll("11111111", "99999999")).join("\n"),
  );
  const before = readdirSync(machine.home).sort();

  const answer = await machine.index();
  const expected = HOSTILE.reduce((sum, [, , problems]) => sum + problems, 0);
  expect(answer).toMatchObject({ lines: HOSTILE.length + 8, problems: expected });

  machine.read((db) => {
    const { rows, total } = listProblems(db, { limit: 100 });
    expect(total).toBe(expected);
    expect(rows.find((row) => row.raw.startsWith("panic"))?.raw).toBe("panic: runtime error");
    expect(
      db.prepare("SELECT count(*) AS n FROM turns WHERE session_id = ? AND text = 'Fire the kiln'").get(FIRST),
    ).toEqual({ n: 1 });
    expect(db.prepare("SELECT tool_calls, tool_failures FROM sessions WHERE session_id = ?").get(FIRST)).toEqual({
      tool_calls: 1,
      tool_failures: 0,
    });
    const types = db.prepare("SELECT type FROM events WHERE event_id = 'u-unknown'").get();
    expect(types).toEqual({ type: "unknown.no-such-type" });
    const hits = db.prepare("SELECT count(*) AS n FROM search_index WHERE search_index MATCH 'zig AND zag'").get();
    expect(hits).toEqual({ n: 1 });
    expect(db.prepare("SELECT count(*) AS n FROM events WHERE ts > ?").get(TEST_NOW + 86_400_000)).toEqual({ n: 0 });
    expect(db.pragma("foreign_key_check")).toEqual([]);
  });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(readdirSync(machine.home).sort()).toEqual([...new Set([...before, "data"])].sort());

  expect(await machine.index()).toMatchObject({ files: 0, problems: 0 });
  const hashes = machine.hashes();
  runRebuild({ env: machine.env, clock: () => TEST_NOW });
  expect(machine.hashes()).toEqual(hashes);
});

it("finds the same, whether the quick scan of a large archive ran before or not", async () => {
  const good = transcriptLines(FIRST).prompt("Fire the kiln").answer("It is on.").text();
  // The scan does not look inside contents: it counts this response, the full read does not.
  const broken = JSON.stringify({
    type: "assistant",
    uuid: "u-broken",
    sessionId: FIRST,
    timestamp: "2026-09-01T10:30:00.000Z",
    message: {
      id: "m-broken",
      role: "assistant",
      model: "claude-opus-4-5",
      content: [{ type: "text", text: "MARK" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 5, output_tokens: 5 },
    },
    requestId: "r-broken",
  }).replace('"MARK"', '"MARK" MARK');
  const padding = `${envelope({ uuid: "u-padding", message: { role: "user", content: "y".repeat(5_000_000) } })}\n`;
  machine.write(`-kiln/${FIRST}.jsonl`, `${good}${broken}\n${padding}`);
  expect(await machine.index()).toMatchObject({ problems: 1 });
  const responses = machine.read((db) =>
    db.prepare("SELECT response_id, event_id IS NULL AS unconfirmed FROM responses").all(),
  );
  expect(responses).toHaveLength(1);
  expect(responses).toMatchObject([{ unconfirmed: 0 }]);
  const hashes = machine.hashes();
  runRebuild({ env: machine.env, clock: () => TEST_NOW });
  expect(machine.hashes()).toEqual(hashes);
});
