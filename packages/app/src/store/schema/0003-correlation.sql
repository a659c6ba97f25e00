-- What applications tell: log lines, calls of models, spans, metrics; and by what each of them came to its session.

-- ---------------------------------------------------------------- responses that no transcript holds

CREATE TABLE responses_2 (                   -- one row per model response, however many records and files repeat it
  response_id      TEXT PRIMARY KEY,         -- "<message.id>|<requestId>", or "call:<call_key>" of a call that no transcript holds
  message_id       TEXT,
  request_id       TEXT,
  session_id       TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  event_id         TEXT,                     -- the record whose usage stands here; NULL until the full read reaches it
  record           TEXT NOT NULL CHECK (record IN ('assistant', 'agent_progress', 'call')),
  is_sidechain     INTEGER NOT NULL DEFAULT 0,
  counted          INTEGER NOT NULL DEFAULT 1,  -- 0: a sidechain replay of a message that the parent session has
  ts               INTEGER,                  -- of its first record
  model            TEXT NOT NULL,
  input_tokens     INTEGER NOT NULL,
  output_tokens    INTEGER NOT NULL,
  cache_5m_tokens  INTEGER NOT NULL,
  cache_1h_tokens  INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  cache_read_tokens  INTEGER NOT NULL,
  thinking_tokens  INTEGER,
  web_searches     INTEGER NOT NULL DEFAULT 0,
  service_tier     TEXT,
  speed            TEXT,
  inference_geo    TEXT,
  stop_reason      TEXT,
  output_undercounted INTEGER NOT NULL DEFAULT 0,
  cost_micros      INTEGER,                  -- NULL: unpriced
  price_version    TEXT                      -- which price row: "<list>:<model>@<date>"; "reported": the program's own figure
) STRICT;
INSERT INTO responses_2 SELECT * FROM responses;
DROP TABLE responses;
ALTER TABLE responses_2 RENAME TO responses;
CREATE INDEX responses_by_session ON responses (session_id, ts);
CREATE INDEX responses_by_message ON responses (message_id);
CREATE INDEX responses_by_request ON responses (request_id) WHERE request_id IS NOT NULL;

-- ---------------------------------------------------------------- log lines

CREATE TABLE log_lines (
  id              INTEGER PRIMARY KEY,       -- events.id of the line
  session_id      TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  root_session_id TEXT NOT NULL,             -- sessions.top_session_id: kept up by a trigger
  named_session   TEXT,                      -- the session that the line itself names
  joined_by       TEXT CHECK (joined_by IN ('id', 'trace', 'process')),  -- NULL: uncorrelated
  is_outside      INTEGER NOT NULL DEFAULT 0, -- it says that it is outside any session
  ts              INTEGER NOT NULL,
  level           TEXT NOT NULL CHECK (level IN ('trace', 'debug', 'info', 'warn', 'error', 'fatal')),
  logger          TEXT,
  service         TEXT,
  message         TEXT NOT NULL,             -- shortened; the whole line is the event's body
  pid             INTEGER,
  host            TEXT,
  trace_id        TEXT,
  span_id         TEXT,
  path            TEXT,                      -- file it was read from
  file_offset     INTEGER,                   -- and its first byte there
  format          TEXT NOT NULL              -- pino, bunyan, winston, logtape, bracketed, logfmt, python, json, plain, clew, otlp
) STRICT;
CREATE INDEX log_lines_by_session ON log_lines (session_id, ts);
CREATE INDEX log_lines_by_root ON log_lines (root_session_id, ts);
CREATE INDEX log_lines_by_time ON log_lines (ts);
CREATE INDEX log_lines_by_trace ON log_lines (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX log_lines_by_pid ON log_lines (pid, ts) WHERE pid IS NOT NULL AND named_session IS NULL;
CREATE INDEX log_lines_by_place ON log_lines (path, file_offset) WHERE path IS NOT NULL;

CREATE TABLE log_files (                     -- files of log lines and how far each has been read
  file_id     INTEGER PRIMARY KEY,
  path        TEXT NOT NULL,
  device      TEXT NOT NULL,
  inode       TEXT NOT NULL,
  generation  INTEGER NOT NULL DEFAULT 0,    -- how often it was cut and begun anew
  head_hash   TEXT NOT NULL,
  head_length INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  mtime_ms    REAL NOT NULL,
  read_offset INTEGER NOT NULL DEFAULT 0,    -- bytes whose lines are committed
  lines       INTEGER NOT NULL DEFAULT 0,
  format      TEXT,                          -- of its newest lines
  service     TEXT,
  status      TEXT NOT NULL DEFAULT 'present' CHECK (status IN ('present', 'rotated', 'missing')),
  UNIQUE (device, inode, generation)
) STRICT;
CREATE INDEX log_files_by_path ON log_files (path);

-- ---------------------------------------------------------------- processes and traces that lead to a session

CREATE TABLE session_processes (             -- every process that a session named as its own
  session_id TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  pid        INTEGER NOT NULL,
  ts         INTEGER NOT NULL,               -- when it was first named
  PRIMARY KEY (session_id, pid)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_processes_by_pid ON session_processes (pid, ts);

CREATE TABLE session_traces (                -- the trace that a session is part of, as its own program says
  session_id     TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  trace_id       TEXT NOT NULL,
  span_id        TEXT,                       -- the session's own span
  caller_span_id TEXT,                       -- the span that started it
  ts             INTEGER NOT NULL,
  PRIMARY KEY (session_id, trace_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_traces_by_trace ON session_traces (trace_id, ts);
CREATE INDEX session_traces_by_span ON session_traces (span_id) WHERE span_id IS NOT NULL;
CREATE INDEX session_traces_by_caller ON session_traces (caller_span_id) WHERE caller_span_id IS NOT NULL;

CREATE TABLE spans (
  trace_id       TEXT NOT NULL,
  span_id        TEXT NOT NULL,
  parent_span_id TEXT,
  session_id     TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  named_session  TEXT,                       -- the session that the span itself names
  joined_by      TEXT CHECK (joined_by IN ('id', 'trace', 'process')),
  fallback_session TEXT,                     -- session that it makes where its trace has none
  event_id       TEXT NOT NULL,
  name           TEXT NOT NULL,
  kind           TEXT NOT NULL,              -- internal, server, client, producer, consumer
  service        TEXT,
  started_at     INTEGER NOT NULL,           -- microseconds since 1970 UTC
  ended_at       INTEGER,                    -- microseconds; NULL: it has not ended, or does not say
  status         TEXT NOT NULL CHECK (status IN ('unset', 'ok', 'error')),
  status_message TEXT,
  tool_use_id    TEXT,
  PRIMARY KEY (trace_id, span_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX spans_by_session ON spans (session_id, started_at);
CREATE INDEX spans_by_event ON spans (event_id);
CREATE INDEX spans_by_span ON spans (span_id);
CREATE INDEX spans_by_tool_use ON spans (tool_use_id) WHERE tool_use_id IS NOT NULL;

-- ---------------------------------------------------------------- calls of models, whoever tells them

CREATE TABLE model_calls (                   -- one row per call: the interaction logger, spans and telemetry events meet here
  call_key       TEXT PRIMARY KEY,           -- "message:<id>", "request:<id>", else a key of its own
  session_id     TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  root_session_id TEXT NOT NULL,             -- sessions.top_session_id: kept up by a trigger
  named_session  TEXT,
  fallback_session TEXT,
  joined_by      TEXT CHECK (joined_by IN ('id', 'trace', 'process')),
  response_id    TEXT,                       -- its row in responses: the transcript's, else its own; NULL: it has no usage
  event_id       TEXT NOT NULL,              -- of the teller whose word counts
  told           TEXT NOT NULL,              -- JSON: teller (interaction, api_request, span) -> what it says
  ts             INTEGER,                    -- when it began
  provider       TEXT,
  model          TEXT,
  message_id     TEXT,
  request_id     TEXT,
  trace_id       TEXT,
  span_id        TEXT,
  duration_ms    INTEGER,
  first_token_ms INTEGER,
  finish_reason  TEXT,
  error          TEXT,
  query_source   TEXT,                       -- what the client made it for: compact, agent:..., ...
  interaction    TEXT,                       -- JSON {file, number}: its line in an interaction log
  cost_micros    INTEGER                     -- as the program reports it
) STRICT;
CREATE INDEX model_calls_by_session ON model_calls (session_id, ts);
CREATE INDEX model_calls_by_root ON model_calls (root_session_id, ts);
CREATE INDEX model_calls_by_response ON model_calls (response_id);
CREATE INDEX model_calls_by_request ON model_calls (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX model_calls_by_message ON model_calls (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX model_calls_by_trace ON model_calls (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX model_calls_by_span ON model_calls (span_id) WHERE span_id IS NOT NULL;
CREATE INDEX model_calls_by_number ON model_calls (interaction ->> 'number');

-- ---------------------------------------------------------------- metrics

CREATE TABLE metric_series (                 -- one row per instrument and attributes of a session: a cross-check, never a summand
  session_id TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  name       TEXT NOT NULL,
  attributes TEXT NOT NULL,                  -- JSON, keys sorted, without what names the session
  unit       TEXT,
  kind       TEXT NOT NULL CHECK (kind IN ('sum', 'gauge', 'histogram', 'summary')),
  value      REAL NOT NULL,                  -- of deltas their sum; else the newest; of a histogram the sum
  points     INTEGER NOT NULL,
  first_at   INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,
  PRIMARY KEY (session_id, name, attributes)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- tool calls, seen by telemetry too

CREATE TABLE tool_calls_3 (
  tool_use_id      TEXT PRIMARY KEY,
  session_id       TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  call_event_id    TEXT,                     -- the transcript's records, else the hook's, else telemetry's
  result_event_id  TEXT,
  name             TEXT,                     -- as the model called it; NULL: only the result has been seen
  tool             TEXT,                     -- without the MCP prefix
  mcp_server       TEXT,
  started_at       INTEGER,
  ended_at         INTEGER,
  duration_ms      INTEGER,
  duration_source  TEXT CHECK (duration_source IN ('hook', 'client', 'telemetry', 'timestamps')),
  status           TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ok', 'failed', 'denied', 'interrupted')),
  error            TEXT,                     -- first line of a failure, shortened
  summary          TEXT,                     -- the command, path, pattern or prompt, shortened
  file_path        TEXT,
  result_bytes     INTEGER,
  web_searches     INTEGER NOT NULL DEFAULT 0,
  child_session_id TEXT,                     -- the subagent that this call started
  transcript       TEXT,                     -- JSON: what the transcript alone says of the fields that others say too; NULL: they are silent
  hook             TEXT,                     -- JSON: what hooks alone say; NULL: nothing
  telemetry        TEXT,                     -- JSON: what the client's telemetry alone says; NULL: nothing
  sources          TEXT                      -- JSON: field -> transcript, hook or telemetry, where others than the transcript have spoken
) STRICT;
INSERT INTO tool_calls_3 SELECT tool_use_id, session_id, call_event_id, result_event_id, name, tool, mcp_server, started_at,
  ended_at, duration_ms, duration_source, status, error, summary, file_path, result_bytes, web_searches, child_session_id,
  transcript, hook, NULL, sources FROM tool_calls;
DROP VIEW agent_sessions;
DROP VIEW mcp_usage;
DROP TABLE tool_calls;
ALTER TABLE tool_calls_3 RENAME TO tool_calls;
CREATE INDEX tool_calls_by_session ON tool_calls (session_id, tool, mcp_server);
CREATE INDEX tool_calls_by_child ON tool_calls (child_session_id) WHERE child_session_id IS NOT NULL;
CREATE INDEX tool_calls_by_tool ON tool_calls (tool, mcp_server, status, duration_ms);

CREATE VIEW agent_sessions AS
  SELECT s.session_id, s.parent_session_id, s.root_session_id, s.identity_id, s.agent_type, s.agent_description AS task,
    s.agent_result AS result, COALESCE(s.agent_success, c.status = 'ok') AS success, s.status, s.started_at, s.ended_at,
    s.cost_micros, s.inclusive_cost_micros, c.tool_use_id
  FROM sessions s LEFT JOIN tool_calls c ON c.child_session_id = s.session_id
  WHERE s.parent_session_id IS NOT NULL;

CREATE VIEW mcp_usage AS
  SELECT session_id, mcp_server, tool, count(*) AS calls, sum(status IN ('failed', 'denied', 'interrupted')) AS failures,
    avg(duration_ms) AS mean_ms, max(duration_ms) AS max_ms, min(started_at) AS first_at, max(started_at) AS last_at
  FROM tool_calls WHERE mcp_server IS NOT NULL GROUP BY session_id, mcp_server, tool;

-- ---------------------------------------------------------------- sessions

-- The session at the top, over all parents: root_session_id ends where a session heads a tree of its own, though another
-- session started it. Lines and calls of a whole undertaking are found by it.
ALTER TABLE sessions ADD COLUMN top_session_id TEXT NOT NULL DEFAULT '';
WITH RECURSIVE below (session_id, top) AS (
  SELECT session_id, session_id FROM sessions WHERE parent_session_id IS NULL
  UNION ALL
  SELECT c.session_id, b.top FROM below b CROSS JOIN sessions c ON c.parent_session_id = b.session_id)
UPDATE sessions SET top_session_id = below.top FROM below WHERE below.session_id = sessions.session_id;
CREATE INDEX sessions_by_top ON sessions (top_session_id);
CREATE TRIGGER lines_and_calls_follow_top AFTER UPDATE OF top_session_id ON sessions
WHEN NEW.top_session_id <> OLD.top_session_id BEGIN
  UPDATE log_lines SET root_session_id = NEW.top_session_id WHERE session_id = NEW.session_id;
  UPDATE model_calls SET root_session_id = NEW.top_session_id WHERE session_id = NEW.session_id;
END;
ALTER TABLE sessions ADD COLUMN phase TEXT;
ALTER TABLE sessions ADD COLUMN tags TEXT;           -- JSON list
ALTER TABLE sessions ADD COLUMN service TEXT;        -- name that its program gives itself
ALTER TABLE sessions ADD COLUMN imported TEXT;       -- what it was brought in from: todos, json, duckdb, postgres
ALTER TABLE sessions ADD COLUMN log_lines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN model_calls INTEGER NOT NULL DEFAULT 0;

-- Everything that came from no agent's file, by time.
DROP INDEX events_live;
CREATE INDEX events_live ON events (session_id, ts) WHERE source_id IS NULL;
