/** @module Drops every projection and the full-text index and derives them again from the event log. */

import type { Place } from "../model/place.ts";
import type { ParsedRecord } from "../model/record.ts";
import { openArchive } from "./archive.ts";
import type { LiveEvent } from "./batch.ts";
import type { WriteContext } from "./context.ts";
import { type Database, openWriter } from "./db.ts";
import { openDeviceStream, physicalTimeOf } from "./device.ts";
import { openEventIds } from "./event-ids.ts";
import type { SaidFacts } from "./lineage.ts";
import { openProjections } from "./project/apply.ts";
import { sessionRefresh } from "./project/refresh.ts";
import type { StoreOptions } from "./store.ts";
import { slugOf } from "./write-batch.ts";
import { applyLive, liveSession } from "./write-live.ts";

/** How events are read again: the pure functions that first read them. Null keeps an event without consequences. */
export interface Reparse {
  /** A record of an agent's own file. */
  readonly record: (event: LoggedEvent) => ParsedRecord | null;
  /** What a hook or a program of ours told; `readAt` in milliseconds UTC. */
  readonly live: (body: Buffer, readAt: number) => LiveEvent | null;
}

/** An event of a file as it stands in the log. */
export interface LoggedEvent {
  readonly id: number;
  readonly type: string;
  readonly source: string;
  readonly path: string;
  readonly fileKind: "transcript" | "subagent" | "meta" | "tool-output";
  readonly fileSessionId: string;
  readonly rootSessionId: string;
  readonly offset: number;
  readonly body: Buffer;
  /** When it was first read, milliseconds UTC. */
  readonly readAt: number;
}

const PROJECTIONS = [
  "inbox_marks",
  "relations",
  "entities",
  "memory_files",
  "message_marks",
  "messages",
  "entries",
  "subjects",
  "changes",
  "log_lines",
  "spans",
  "session_traces",
  "session_processes",
  "model_calls",
  "metric_series",
  "problems",
  "injected_contexts",
  "project_state",
  "session_outcomes",
  "session_facts",
  "turns",
  "tool_calls",
  "usage_by_hour",
  "usage_by_session",
  "responses",
];
const PLACES = `
  SELECT s.cwd, w.workspace_id AS workspaceId, w.path AS workspacePath, w.name AS workspaceName, p.project_id AS projectId,
         p.name AS projectName, p.remote
  FROM sessions s JOIN workspaces w USING (workspace_id) JOIN projects p USING (project_id) WHERE s.cwd IS NOT NULL`;
const ROOTS = "SELECT session_id AS sessionId, root_session_id AS rootSessionId, agent FROM sessions";
const SOURCES = `
  SELECT session_id AS sessionId, path, agent, said, written_at AS writtenAt FROM sources
  WHERE kind IN ('transcript', 'subagent') ORDER BY session_id`;
const EVENTS = `
  SELECT e.id, e.event_id AS eventId, e.session_id AS sessionId, e.type, e.source, e.hlc, e.seq, e.device_id AS deviceId, e.source_offset AS offset, e.data,
         e.chunk_id AS chunkId, e.chunk_offset AS chunkOffset, e.chunk_length AS chunkLength, e.source_id AS sourceId,
         s.path, s.kind AS fileKind, s.session_id AS fileSessionId
  FROM events e LEFT JOIN sources s USING (source_id) WHERE e.id > ? ORDER BY e.id LIMIT 2000`;
const INSERT_TEXT = "INSERT INTO search_index (rowid, text) VALUES (?, ?)";

interface EventRow {
  readonly id: number;
  readonly eventId: string;
  readonly sessionId: string;
  readonly type: string;
  readonly source: string;
  readonly hlc: number;
  readonly seq: number;
  readonly deviceId: string;
  readonly offset: number | null;
  readonly data: Buffer | null;
  readonly chunkId: number | null;
  readonly chunkOffset: number;
  readonly chunkLength: number;
  readonly sourceId: number | null;
  readonly path: string | null;
  readonly fileKind: LoggedEvent["fileKind"] | null;
  readonly fileSessionId: string | null;
}

/** One transaction: interrupted, it leaves everything as it was. Returns the number of events read. */
export function rebuild(
  path: string,
  options: StoreOptions,
  reparse: Reparse,
  onProgress: (done: number, total: number) => void = () => {},
): number {
  const db = openWriter(path);
  try {
    return db.transaction(() => rebuildInTransaction(db, options, reparse, onProgress)).immediate();
  } finally {
    db.close();
  }
}

function rebuildInTransaction(
  db: Database,
  options: StoreOptions,
  reparse: Reparse,
  onProgress: (done: number, total: number) => void,
): number {
  // Directories may be gone by now: a place that was once found stays.
  const places = new Map(
    db
      .prepare<[], Place & { cwd: string }>(PLACES)
      .all()
      .map(({ cwd, ...place }) => [cwd, place]),
  );
  const roots = new Map(
    db
      .prepare<[], { sessionId: string; rootSessionId: string; agent: string }>(ROOTS)
      .all()
      .map((row) => [row.sessionId, row]),
  );
  for (const table of PROJECTIONS) db.prepare(`DELETE FROM ${table}`).run();
  db.prepare("DELETE FROM sessions").run();
  db.prepare("INSERT INTO search_index (search_index) VALUES ('delete-all')").run();
  db.prepare("INSERT INTO shared_index (shared_index) VALUES ('delete-all')").run();

  const context: WriteContext = {
    db,
    clock: options.clock,
    price: options.price,
    place: (cwd, slug) => (cwd === null ? undefined : places.get(cwd)) ?? options.place(cwd, slug),
    identify: options.identify,
    sessionTypes: options.sessionTypes,
    device: openDeviceStream(db, options.clock),
    ids: openEventIds(db),
    sessions: new Map(),
    touched: new Set(),
    texts: [],
    counts: { events: 0, responses: 0, problems: 0 },
  };
  const projections = openProjections(context);
  const { counted } = projections;
  const ensure = (sessionId: string, slug: string) => {
    const known = roots.get(sessionId);
    return projections.sessions.ensure(
      sessionId,
      known?.rootSessionId ?? sessionId,
      known?.agent ?? "unknown",
      null,
      slug,
    );
  };

  for (const row of db
    .prepare<[], { sessionId: string; path: string; agent: string; said: string | null; writtenAt: number | null }>(
      SOURCES,
    )
    .all()) {
    const slug = slugOf(row);
    const session = ensure(row.sessionId, slug);
    if (row.writtenAt !== null) projections.sessions.writtenAt(session, row.writtenAt);
    for (const fact of row.said ? (JSON.parse(row.said) as SaidFacts) : []) {
      if (fact.kind === "title") projections.sessions.title(session, fact);
      else projections.sessions.say(session, fact, slug, row.agent, true);
    }
  }

  const archive = openArchive(db);
  const insertText = db.prepare(INSERT_TEXT);
  const { total } = db.prepare("SELECT count(*) AS total FROM events").get() as { total: number };
  let done = 0;
  // A statement cannot be open while the same connection writes: pages of rows.
  const page = db.prepare<[number], EventRow>(EVENTS);
  for (let last = 0, rows = page.all(last); rows.length > 0; rows = page.all(last)) {
    for (const row of rows) {
      last = row.id;
      done++;
      const body =
        row.data ??
        (row.chunkId === null
          ? Buffer.alloc(0)
          : archive.chunk(row.chunkId).subarray(row.chunkOffset, row.chunkOffset + row.chunkLength));
      const readAt = physicalTimeOf(row.hlc);
      if (row.path === null) {
        const event = reparse.live(body, readAt);
        if (!event) continue;
        applyLive(projections, event, liveSession(projections, event, counted), row.id, row);
        if (event.text) insertText.run(row.id, event.text);
        continue;
      }
      const slug = slugOf({ path: row.path });
      const session = ensure(row.sessionId, slug);
      projections.touch(session.sessionId);
      const record = reparse.record({
        id: row.id,
        type: row.type,
        source: row.source,
        path: row.path,
        fileKind: row.fileKind ?? "transcript",
        fileSessionId: row.fileSessionId ?? row.sessionId,
        rootSessionId: roots.get(row.fileSessionId ?? row.sessionId)?.rootSessionId ?? row.sessionId,
        offset: row.offset ?? 0,
        body,
        readAt,
      });
      if (!record) continue;
      const place = { sourceId: row.sourceId, offset: row.offset ?? 0, slug, agent: row.source, live: false };
      for (const fact of record.facts) projections.apply(fact, record, session, place);
      if (record.text) insertText.run(row.id, record.text);
    }
    projections.flush();
    onProgress(done, total);
  }
  projections.settle();
  counted.put();
  sessionRefresh(context, projections.usage, projections)();
  return done;
}
