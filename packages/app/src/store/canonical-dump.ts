/**
 * @module What a database says, without how it came to say it: every table's rows in key order, without row numbers,
 * sequence numbers, clocks and archive addresses. Two databases that read the same files, in whatever order and however
 * often interrupted, dump the same text.
 */
import { createHash } from "node:crypto";
import { openArchive } from "./archive.ts";
import type { Database } from "./db.ts";

/** Rows per table; columns that depend on the order of reading are left out. */
const TABLES: Readonly<Record<string, string>> = {
  // Places that a session was put to before its own was known stay behind when it moves, and mean nothing.
  projects: `SELECT * FROM projects WHERE project_id IN (
    SELECT project_id FROM workspaces WHERE workspace_id IN (SELECT workspace_id FROM sessions)) ORDER BY project_id`,
  workspaces:
    "SELECT * FROM workspaces WHERE workspace_id IN (SELECT workspace_id FROM sessions) ORDER BY workspace_id",
  identities: `SELECT * FROM identities
    WHERE identity_id IN (SELECT identity_id FROM sessions UNION SELECT person_id FROM sessions) ORDER BY identity_id`,
  sessions: "SELECT * FROM sessions ORDER BY session_id",
  responses: "SELECT * FROM responses ORDER BY response_id",
  usage_by_session: "SELECT * FROM usage_by_session ORDER BY session_id, hour, model",
  usage_by_hour: "SELECT * FROM usage_by_hour ORDER BY hour, workspace_id, identity_id, agent, model",
  tool_calls: "SELECT * FROM tool_calls ORDER BY tool_use_id",
  turns: "SELECT * FROM turns ORDER BY event_id",
  session_facts: "SELECT * FROM session_facts ORDER BY session_id, kind, key",
  session_outcomes: "SELECT * FROM session_outcomes ORDER BY session_id",
  project_state: "SELECT * FROM project_state ORDER BY project_id",
  injected_contexts: "SELECT * FROM injected_contexts ORDER BY event_id",
  // Under the event's id: its number depends on the order of reading.
  log_lines: `SELECT e.event_id, l.session_id, l.root_session_id, l.named_session, l.joined_by, l.is_outside, l.ts, l.level, l.logger,
      l.service, l.message, l.pid, l.host, l.trace_id, l.span_id, l.path, l.file_offset, l.format
    FROM log_lines l JOIN events e USING (id) ORDER BY e.event_id`,
  spans: "SELECT * FROM spans ORDER BY trace_id, span_id",
  session_traces: "SELECT * FROM session_traces ORDER BY session_id, trace_id",
  session_processes: "SELECT * FROM session_processes ORDER BY session_id, pid",
  model_calls: "SELECT * FROM model_calls ORDER BY call_key",
  metric_series: "SELECT * FROM metric_series ORDER BY session_id, name, attributes",
  // Without numbers of this device's log, which say when a change came here.
  changes:
    "SELECT change_id, target, subject, hlc, device, author, origin, tainted, session_id, event_id, ts, data FROM changes ORDER BY change_id",
  subjects: `SELECT target, subject, state, tainted, deleted, created_at, created_by, changed_at, changed_by, changed_hlc
    FROM subjects ORDER BY target, subject`,
  entries: `SELECT entry_id, category, status, title, assignee, project_id, session_id, changed_hlc, content_hash
    FROM entries ORDER BY entry_id`,
  messages: `SELECT message_id, sender, to_kind, to_id, thread_id, sent_at, expires_at, content_hash
    FROM messages ORDER BY message_id`,
  message_marks: "SELECT * FROM message_marks ORDER BY message_id, mark, identity",
  memory_files: `SELECT file_id, project_id, path, title, sha256, size, version, conflicts FROM memory_files ORDER BY file_id`,
  entities: "SELECT entity_id, name, type, merged_into FROM entities ORDER BY entity_id",
  relations: "SELECT relation_id, from_id, to_id, type FROM relations ORDER BY relation_id",
  event_copies: "SELECT * FROM event_copies ORDER BY event_id, session_id",
  problems: "SELECT event_id, session_id, source_offset, reason, message FROM problems ORDER BY event_id",
};
const EVENTS = `
  SELECT event_id, session_id, workspace_id, ts, type, source, natural_key, author, origin, tainted, source_offset,
         data, chunk_id, chunk_offset, chunk_length
  FROM events ORDER BY event_id`;
const VOCABULARY =
  "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_vocabulary USING fts5vocab('main', 'search_index', 'instance')";
/** Words of events that are there: what was deleted stays in the index's segments until they merge. */
const TERMS = `
  SELECT v.term, count(DISTINCT v.doc) AS events, count(*) AS words
  FROM temp.search_vocabulary v CROSS JOIN events e ON e.id = v.doc GROUP BY v.term`;

interface EventRow {
  readonly data: Buffer | null;
  readonly chunk_id: number | null;
  readonly chunk_offset: number;
  readonly chunk_length: number;
}

/** Calls `line` once per row, in a fixed order. Listing the full text's words takes longer than all the rest. */
export function canonicalDump(
  db: Database,
  line: (table: string, text: string) => void,
  { fullText = true }: { readonly fullText?: boolean } = {},
): void {
  for (const [table, sql] of Object.entries(TABLES)) {
    for (const row of db.prepare(sql).iterate()) line(table, JSON.stringify(row));
  }
  const archive = openArchive(db, 256);
  for (const row of db.prepare<[], EventRow>(EVENTS).iterate()) {
    const { data, chunk_id, chunk_offset, chunk_length, ...columns } = row;
    const body =
      data ??
      (chunk_id === null
        ? Buffer.alloc(0)
        : archive.chunk(chunk_id).subarray(chunk_offset, chunk_offset + chunk_length));
    line("events", JSON.stringify({ ...columns, body: createHash("sha256").update(body).digest("hex") }));
  }
  if (!fullText) return;
  // The vocabulary is a temporary table: query_only would refuse it; the connection itself may still be read-only.
  db.pragma("query_only = OFF");
  db.exec(VOCABULARY);
  for (const row of db.prepare(TERMS).iterate()) line("search_index", JSON.stringify(row));
}

/** One hash per table and the number of its rows: short enough to compare and to print. */
export function canonicalHashes(db: Database): Record<string, string> {
  const hashes = new Map<string, { hash: ReturnType<typeof createHash>; rows: number }>();
  canonicalDump(db, (table, text) => {
    let entry = hashes.get(table);
    if (!entry) {
      entry = { hash: createHash("sha256"), rows: 0 };
      hashes.set(table, entry);
    }
    entry.hash.update(text).update("\n");
    entry.rows++;
  });
  return Object.fromEntries(
    [...hashes].map(([table, { hash, rows }]) => [table, `${rows} ${hash.digest("hex").slice(0, 16)}`]),
  );
}
