/** @module For tests: a temporary machine with transcripts, indexed like a real one. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { IndexAnswer } from "../model/answers.ts";
import { canonicalDump, canonicalHashes } from "../store/canonical-dump.ts";
import { type Database, openReader } from "../store/db.ts";
import { type IndexOptions, runIndex } from "./index-command.ts";

/** Noon of a day when every fixture is in the past. */
export const TEST_NOW = Date.UTC(2026, 10, 21, 12);

export interface TestMachine {
  readonly home: string;
  readonly configDir: string;
  readonly database: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below projects/. */
  write(path: string, content: string | Uint8Array): string;
  append(path: string, content: string | Uint8Array): void;
  path(path: string): string;
  index(options?: Partial<IndexOptions>): Promise<IndexAnswer>;
  read<Result>(question: (db: Database) => Result): Result;
  hashes(): Record<string, string>;
  dump(): string[];
  remove(): void;
}

export function createTestMachine(): TestMachine {
  const home = mkdtempSync(join(tmpdir(), "clew-test-"));
  const configDir = join(home, "config");
  const env = { HOME: home, CLEW_HOME: join(home, "data"), CLAUDE_CONFIG_DIR: configDir };
  const database = join(home, "data", "clew.db");
  mkdirSync(join(configDir, "projects"), { recursive: true });
  const path = (name: string) => join(configDir, "projects", name);
  const read = <Result>(question: (db: Database) => Result): Result => {
    const db = openReader(database);
    try {
      return question(db);
    } finally {
      db.close();
    }
  };
  return {
    home,
    configDir,
    database,
    env,
    path,
    write(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
    append: (name, content) => appendFileSync(path(name), content),
    index: (options) => runIndex({ env, clock: () => TEST_NOW, ...options }),
    read,
    hashes: () => read(canonicalHashes),
    dump: () =>
      read((db) => {
        const lines: string[] = [];
        canonicalDump(db, (table, text) => lines.push(`${table} ${text}`));
        return lines;
      }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Records of a transcript as the client writes them, with made-up content. */
export function transcriptLines(
  sessionId: string,
  options: { readonly cwd?: string; readonly startedAt?: string } = {},
) {
  const { cwd = "/home/ada/kiln", startedAt = "2026-09-01T10:00:00.000Z" } = options;
  let time = Date.parse(startedAt);
  let count = 0;
  let parent: string | null = null;
  const records: Record<string, unknown>[] = [];
  const next = () => {
    time += 1500;
    return new Date(time).toISOString();
  };
  const uuid = () => `${sessionId.slice(0, 8)}-0000-4000-8000-${String(++count).padStart(12, "0")}`;
  const add = (record: Record<string, unknown>) => {
    const id = uuid();
    records.push({
      parentUuid: parent,
      isSidechain: false,
      userType: "external",
      cwd,
      sessionId,
      version: "2.1.210",
      gitBranch: "main",
      uuid: id,
      timestamp: next(),
      ...record,
    });
    parent = id;
  };
  const lines = {
    records,
    queued() {
      records.push({ type: "queue-operation", operation: "enqueue", timestamp: next(), sessionId });
      return lines;
    },
    title(title: string) {
      records.push({ type: "custom-title", customTitle: title, sessionId });
      return lines;
    },
    prompt(text: string) {
      add({ type: "user", message: { role: "user", content: text } });
      return lines;
    },
    answer(text: string, usage: { readonly input?: number; readonly output?: number; readonly model?: string } = {}) {
      const key = `${sessionId.slice(0, 8)}${count}`;
      add({
        type: "assistant",
        requestId: `req_${key}`,
        message: {
          id: `msg_${key}`,
          type: "message",
          role: "assistant",
          model: usage.model ?? "claude-opus-4-5-20251101",
          content: [{ type: "text", text }],
          stop_reason: "end_turn",
          usage: {
            input_tokens: usage.input ?? 10,
            output_tokens: usage.output ?? 200,
            cache_read_input_tokens: 1000,
            cache_creation_input_tokens: 100,
          },
        },
      });
      return lines;
    },
    /** A Bash call and its result. */
    bash(command: string, output: string) {
      const key = `${sessionId.slice(0, 8)}${count}`;
      add({
        type: "assistant",
        requestId: `req_${key}`,
        message: {
          id: `msg_${key}`,
          type: "message",
          role: "assistant",
          model: "claude-opus-4-5-20251101",
          content: [{ type: "tool_use", id: `toolu_${key}`, name: "Bash", input: { command } }],
          stop_reason: "tool_use",
          usage: { input_tokens: 5, output_tokens: 60, cache_read_input_tokens: 2000, cache_creation_input_tokens: 0 },
        },
      });
      add({
        type: "user",
        message: { role: "user", content: [{ type: "tool_result", tool_use_id: `toolu_${key}`, content: output }] },
        toolUseResult: { stdout: output, stderr: "", interrupted: false },
      });
      return lines;
    },
    text: () => `${records.map((record) => JSON.stringify(record)).join("\n")}\n`,
  };
  return lines;
}

/** A fork as the client writes it: a line of its own, then the whole history under the new session id. */
export function forkOf(
  original: ReturnType<typeof transcriptLines>,
  sessionId: string,
  startedAt: string,
  keep = original.records.length,
) {
  const fork = transcriptLines(sessionId, { startedAt });
  fork.queued();
  fork.records.push(...original.records.slice(0, keep).map((record) => ({ ...record, sessionId })));
  return fork;
}
