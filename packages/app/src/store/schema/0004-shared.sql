-- What people and agents write down for others and for later: entries, messages, memory files, the memory graph.
-- `changes` is their history, gathered from the log; everything else here is what the changes come to (merge/fold.ts).

CREATE TABLE changes (
  change_id  TEXT PRIMARY KEY,
  target     TEXT NOT NULL CHECK (target IN ('entry', 'message', 'memory', 'entity', 'relation')),
  subject    TEXT NOT NULL,
  hlc        INTEGER NOT NULL,               -- of the device that made it: milliseconds * 1024 + counter
  device     TEXT NOT NULL,
  author     TEXT NOT NULL,                  -- identity that acts
  origin     TEXT NOT NULL CHECK (origin IN ('human', 'agent', 'tool', 'import')),
  tainted    INTEGER NOT NULL,
  session_id TEXT,
  event_id   TEXT NOT NULL,
  seq        INTEGER NOT NULL,               -- when it came to this device: what is new since somebody looked
  ts         INTEGER NOT NULL,
  data       TEXT NOT NULL                   -- JSON, model/change.ts
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_by_subject ON changes (target, subject, hlc);
CREATE INDEX changes_by_seq ON changes (seq);

CREATE TABLE subjects (                      -- what each thing's changes come to
  id         INTEGER PRIMARY KEY,            -- rowid in shared_index
  target     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  state      TEXT NOT NULL,                  -- JSON, SubjectState
  tainted    INTEGER NOT NULL,
  deleted    INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  changed_hlc INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,              -- newest change as it came to this device
  UNIQUE (target, subject)
) STRICT;
CREATE INDEX subjects_by_change ON subjects (target, changed_hlc);
CREATE VIRTUAL TABLE shared_index USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE entries (                       -- findings, tasks, decisions, issues, notes
  id         INTEGER PRIMARY KEY REFERENCES subjects,
  entry_id   TEXT NOT NULL UNIQUE,
  category   TEXT NOT NULL CHECK (category IN ('finding', 'task', 'decision', 'issue', 'note')),
  status     TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'blocked', 'resolved', 'info')),
  title      TEXT NOT NULL,
  assignee   TEXT,
  project_id TEXT,
  session_id TEXT,                           -- of its first change
  changed_hlc INTEGER NOT NULL,
  content_hash TEXT NOT NULL                 -- SHA-256 of title, body, notes, tags and links: what an approval is bound to
) STRICT;
CREATE INDEX entries_by_status ON entries (status, changed_hlc);
CREATE INDEX entries_by_project ON entries (project_id, changed_hlc);

CREATE TABLE messages (
  id         INTEGER PRIMARY KEY REFERENCES subjects,
  message_id TEXT NOT NULL UNIQUE,
  sender     TEXT NOT NULL,
  to_kind    TEXT NOT NULL CHECK (to_kind IN ('identity', 'project', 'all')),
  to_id      TEXT,                           -- NULL: to all
  thread_id  TEXT NOT NULL,                  -- the first message of its thread
  sent_at    INTEGER NOT NULL,
  expires_at INTEGER,
  content_hash TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_recipient ON messages (to_kind, to_id, sent_at);
CREATE INDEX messages_by_thread ON messages (thread_id, sent_at);

CREATE TABLE message_marks (
  message_id TEXT NOT NULL,
  mark       TEXT NOT NULL,                  -- read, acknowledged
  identity   TEXT NOT NULL,
  ts         INTEGER NOT NULL,
  PRIMARY KEY (message_id, mark, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE memory_files (                  -- the agents' .md memory: the version that stands
  id         INTEGER PRIMARY KEY REFERENCES subjects,
  file_id    TEXT NOT NULL UNIQUE,           -- "<project id or global>/<path>"
  project_id TEXT,                           -- NULL: global
  path       TEXT NOT NULL,
  title      TEXT,                           -- front matter's name or the first heading
  sha256     TEXT NOT NULL,                  -- of the content that stands
  size       INTEGER NOT NULL,               -- bytes
  version    TEXT NOT NULL,                  -- change that wrote it
  conflicts  INTEGER NOT NULL                -- other versions that nobody has replaced
) STRICT;
CREATE INDEX memory_files_by_project ON memory_files (project_id, path);

CREATE TABLE entities (
  id         INTEGER PRIMARY KEY REFERENCES subjects,
  entity_id  TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  type       TEXT NOT NULL,
  merged_into TEXT
) STRICT;
CREATE INDEX entities_by_name ON entities (name);

CREATE TABLE relations (
  id          INTEGER PRIMARY KEY REFERENCES subjects,
  relation_id TEXT NOT NULL UNIQUE,
  from_id     TEXT NOT NULL,
  to_id       TEXT NOT NULL,
  type        TEXT NOT NULL
) STRICT;
CREATE INDEX relations_by_from ON relations (from_id);
CREATE INDEX relations_by_to ON relations (to_id);

CREATE TABLE inbox_marks (                   -- how far an identity has looked, on this device
  identity TEXT PRIMARY KEY,
  seq      INTEGER NOT NULL,
  ts       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
