-- The event log and the projections derived from it.
-- Times are milliseconds since 1970 UTC, money is integer micro-dollars, flags are 0 or 1.

-- ---------------------------------------------------------------- who, where

CREATE TABLE devices (
  device_id   TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  next_seq    INTEGER NOT NULL DEFAULT 1,
  last_hlc    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE projects (
  project_id  TEXT PRIMARY KEY,              -- git remote without scheme and credentials, else "dir:<name>"
  name        TEXT NOT NULL,
  remote      TEXT,
  phase       TEXT,
  status      TEXT NOT NULL DEFAULT 'active'
) STRICT;

CREATE TABLE workspaces (
  workspace_id TEXT PRIMARY KEY,             -- first 16 hex digits of SHA-256 of the real path
  path         TEXT NOT NULL,
  name         TEXT NOT NULL,
  project_id   TEXT NOT NULL REFERENCES projects
) STRICT;

CREATE TABLE identities (
  identity_id TEXT PRIMARY KEY,              -- "claude-code@<project name>", or a person
  kind        TEXT NOT NULL CHECK (kind IN ('agent', 'person')),
  platform    TEXT NOT NULL,
  project_id  TEXT REFERENCES projects
) STRICT;

-- ---------------------------------------------------------------- where bytes come from

CREATE TABLE sources (
  source_id    INTEGER PRIMARY KEY,
  path         TEXT NOT NULL UNIQUE,
  agent        TEXT NOT NULL,                -- claude-code, codex, ...
  kind         TEXT NOT NULL,                -- transcript, subagent, meta, tool-output
  session_id   TEXT NOT NULL,                -- session that the file's records belong to
  device       TEXT NOT NULL,                -- st_dev and st_ino as text: 64 bits do not fit a double
  inode        TEXT NOT NULL,
  head_hash    BLOB NOT NULL,                -- SHA-256 of the first bytes, to tell a replaced file from a grown one
  head_length  INTEGER NOT NULL,
  size         INTEGER NOT NULL,             -- as of the last look
  mtime_ms     REAL NOT NULL,
  read_offset  INTEGER NOT NULL DEFAULT 0,   -- bytes whose events are committed
  lines        INTEGER NOT NULL DEFAULT 0,
  last_event   INTEGER NOT NULL DEFAULT 0,   -- events.id of the last line read; 0: none
  event_ceiling INTEGER NOT NULL DEFAULT 0,  -- exclusive upper bound of the block of events.id reserved for this file; 0: none
  scanned_size INTEGER NOT NULL DEFAULT 0,   -- bytes that the usage scan has covered
  written_at   INTEGER,                      -- first dated line in file order: decides who owns a fact that several files repeat
  said         TEXT,                         -- JSON facts about its session from records that another session owns
  status       TEXT NOT NULL DEFAULT 'present' CHECK (status IN ('present', 'missing'))
) STRICT;
CREATE INDEX sources_by_session ON sources (session_id);

CREATE TABLE archive (                       -- bodies, compressed many together; never rewritten in place
  chunk_id   INTEGER PRIMARY KEY,
  codec      TEXT NOT NULL CHECK (codec IN ('raw', 'brotli')),
  raw_bytes  INTEGER NOT NULL,
  data       BLOB NOT NULL
) STRICT;

-- ---------------------------------------------------------------- the log

CREATE TABLE settings (                      -- lowest_event, highest_event: bounds of the event ids handed out so far
  name  TEXT PRIMARY KEY,                    -- prices: the price lists that the stored costs were computed with
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id             INTEGER PRIMARY KEY,        -- display order: newest sessions highest, ascending within a session
  event_id       TEXT NOT NULL UNIQUE,       -- the record's own uuid, else a hash of natural_key
  session_id     TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  workspace_id   TEXT NOT NULL REFERENCES workspaces,
  device_id      TEXT NOT NULL REFERENCES devices,
  seq            INTEGER NOT NULL,           -- commit order, gapless per device
  hlc            INTEGER NOT NULL,           -- hybrid logical clock: milliseconds * 1024 + counter
  ts             INTEGER,                    -- when it happened; NULL: the record does not say
  type           TEXT NOT NULL,
  source         TEXT NOT NULL,
  natural_key    TEXT,                       -- only where event_id is not the record's own id
  author         TEXT NOT NULL REFERENCES identities,
  origin         TEXT NOT NULL CHECK (origin IN ('human', 'agent', 'tool', 'import')),
  tainted        INTEGER NOT NULL DEFAULT 0,
  correlation_id TEXT GENERATED ALWAYS AS (workspace_id || ':' || session_id) VIRTUAL,
  data           BLOB,                       -- small bodies; otherwise the archive holds them:
  chunk_id       INTEGER REFERENCES archive,
  chunk_offset   INTEGER,
  chunk_length   INTEGER,
  source_id      INTEGER REFERENCES sources, -- file and byte it was read from
  source_offset  INTEGER
) STRICT;
CREATE INDEX events_by_session ON events (session_id);
CREATE UNIQUE INDEX events_by_seq ON events (device_id, seq);
CREATE UNIQUE INDEX events_by_natural_key ON events (natural_key) WHERE natural_key IS NOT NULL;

CREATE TABLE event_copies (                  -- which other sessions' files repeat an event: forks and resumed copies
  event_id   TEXT NOT NULL,
  session_id TEXT NOT NULL,
  PRIMARY KEY (event_id, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_copies_by_session ON event_copies (session_id);

-- ---------------------------------------------------------------- projections

CREATE TABLE sessions (
  session_id          TEXT PRIMARY KEY,
  parent_session_id   TEXT REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  root_session_id     TEXT NOT NULL,
  forked_from         TEXT,                  -- the session whose history this one starts with
  shared_events       INTEGER NOT NULL DEFAULT 0,
  workspace_id        TEXT NOT NULL REFERENCES workspaces,
  identity_id         TEXT NOT NULL REFERENCES identities,
  agent               TEXT NOT NULL,         -- claude-code, codex, ...
  trigger             TEXT NOT NULL DEFAULT 'unknown',
  status              TEXT NOT NULL DEFAULT 'completed' CHECK (status IN ('active', 'completed', 'failed', 'abandoned')),
  written_at          INTEGER,               -- of its file, see sources
  started_at          INTEGER,
  ended_at            INTEGER,
  cwd                 TEXT,
  git_branch          TEXT,
  client_version      TEXT,
  entrypoint          TEXT,
  title               TEXT,
  title_source        TEXT CHECK (title_source IN ('custom', 'ai', 'summary', 'prompt')),
  session_type        TEXT,
  -- of a subagent
  agent_type          TEXT,
  agent_description   TEXT,
  spawn_tool_use_id   TEXT,
  -- counts over the facts that this session owns
  events              INTEGER NOT NULL DEFAULT 0,
  messages            INTEGER NOT NULL DEFAULT 0,   -- prompts and responses
  prompts             INTEGER NOT NULL DEFAULT 0,
  responses           INTEGER NOT NULL DEFAULT 0,
  tool_calls          INTEGER NOT NULL DEFAULT 0,
  tool_failures       INTEGER NOT NULL DEFAULT 0,
  denials             INTEGER NOT NULL DEFAULT 0,
  interruptions       INTEGER NOT NULL DEFAULT 0,
  api_errors          INTEGER NOT NULL DEFAULT 0,
  compactions         INTEGER NOT NULL DEFAULT 0,
  turns               INTEGER NOT NULL DEFAULT 0,
  turn_ms             INTEGER NOT NULL DEFAULT 0,
  problems            INTEGER NOT NULL DEFAULT 0,
  -- usage
  models              TEXT NOT NULL DEFAULT '[]',
  input_tokens        INTEGER NOT NULL DEFAULT 0,
  output_tokens       INTEGER NOT NULL DEFAULT 0,
  cache_5m_tokens     INTEGER NOT NULL DEFAULT 0,
  cache_1h_tokens     INTEGER NOT NULL DEFAULT 0,
  cache_write_tokens  INTEGER NOT NULL DEFAULT 0,   -- as reported; equals 5m + 1h except in broken records
  cache_read_tokens   INTEGER NOT NULL DEFAULT 0,
  web_searches        INTEGER NOT NULL DEFAULT 0,
  cost_micros         INTEGER NOT NULL DEFAULT 0,   -- of priced responses
  unpriced_responses  INTEGER NOT NULL DEFAULT 0,
  output_undercounted INTEGER NOT NULL DEFAULT 0,
  inclusive_cost_micros        INTEGER NOT NULL DEFAULT 0,   -- own and all descendants'
  inclusive_unpriced_responses INTEGER NOT NULL DEFAULT 0,
  client_cost_micros  INTEGER,               -- what the client itself says (cost-state): a cross-check, never a summand
  source_missing      INTEGER NOT NULL DEFAULT 0,
  guessed             INTEGER NOT NULL DEFAULT 0    -- place, title and times are the usage scan's, until the file is read
) STRICT;
CREATE INDEX sessions_by_parent ON sessions (parent_session_id) WHERE parent_session_id IS NOT NULL;
CREATE INDEX sessions_by_root ON sessions (root_session_id);
CREATE INDEX sessions_by_end ON sessions (ended_at);
CREATE INDEX sessions_by_workspace ON sessions (workspace_id, ended_at);

CREATE TABLE responses (                     -- one row per model response, however many records and files repeat it
  response_id      TEXT PRIMARY KEY,         -- "<message.id>|<requestId>", see base/ids.ts
  message_id       TEXT,
  request_id       TEXT,
  session_id       TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  event_id         TEXT,                     -- the record whose usage stands here; NULL until the full read reaches it
  record           TEXT NOT NULL CHECK (record IN ('assistant', 'agent_progress')),
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
  price_version    TEXT                      -- which price row: "<list>:<model>@<date>"
) STRICT;
CREATE INDEX responses_by_session ON responses (session_id, ts);
CREATE INDEX responses_by_message ON responses (message_id);

CREATE TABLE usage_by_session (              -- hours, so that days can be cut in any time zone
  session_id         TEXT NOT NULL,
  hour               INTEGER NOT NULL,       -- floor(ts / 3600000); -1: undated
  model              TEXT NOT NULL,
  responses          INTEGER NOT NULL,
  input_tokens       INTEGER NOT NULL,
  output_tokens      INTEGER NOT NULL,
  cache_5m_tokens    INTEGER NOT NULL,
  cache_1h_tokens    INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  cache_read_tokens  INTEGER NOT NULL,
  cost_micros        INTEGER NOT NULL,
  unpriced_responses INTEGER NOT NULL,
  undercounted_responses INTEGER NOT NULL,
  PRIMARY KEY (session_id, hour, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_by_hour (                 -- the same sums, without the session
  hour               INTEGER NOT NULL,
  workspace_id       TEXT NOT NULL,
  identity_id        TEXT NOT NULL,
  agent              TEXT NOT NULL,
  model              TEXT NOT NULL,
  responses          INTEGER NOT NULL,
  input_tokens       INTEGER NOT NULL,
  output_tokens      INTEGER NOT NULL,
  cache_5m_tokens    INTEGER NOT NULL,
  cache_1h_tokens    INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  cache_read_tokens  INTEGER NOT NULL,
  cost_micros        INTEGER NOT NULL,
  unpriced_responses INTEGER NOT NULL,
  undercounted_responses INTEGER NOT NULL,
  PRIMARY KEY (hour, workspace_id, identity_id, agent, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_calls (
  tool_use_id      TEXT PRIMARY KEY,
  session_id       TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  call_event_id    TEXT,                     -- NULL: only the result has been seen
  result_event_id  TEXT,
  name             TEXT,                     -- as the model called it; NULL: only the result has been seen
  tool             TEXT,                     -- without the MCP prefix
  mcp_server       TEXT,
  started_at       INTEGER,
  ended_at         INTEGER,
  duration_ms      INTEGER,
  duration_source  TEXT CHECK (duration_source IN ('client', 'timestamps')),
  status           TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ok', 'failed', 'denied', 'interrupted')),
  error            TEXT,                     -- first line of a failure, shortened
  summary          TEXT,                     -- the command, path, pattern or prompt, shortened
  file_path        TEXT,
  result_bytes     INTEGER,
  web_searches     INTEGER NOT NULL DEFAULT 0,
  child_session_id TEXT                      -- the subagent that this call started
) STRICT;
CREATE INDEX tool_calls_by_session ON tool_calls (session_id, tool, mcp_server);
CREATE INDEX tool_calls_by_child ON tool_calls (child_session_id) WHERE child_session_id IS NOT NULL;
CREATE INDEX tool_calls_by_tool ON tool_calls (tool, mcp_server, status, duration_ms);

CREATE TABLE turns (                         -- one row per user prompt
  event_id     TEXT PRIMARY KEY,
  session_id   TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  prompt_id    TEXT,
  ts           INTEGER,
  text         TEXT NOT NULL                 -- shortened
) STRICT;
CREATE INDEX turns_by_session ON turns (session_id, ts);

CREATE TABLE session_facts (                 -- things a session has or touched: one row each
  session_id  TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  kind        TEXT NOT NULL,                 -- file, commit, pull_request, skill, version, branch, mode, todo, mcp_server,
                                             -- or a happening: turn, interruption, denial, api_error, compaction
  key         TEXT NOT NULL,                 -- path, hash, url, name, ...; of a happening its event
  event_id    TEXT NOT NULL,                 -- newest record that says so
  ts          INTEGER,
  detail      TEXT,                          -- JSON
  PRIMARY KEY (session_id, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_facts_by_key ON session_facts (kind, key);

CREATE TABLE problems (                      -- input that could not be read; its bytes are the event's body
  event_id      TEXT PRIMARY KEY,
  session_id    TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  source_id     INTEGER,
  source_offset INTEGER,
  reason        TEXT NOT NULL,
  message       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search_index USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
-- Text gathered before a segment is written, in bytes: the default of 1 MB makes many small segments to merge.
INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 16777216);
