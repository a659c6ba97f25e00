-- What hooks, wrapped commands and scripts tell: tool calls from two sides, what a session is doing, how it ended, what the
-- next one starts with.

-- ---------------------------------------------------------------- tool calls, seen by transcript and hook

CREATE TABLE tool_calls_2 (
  tool_use_id      TEXT PRIMARY KEY,
  session_id       TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  call_event_id    TEXT,                     -- the transcript's records, else the hook's
  result_event_id  TEXT,
  name             TEXT,                     -- as the model called it; NULL: only the result has been seen
  tool             TEXT,                     -- without the MCP prefix
  mcp_server       TEXT,
  started_at       INTEGER,
  ended_at         INTEGER,
  duration_ms      INTEGER,
  duration_source  TEXT CHECK (duration_source IN ('hook', 'client', 'timestamps')),
  status           TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ok', 'failed', 'denied', 'interrupted')),
  error            TEXT,                     -- first line of a failure, shortened
  summary          TEXT,                     -- the command, path, pattern or prompt, shortened
  file_path        TEXT,
  result_bytes     INTEGER,
  web_searches     INTEGER NOT NULL DEFAULT 0,
  child_session_id TEXT,                     -- the subagent that this call started
  transcript       TEXT,                     -- JSON: what the transcript alone says of the fields that hooks say too; NULL: nothing
  hook             TEXT,                     -- JSON: what hooks alone say; NULL: nothing
  sources          TEXT                      -- JSON: field -> hook or transcript, where hooks have spoken
) STRICT;
INSERT INTO tool_calls_2 SELECT tool_use_id, session_id, call_event_id, result_event_id, name, tool, mcp_server, started_at,
  ended_at, duration_ms, duration_source, status, error, summary, file_path, result_bytes, web_searches, child_session_id,
  NULL, NULL, NULL FROM tool_calls;
DROP TABLE tool_calls;
ALTER TABLE tool_calls_2 RENAME TO tool_calls;
CREATE INDEX tool_calls_by_session ON tool_calls (session_id, tool, mcp_server);
CREATE INDEX tool_calls_by_child ON tool_calls (child_session_id) WHERE child_session_id IS NOT NULL;
CREATE INDEX tool_calls_by_tool ON tool_calls (tool, mcp_server, status, duration_ms);

-- ---------------------------------------------------------------- prompts, seen by transcript and hook

ALTER TABLE turns ADD COLUMN hook_event_id TEXT;
ALTER TABLE turns ADD COLUMN hook_ts INTEGER;
CREATE INDEX turns_by_prompt ON turns (prompt_id) WHERE prompt_id IS NOT NULL;

-- ---------------------------------------------------------------- sessions

ALTER TABLE sessions ADD COLUMN person_id TEXT REFERENCES identities;  -- at whose hands; set for every session
ALTER TABLE sessions ADD COLUMN activity TEXT CHECK (activity IN ('working', 'waiting', 'idle', 'failed', 'ended', 'lost'));
                                                       -- newest sign of life; NULL: only its transcript is known
ALTER TABLE sessions ADD COLUMN activity_reason TEXT;
ALTER TABLE sessions ADD COLUMN activity_at INTEGER;
ALTER TABLE sessions ADD COLUMN failed_at INTEGER;     -- newest turn that ended in an error, as hooks tell it
ALTER TABLE sessions ADD COLUMN process_pid INTEGER;   -- newest process, and what tells it from a later one with its number
ALTER TABLE sessions ADD COLUMN process_started_at TEXT;
ALTER TABLE sessions ADD COLUMN process_at INTEGER;
ALTER TABLE sessions ADD COLUMN agent_result TEXT;     -- a subagent's last words, a command's exit status
ALTER TABLE sessions ADD COLUMN agent_success INTEGER;
ALTER TABLE sessions ADD COLUMN given_identity TEXT;   -- from its surroundings, over the rule's
ALTER TABLE sessions ADD COLUMN live_cwd INTEGER NOT NULL DEFAULT 0;  -- its place is a hook's word: the transcript's goes over it
CREATE INDEX sessions_by_activity ON sessions (activity, activity_at) WHERE activity IN ('working', 'waiting', 'idle', 'failed');

CREATE TABLE session_outcomes (                        -- as reported; what the record itself shows is derived when asked
  session_id      TEXT PRIMARY KEY REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  ts              INTEGER NOT NULL,
  event_id        TEXT NOT NULL,
  summary         TEXT,
  tasks_completed TEXT,                                -- JSON lists of strings; NULL: not reported
  learnings       TEXT,
  decisions       TEXT,
  files           TEXT,
  commits         TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE project_state (                           -- one row per project: what its next session starts with
  project_id  TEXT PRIMARY KEY REFERENCES projects,
  workspace_id TEXT NOT NULL REFERENCES workspaces,    -- where it was saved last
  session_id  TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  focus       TEXT,
  focus_at    INTEGER,                                 -- each field has the time of its own last change
  focus_event TEXT,
  next_steps  TEXT,                                    -- JSON list of strings
  next_steps_at INTEGER,
  next_steps_event TEXT,
  todos       TEXT,                                    -- JSON list of {text, status}
  todos_at    INTEGER,
  todos_event TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE injected_contexts (
  event_id   TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions DEFERRABLE INITIALLY DEFERRED,
  ts         INTEGER NOT NULL,
  text       TEXT NOT NULL,
  items      TEXT NOT NULL                             -- JSON, as `clew context --preview` shows them
) STRICT, WITHOUT ROWID;
CREATE INDEX injected_contexts_by_session ON injected_contexts (session_id);

-- What came live, among a session's transcript: few, and asked for by time.
CREATE INDEX events_live ON events (session_id, ts) WHERE source IN ('hook', 'clew');

-- ---------------------------------------------------------------- what was asked for by name

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
