/** @module Databases for tests of queries: the real schema, filled with rows made here. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packChunk } from "../store/archive.ts";
import { type Database, openWriter } from "../store/db.ts";

export interface TestDatabase {
  readonly db: Database;
  readonly path: string;
  readonly insert: (table: string, row: Readonly<Record<string, unknown>>) => void;
  /** A session of workspace `w-<project>`; unnamed columns keep their defaults. */
  readonly session: (id: string, row?: Readonly<Record<string, unknown>>) => void;
  /** An event with an archived body and its text in the full-text index; returns its id. */
  readonly event: (sessionId: string, event: TestEvent) => number;
  /** A response with its hour in both rollups. */
  readonly response: (sessionId: string, row: Readonly<Record<string, unknown>>) => void;
  /** Query plan, one step a line. */
  readonly plan: (sql: string, parameters?: readonly unknown[]) => string;
  readonly close: () => void;
}

export interface TestEvent {
  /** The record; default: an assistant's record that says `text`. */
  readonly body?: unknown;
  /** In the full-text index; without it the event cannot be found there. */
  readonly text?: string;
  readonly type?: string;
  readonly ts?: number | null;
  readonly id?: number;
  readonly eventId?: string;
}

/** Times in tests count from here: 2026-03-10T12:00:00Z. */
export const TEST_NOW = Date.UTC(2026, 2, 10, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A new database in a temporary directory; `close` removes it. */
export function testDatabase(): TestDatabase {
  const home = mkdtempSync(join(tmpdir(), "clew-query-"));
  const path = join(home, "clew.db");
  const db = openWriter(path);
  let seq = 0;
  const insert = (table: string, row: Readonly<Record<string, unknown>>): void => {
    const names = Object.keys(row);
    db.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`).run(
      ...Object.values(row),
    );
  };
  const ensure = (table: string, key: string, row: Readonly<Record<string, unknown>>): void => {
    const found = db.prepare(`SELECT 1 FROM ${table} WHERE ${key} = ?`).get(row[key]);
    if (!found) insert(table, row);
  };
  const topOf = (parent: unknown): string | undefined =>
    (
      db.prepare("SELECT top_session_id AS top FROM sessions WHERE session_id = ?").get(parent ?? null) as
        | { top: string }
        | undefined
    )?.top;
  ensure("devices", "device_id", { device_id: "device", name: "test", created_at: 0 });
  return {
    db,
    path,
    insert,
    session(id, { project = "web", ...row } = {}) {
      const name = String(project);
      ensure("projects", "project_id", { project_id: `dir:${name}`, name });
      ensure("workspaces", "workspace_id", {
        workspace_id: `w-${name}`,
        path: `/home/ada/${name}`,
        name,
        project_id: `dir:${name}`,
      });
      ensure("identities", "identity_id", {
        identity_id: `claude-code@${name}`,
        kind: "agent",
        platform: "claude-code",
        project_id: `dir:${name}`,
      });
      ensure("identities", "identity_id", { identity_id: "person:ada", kind: "person", platform: "local" });
      insert("sessions", {
        session_id: id,
        person_id: "person:ada",
        root_session_id: row.parent_session_id ?? id,
        top_session_id: topOf(row.parent_session_id) ?? id,
        workspace_id: `w-${name}`,
        identity_id: `claude-code@${name}`,
        agent: "claude-code",
        started_at: TEST_NOW - DAY,
        ended_at: TEST_NOW - DAY + HOUR,
        ...row,
      });
    },
    event(sessionId, { body, text, type = "assistant.text", ts = TEST_NOW - DAY, id, eventId }) {
      seq++;
      const eventRowId = id ?? seq;
      const record = body ?? { type: "assistant", message: { content: [{ type: "text", text: text ?? "" }] } };
      const bytes = Buffer.from(typeof record === "string" ? record : JSON.stringify(record));
      const chunk = packChunk(bytes);
      const chunkId = db
        .prepare("INSERT INTO archive (codec, raw_bytes, data) VALUES (?, ?, ?)")
        .run(chunk.codec, chunk.rawBytes, Buffer.from(chunk.data)).lastInsertRowid;
      const session = db
        .prepare("SELECT workspace_id, identity_id FROM sessions WHERE session_id = ?")
        .get(sessionId) as {
        workspace_id: string;
        identity_id: string;
      };
      insert("events", {
        id: eventRowId,
        event_id: eventId ?? `event-${eventRowId}`,
        session_id: sessionId,
        workspace_id: session.workspace_id,
        device_id: "device",
        seq,
        hlc: seq,
        ts,
        type,
        source: "claude-code",
        author: session.identity_id,
        origin: "agent",
        chunk_id: chunkId,
        chunk_offset: 0,
        chunk_length: bytes.length,
      });
      if (text !== undefined) db.prepare("INSERT INTO search_index (rowid, text) VALUES (?, ?)").run(eventRowId, text);
      return eventRowId;
    },
    response(sessionId, row) {
      const ts = (row.ts === undefined ? TEST_NOW - DAY : row.ts) as number | null;
      const full = {
        response_id: `message-${++seq}|request`,
        session_id: sessionId,
        record: "assistant",
        ts,
        model: "claude-opus-4-5",
        input_tokens: 0,
        output_tokens: 0,
        cache_5m_tokens: 0,
        cache_1h_tokens: 0,
        cache_write_tokens: 0,
        cache_read_tokens: 0,
        cost_micros: null as number | null,
        ...row,
      };
      insert("responses", full);
      const session = db
        .prepare("SELECT workspace_id, identity_id, agent FROM sessions WHERE session_id = ?")
        .get(sessionId) as Record<string, string>;
      const hour = ts === null ? -1 : Math.floor(ts / HOUR);
      const sums = [
        1,
        full.input_tokens,
        full.output_tokens,
        full.cache_5m_tokens,
        full.cache_1h_tokens,
        full.cache_write_tokens,
        full.cache_read_tokens,
        full.cost_micros ?? 0,
        full.cost_micros === null ? 1 : 0,
        0,
      ];
      const add = `DO UPDATE SET responses = responses + excluded.responses, input_tokens = input_tokens + excluded.input_tokens,
        output_tokens = output_tokens + excluded.output_tokens, cache_5m_tokens = cache_5m_tokens + excluded.cache_5m_tokens,
        cache_1h_tokens = cache_1h_tokens + excluded.cache_1h_tokens, cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens,
        cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens, cost_micros = cost_micros + excluded.cost_micros,
        unpriced_responses = unpriced_responses + excluded.unpriced_responses`;
      db.prepare(
        `INSERT INTO usage_by_session VALUES (?, ?, ?, ${sums.map(() => "?").join(", ")}) ON CONFLICT ${add}`,
      ).run(sessionId, hour, full.model, ...sums);
      db.prepare(
        `INSERT INTO usage_by_hour VALUES (?, ?, ?, ?, ?, ${sums.map(() => "?").join(", ")}) ON CONFLICT ${add}`,
      ).run(hour, session.workspace_id, session.identity_id, session.agent, full.model, ...sums);
    },
    plan(sql, parameters = []) {
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
      return steps.map((step) => step.detail).join("\n");
    },
    close() {
      db.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
