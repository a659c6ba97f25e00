import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { corpusDir } from "../../../../../test/corpus.ts";
import { repositoryRoot } from "../../../../../test/repository.ts";
import { workerUrl } from "../../base/worker-url.ts";
import type { ResponseFact } from "../../model/record.ts";
import type { ScannedFile } from "../../model/scanned-file.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { mergeResponses } from "./better-response.ts";
import { decodeRecord } from "./decode.ts";
import { parseClaudeLine } from "./parse-line.ts";
import { openLineWindows } from "./scan/read-lines.ts";
import { scanFile } from "./scan/scan-file.ts";
import { scanFiles } from "./usage-scan.ts";

const NOW = Date.parse("2026-12-01T00:00:00Z");
const home = mkdtempSync(join(tmpdir(), "clew-scan-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const OLD = (at: string) => ({
  parentUuid: null,
  isSidechain: false,
  userType: "external",
  cwd: "/w/é",
  sessionId: "s1",
  version: at,
});

interface Told {
  readonly id?: string | null;
  readonly request?: string | null;
  readonly output?: number;
  readonly model?: string;
  readonly content?: readonly unknown[];
  readonly second?: number;
  readonly uuid?: string;
  readonly stop?: string | null;
  readonly sidechain?: boolean;
}

let uuids = 0;

function message(told: Told): Record<string, unknown> {
  return {
    model: told.model ?? "claude-opus-5-5",
    ...(told.id === null ? {} : { id: told.id ?? "msg_1" }),
    type: "message",
    role: "assistant",
    content: told.content ?? [{ type: "text", text: 'a "usage":{ in text, and é' }],
    stop_reason: told.stop === undefined ? "end_turn" : told.stop,
    stop_sequence: null,
    usage: {
      input_tokens: 3,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 500,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: told.output ?? 7,
      service_tier: "standard",
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
      output_tokens_details: { thinking_tokens: 2 },
    },
  };
}

/** An assistant record as clients of 2.1.2xx order it. */
function assistant(told: Told = {}): Record<string, unknown> {
  return {
    parentUuid: null,
    isSidechain: told.sidechain ?? false,
    message: message(told),
    ...(told.request === null ? {} : { requestId: told.request ?? "req_1" }),
    type: "assistant",
    uuid: told.uuid ?? `u-${++uuids}`,
    timestamp: `2026-10-01T10:00:${String(told.second ?? 0).padStart(2, "0")}.000Z`,
    userType: "external",
    cwd: "/w/é",
    sessionId: "s1",
    version: "2.1.217",
  };
}

function agentProgress(told: Told, copies: readonly unknown[] = []): Record<string, unknown> {
  return {
    ...OLD("2.1.12"),
    type: "progress",
    data: {
      message: {
        type: "assistant",
        timestamp: "2026-10-01T10:00:09.000Z",
        message: message(told),
        requestId: told.request ?? "req_1",
        uuid: `u-${++uuids}`,
      },
      normalizedMessages: copies,
      type: "agent_progress",
      prompt: "p",
      agentId: "a1",
    },
    toolUseID: "t",
    uuid: `u-${++uuids}`,
    timestamp: "2026-10-01T10:00:09.500Z",
  };
}

const prompt = {
  ...OLD("2.1.217"),
  type: "user",
  message: { role: "user", content: "find the lock" },
  uuid: "u-prompt",
  timestamp: "2026-10-01T09:59:59.000Z",
};

function sourceFile(path: string, sessionId = basename(path, ".jsonl")): SourceFile {
  const { size, mtimeMs } = statSync(path);
  return {
    path,
    agent: "claude-code",
    kind: "transcript",
    sessionId,
    rootSessionId: sessionId,
    agentId: null,
    size,
    mtimeMs,
    device: "1",
    inode: "1",
  };
}

let files = 0;

function written(text: string | Buffer): SourceFile {
  const path = join(home, `s${++files}.jsonl`);
  writeFileSync(path, text);
  return sourceFile(path, "s1");
}

const lines = (...records: readonly unknown[]) =>
  records.map((record) => `${typeof record === "string" ? record : JSON.stringify(record)}\n`).join("");

function scan(text: string | Buffer): ScannedFile {
  return scanFile(written(text), { now: NOW })!;
}

const byId = (responses: readonly ResponseFact[]) =>
  [...responses].sort((a, b) => (a.responseId < b.responseId ? -1 : 1));

/** What the full parse of every line says. */
function parsedWhole(file: SourceFile): readonly ResponseFact[] {
  const bytes = readFileSync(file.path);
  const merged = new Map<string, ResponseFact>();
  for (let offset = 0; offset < bytes.length; ) {
    const newline = bytes.indexOf(10, offset);
    const end = newline < 0 ? bytes.length : newline;
    if (end > offset) {
      for (const fact of parseClaudeLine(bytes.subarray(offset, end), { file, offset, now: NOW }).facts) {
        if (fact.kind !== "response") continue;
        const known = merged.get(fact.responseId);
        merged.set(fact.responseId, known ? mergeResponses(known, fact) : fact);
      }
    }
    offset = end + 1;
  }
  return byId([...merged.values()]);
}

describe("one file", () => {
  it("counts a response once, with the usage that its records grow to", () => {
    const { responses } = scan(
      lines(
        assistant({ output: 1, stop: null }),
        assistant({ output: 90, second: 1 }),
        assistant({ output: 90, second: 2 }),
      ),
    );
    expect(responses).toHaveLength(1);
    expect(responses[0]).toMatchObject({
      responseId: "msg_1|req_1",
      outputTokens: 90,
      inputTokens: 3,
      cache5mTokens: 10,
      cache1hTokens: 20,
      cacheWriteTokens: 30,
      cacheReadTokens: 500,
      thinkingTokens: 2,
      webSearches: 1,
      stopReason: "end_turn",
      ts: Date.parse("2026-10-01T10:00:00Z"),
      record: "assistant",
      outputUndercounted: false,
    });
  });

  it("takes the same record whatever the order", () => {
    const records = [
      assistant({ output: 1, stop: null, second: 3 }),
      assistant({ output: 9, stop: null, second: 1 }),
      assistant({ output: 9, second: 2 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: 3 }), (order) => {
        expect(scan(lines(...order)).responses[0]).toMatchObject({
          outputTokens: 9,
          stopReason: "end_turn",
          ts: Date.parse("2026-10-01T10:00:01Z"),
        });
      }),
      { numRuns: 12 },
    );
  });

  it("counts a response without a requestId once (ccusage counts each of its records)", () => {
    const records = [0, 1, 2].map((second) => assistant({ request: null, second }));
    const { responses } = scan(lines(prompt, ...records));
    expect(responses.map((response) => [response.responseId, response.outputTokens])).toEqual([["msg_1|", 7]]);

    const ccusage = join(repositoryRoot, "node_modules", ".bin", "ccusage");
    if (!existsSync(ccusage)) return;
    const config = join(home, "config");
    mkdirSync(join(config, "projects", "p"), { recursive: true });
    writeFileSync(
      join(config, "projects", "p", "11111111-1111-4111-8111-111111111111.jsonl"),
      lines(prompt, ...records),
    );
    const env = { PATH: process.env.PATH, HOME: home, CLAUDE_CONFIG_DIR: config };
    const run = spawnSync(ccusage, ["daily", "--offline", "--json"], { env, encoding: "utf8" });
    if (run.status !== 0) return; // no binary for this platform
    expect((JSON.parse(run.stdout) as { totals: { outputTokens: number } }).totals.outputTokens).toBe(21);
  });

  it("lets the uuid stand for a missing message id", () => {
    const { responses } = scan(
      lines(assistant({ id: null, uuid: "a" }), assistant({ id: null, uuid: "b" }), assistant({ id: null, uuid: "b" })),
    );
    expect(responses.map((response) => response.responseId)).toEqual(["a|req_1", "b|req_1"]);
  });

  it("leaves out messages that the client made up", () => {
    expect(scan(lines(assistant({ model: "<synthetic>" }))).responses).toEqual([]);
  });

  it("counts an agent's progress under the agent, and only where no assistant record says the same", () => {
    const copies = [{ type: "assistant", message: message({ id: "msg_0", output: 999 }) }];
    const { responses } = scan(
      lines(
        agentProgress({ id: "msg_2", output: 50 }, copies),
        agentProgress({ id: "msg_3", output: 50 }),
        assistant({ id: "msg_3", output: 5 }),
      ),
    );
    expect(
      byId(responses).map(({ responseId, sessionId, record, outputTokens }) => [
        responseId,
        sessionId,
        record,
        outputTokens,
      ]),
    ).toEqual([
      ["msg_2|req_1", "s1.a1", "agent_progress", 50],
      ["msg_3|req_1", "s1", "assistant", 5],
    ]);
  });

  it("tells when the file was begun, where, by which client, and what it is called", () => {
    const queue = { type: "queue-operation", operation: "enqueue", timestamp: "2026-10-02T00:00:00.000Z" };
    const found = scan(
      lines(
        { type: "file-history-snapshot", snapshot: { timestamp: "2020-01-01T00:00:00.000Z" } },
        queue,
        prompt,
        assistant({ second: 5 }),
      ),
    );
    expect(found).toMatchObject({
      writtenAt: Date.parse("2026-10-02T00:00:00Z"),
      firstTs: Date.parse("2026-10-01T09:59:59Z"),
      lastTs: Date.parse("2026-10-02T00:00:00Z"),
      cwd: "/w/é",
      clientVersion: "2.1.217",
      title: { source: "prompt", title: "find the lock" },
    });
    const titles = [
      { type: "custom-title", customTitle: "Mine" },
      { type: "custom-title", customTitle: "Mine again" },
      { type: "ai-title", aiTitle: "Robot" },
    ];
    expect(scan(lines(prompt, ...titles)).title).toEqual({ source: "custom", title: "Mine again" });
  });

  it("lets a partial last line wait and counts a whole one without a newline", () => {
    const whole = JSON.stringify(assistant({ id: "msg_9" }));
    const first = lines(assistant());
    expect(scan(first + whole)).toMatchObject({
      bytes: Buffer.byteLength(first),
      responses: [{ messageId: "msg_1" }, { messageId: "msg_9" }],
    });
    expect(scan(first + whole.slice(0, -40))).toMatchObject({
      bytes: Buffer.byteLength(first),
      responses: [{ messageId: "msg_1" }],
    });
  });

  it("goes on where it stopped", () => {
    const first = lines(assistant());
    const file = written(first + lines(assistant({ id: "msg_2" })));
    const found = scanFile(file, { now: NOW, from: Buffer.byteLength(first) });
    expect(found).toMatchObject({ bytes: statSync(file.path).size, responses: [{ messageId: "msg_2" }] });
  });

  it("passes over a line that no parse would read, and keeps its memory", () => {
    const windows = openLineWindows(64, 4096);
    const text = lines(
      assistant({ id: "msg_1" }),
      assistant({ id: "msg_2", content: [{ type: "text", text: "x".repeat(20_000) }] }),
      assistant({ id: "msg_3" }),
    );
    expect(scanFile(written(text), { now: NOW, windows })?.responses.map((response) => response.messageId)).toEqual([
      "msg_1",
      "msg_3",
    ]);
  });

  it("says nothing about a file that is gone", () => {
    const file = written("");
    rmSync(file.path);
    expect(scanFile(file, { now: NOW })).toBeNull();
  });
});

/** Lines that try to mislead a reader who does not parse them. */
const traps: readonly unknown[] = [
  prompt,
  assistant(),
  assistant({ second: 9 }),
  assistant({ sidechain: true }),
  assistant({
    id: "msg_nested",
    content: [
      {
        type: "tool_use",
        id: "t",
        name: "X",
        input: { content: [], stop_reason: null, stop_sequence: null, usage: { output_tokens: 999 } },
      },
    ],
  }),
  { ...assistant({ id: "msg_after" }), toolUseResult: { usage: { output_tokens: 999 } } },
  {
    type: "assistant",
    uuid: "u-x",
    requestId: "r",
    message: { usage: { output_tokens: 4 }, model: "m", id: "msg_reordered", content: [] },
  },
  { type: "assistant", message: { model: "m", content: [{ usage: { output_tokens: 9 } }] } },
  { type: "assistant", message: { model: "m", content: [], usage: { output_tokens: 9 } }, timestamp: "no time" },
  {
    ...prompt,
    uuid: "u-y",
    toolUseResult: { type: "assistant", message: { usage: { output_tokens: 999 }, content: [] } },
  },
  { type: "user", message: assistant() },
  { ...OLD("2.0.0"), data: { type: "agent_progress" }, type: "progress", usage: { output_tokens: 1 } },
  agentProgress({ id: "msg_p" }, [{ message: message({ id: "msg_q" }) }]),
  { ...OLD("2.0.0"), type: "progress", data: { type: "bash_progress", usage: { output_tokens: 1 } } },
  JSON.stringify(assistant({ id: "msg_spaced" }))
    .replace('"usage":', '"usage" : ')
    .replace('"content":', '"content" : '),
  JSON.stringify(assistant({ id: "msg_ümlaut", model: "modèle" })),
  JSON.stringify(assistant({ id: "msg_cut" })).slice(0, -3),
  JSON.stringify(assistant({ id: "msg_junk" })).replace(/\}$/, "}x"),
  JSON.stringify({ ...assistant({ id: "msg_future" }), timestamp: "2090-01-01T00:00:00.000Z" }),
  '{"type":"assistant","usage":{"output_tokens":1},"content":[],"stop_reason":null}',
  "[1,2]",
  "nonsense",
  "",
];

describe("equal to the full parse", () => {
  it("on lines that mislead, in any order and through any window", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...traps], { minLength: 1 }),
        fc.integer({ min: 1, max: 5000 }),
        (chosen, window) => {
          const file = written(lines(...chosen));
          const found = scanFile(file, { now: NOW, windows: openLineWindows(window) });
          expect(byId(found!.responses)).toEqual(parsedWhole(file));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("on mutated lines, as long as they are JSON: a fault inside of a content is not looked for", () => {
    const good = traps
      .map((trap) => (typeof trap === "string" ? trap : JSON.stringify(trap)))
      .filter((line) => line.length > 20);
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.array(
          fc.record({
            at: fc.nat(),
            cut: fc.nat({ max: 12 }),
            put: fc.constantFrom("", "}", "]", "{", "[", '"', ",", "\\", "null", '"usage":{}', "\0"),
          }),
          { maxLength: 3 },
        ),
        (line, edits) => {
          let text = line;
          for (const { at, cut, put } of edits) {
            const place = at % text.length;
            text = text.slice(0, place) + put + text.slice(place + cut);
          }
          const file = written(lines(assistant({ id: "msg_before" }), text, assistant({ id: "msg_behind" })));
          const found = byId(scanFile(file, { now: NOW })!.responses);
          const parsed = parsedWhole(file);
          if (decodeRecord(Buffer.from(text)).record) expect(found).toEqual(parsed);
          else
            expect(found.map(({ messageId }) => messageId)).toEqual(
              expect.arrayContaining(["msg_before", "msg_behind"]),
            );
          rmSync(file.path);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

const corpus = corpusDir();

function transcripts(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => ({ ...sourceFile(join(root, name)), sessionId: name, rootSessionId: name }));
}

interface Truth {
  readonly responses: number;
  readonly tokens_by_model: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

function sums(responses: Iterable<ResponseFact>): Record<string, Record<string, number>> {
  const models: Record<string, Record<string, number>> = {};
  for (const response of responses) {
    models[response.model] ??= {};
    const sum = models[response.model] as Record<string, number>;
    const add = (key: string, count: number) => {
      sum[key] = (sum[key] ?? 0) + count;
    };
    add("requests", 1);
    add("input_tokens", response.inputTokens);
    add("output_tokens", response.outputTokens);
    add("cache_creation_input_tokens", response.cacheWriteTokens);
    add("cache_read_input_tokens", response.cacheReadTokens);
    add("ephemeral_1h_input_tokens", response.cache1hTokens);
    add("ephemeral_5m_input_tokens", response.cache5mTokens);
  }
  return models;
}

function mergedOver(scanned: readonly ScannedFile[]): Map<string, ResponseFact> {
  const merged = new Map<string, ResponseFact>();
  for (const { responses } of scanned) {
    for (const response of responses) {
      const known = merged.get(response.responseId);
      merged.set(response.responseId, known ? mergeResponses(known, response) : response);
    }
  }
  return merged;
}

async function collect(all: readonly SourceFile[], workers: number): Promise<ScannedFile[]> {
  const found: ScannedFile[] = [];
  for await (const file of scanFiles(all, { workers, now: NOW })) found.push(file);
  return found;
}

describe.skipIf(corpus === null)("public transcripts", () => {
  const root = join(corpus ?? "", "claude");

  it("have the oracle's tokens, in every model and kind", async () => {
    const truth = JSON.parse(readFileSync(join(corpus!, "truth.json"), "utf8")) as Truth;
    const { "<synthetic>": _, ...expected } = truth.tokens_by_model;
    expect(sums(mergedOver(await collect(transcripts(root), 0)).values())).toEqual(expected);
  });

  it("do not count more when subagents' files tell the same again", async () => {
    const alone = mergedOver(await collect(transcripts(root), 0));
    const both = mergedOver(
      await collect([...transcripts(join(dirname(root), "derived-subagents")), ...transcripts(root)], 0),
    );
    expect(sums(both.values())).toEqual(sums(alone.values()));
  });

  it("are read as the full parse reads every line of them", () => {
    for (const file of transcripts(root)) {
      expect(byId(scanFile(file, { now: NOW })!.responses), file.path).toEqual(parsedWhole(file));
    }
  });
});

describe("many files", () => {
  const worker = workerUrl(import.meta.url, "./scan/scan-worker.ts");
  const isBuilt = existsSync(worker);
  if (!isBuilt) console.warn("not built: the scan in threads is not tested (npm run build)");

  it("yields each file once and passes over what is no transcript", async () => {
    const some = [written(lines(assistant())), written(lines(assistant({ id: "msg_2" })))];
    const found = await collect([...some, { ...some[0]!, kind: "meta" }], 0);
    expect(found.map(({ file }) => file.path)).toEqual(some.map((file) => file.path));
  });

  it.skipIf(!isBuilt)("says the same in several threads", async () => {
    const some = Array.from({ length: 40 }, (_, at) => written(lines(prompt, assistant({ id: `msg_${at}` }))));
    const order = (found: readonly ScannedFile[]) => [...found].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
    expect(order(await collect(some, 2))).toEqual(order(await collect(some, 0)));
  });
});
