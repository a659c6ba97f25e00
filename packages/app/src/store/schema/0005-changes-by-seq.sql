-- The inbox walks what is new since the last look and passes over what its reader wrote: it has to see whose it is without
-- reading each change.
DROP INDEX changes_by_seq;
CREATE INDEX changes_by_seq ON changes (seq, target, author, subject);
-- What is written here is stamped later than everything that has come here.
CREATE INDEX changes_by_hlc ON changes (hlc);
-- Calls that show what others wrote are facts of their session now. What commands fetched is told again by a rebuild alone.
INSERT OR IGNORE INTO session_facts (session_id, kind, key, event_id, ts)
  SELECT session_id, 'foreign', 'call:' || tool_use_id || ' ' || COALESCE(call_event_id, result_event_id, ''),
    COALESCE(call_event_id, result_event_id, ''), started_at FROM tool_calls
  WHERE tool IN ('WebFetch', 'WebSearch') OR mcp_server NOT IN ('clew', 'plugin_clew_clew');

-- Large stores: what is asked for by name, by merge, by writer or by what is gone is found without going through all there is.
CREATE INDEX subjects_deleted ON subjects (target, changed_hlc) WHERE deleted = 1;
CREATE INDEX subjects_by_creator ON subjects (target, created_by);
CREATE INDEX subjects_by_changer ON subjects (target, changed_by);
CREATE INDEX entries_by_category ON entries (category, changed_hlc);
CREATE INDEX entries_by_project_status ON entries (project_id, status, changed_hlc);
CREATE INDEX entries_by_project_category ON entries (project_id, category, changed_hlc);
CREATE INDEX messages_by_time ON messages (sent_at, id);
CREATE INDEX entities_by_merge ON entities (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX entities_by_folded_name ON entities (name COLLATE NOCASE);
-- Names that are not plain ASCII, which only a program can fold.
CREATE INDEX entities_by_odd_name ON entities (name, entity_id) WHERE name GLOB '*[^ -~]*' OR name <> trim(name);
DROP INDEX relations_by_from;
DROP INDEX relations_by_to;
CREATE INDEX relations_by_from ON relations (from_id, to_id, type);
CREATE INDEX relations_by_to ON relations (to_id, from_id, type);
