/** @module Lines for tests: records made here, or whole fixture directories, parsed as the backfill does it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fact, ParsedRecord, ResponseFact } from "../../model/record.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { mergeResponses } from "./better-response.ts";
import { discoverClaudeFiles } from "./discover.ts";
import { parseClaudeLine } from "./parse-line.ts";
import { parseClaudeWhole } from "./parse-whole.ts";

export const FIXTURES = join(import.meta.dirname, "../../../../../fixtures/claude");
/** Times in tests count from here: 2026-11-21T12:00:00Z. */
export const TEST_NOW = Date.UTC(2026, 10, 21, 12);

export const TRANSCRIPT: SourceFile = {
  path: "/config/projects/-loom/s-1.jsonl",
  agent: "claude-code",
  kind: "transcript",
  sessionId: "s-1",
  rootSessionId: "s-1",
  agentId: null,
  size: 0,
  mtimeMs: 0,
  device: "1",
  inode: "1",
};

export const SUBAGENT: SourceFile = { ...TRANSCRIPT, kind: "subagent", sessionId: "s-1.a1", agentId: "a1" };

/** One record, given as an object or as the bytes of its line. */
export function parsed(record: object | string | Buffer, file: SourceFile = TRANSCRIPT): ParsedRecord {
  const bytes = Buffer.isBuffer(record)
    ? record
    : Buffer.from(typeof record === "string" ? record : JSON.stringify(record));
  return parseClaudeLine(bytes, { file, offset: 0, now: TEST_NOW });
}

/** The facts of one kind. */
export function facts<Kind extends Fact["kind"]>(
  record: ParsedRecord,
  kind: Kind,
): readonly Extract<Fact, { kind: Kind }>[] {
  return record.facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

/** The envelope of a message's record. */
export function envelope(type: string, more: object = {}): Record<string, unknown> {
  return {
    parentUuid: null,
    isSidechain: false,
    userType: "external",
    cwd: "/home/ada/loom",
    sessionId: "s-1",
    version: "2.1.329",
    gitBranch: "main",
    type,
    uuid: "u-1",
    timestamp: "2026-11-18T11:00:00.000Z",
    ...more,
  };
}

/** Calls `visit` with every line that is not blank, and every whole file, of what `paths` hold. */
export function eachRecord(
  paths: readonly string[],
  visit: (record: ParsedRecord, bytes: Buffer, file: SourceFile) => void,
): void {
  for (const file of discoverClaudeFiles(paths).files) {
    const content = readFileSync(file.path);
    if (file.kind === "meta" || file.kind === "tool-output") {
      visit(parseClaudeWhole(content, { file, offset: 0, now: TEST_NOW }), content, file);
      continue;
    }
    for (let start = 0; start < content.length; ) {
      const newline = content.indexOf(10, start);
      const end = newline === -1 ? content.length : newline;
      const line = content.subarray(start, end);
      if (line.toString("latin1").trim())
        visit(parseClaudeLine(line, { file, offset: start, now: TEST_NOW }), line, file);
      start = end + 1;
    }
  }
}

export interface Totals {
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly ephemeral_1h_input_tokens: number;
  readonly ephemeral_5m_input_tokens: number;
}

/** The best record of each response. */
export function foldResponses(all: Iterable<ResponseFact>): ReadonlyMap<string, ResponseFact> {
  const best = new Map<string, ResponseFact>();
  for (const fact of all) {
    const known = best.get(fact.responseId);
    best.set(fact.responseId, known ? mergeResponses(known, fact) : fact);
  }
  return best;
}

/** Sums by model, in the words of the transcripts. */
export function totalsByModel(responses: Iterable<ResponseFact>): Record<string, Totals> {
  const totals: Record<string, Totals> = {};
  for (const fact of responses) {
    const sum = totals[fact.model];
    totals[fact.model] = {
      requests: (sum?.requests ?? 0) + 1,
      input_tokens: (sum?.input_tokens ?? 0) + fact.inputTokens,
      output_tokens: (sum?.output_tokens ?? 0) + fact.outputTokens,
      cache_creation_input_tokens: (sum?.cache_creation_input_tokens ?? 0) + fact.cacheWriteTokens,
      cache_read_input_tokens: (sum?.cache_read_input_tokens ?? 0) + fact.cacheReadTokens,
      ephemeral_1h_input_tokens: (sum?.ephemeral_1h_input_tokens ?? 0) + fact.cache1hTokens,
      ephemeral_5m_input_tokens: (sum?.ephemeral_5m_input_tokens ?? 0) + fact.cache5mTokens,
    };
  }
  return totals;
}
