/** @module Computes a session's own figures from the facts it owns, and what its whole tree cost. */
import type { WriteContext } from "../context.ts";
import type { Rollups } from "./usage.ts";

/** Last event that says how a session stands; metadata that the client appends at any time does not count. */
const STATUS = `
  (SELECT CASE
      WHEN type = 'assistant.error' THEN 'failed'
      WHEN type IN ('user.prompt', 'tool.call', 'tool.result', 'assistant.thinking') THEN 'abandoned'
      ELSE 'completed' END
   FROM events WHERE session_id = $session
     AND type IN ('assistant.error', 'assistant.text', 'assistant.thinking', 'tool.call', 'tool.result', 'user.prompt', 'turn.end')
   ORDER BY id DESC LIMIT 1)`;
const REFRESH = `
  UPDATE sessions SET
    (events, started_at, ended_at) =
      (SELECT count(*), COALESCE(min(ts), written_at), COALESCE(max(ts), written_at) FROM events WHERE session_id = $session),
    status = COALESCE(${STATUS}, 'completed'),
    prompts = (SELECT count(*) FROM turns WHERE session_id = $session),
    problems = (SELECT count(*) FROM problems WHERE session_id = $session),
    (tool_calls, tool_failures, denials) =
      (SELECT count(name), COALESCE(sum(name IS NOT NULL AND status IN ('failed', 'denied', 'interrupted')), 0), COALESCE(sum(status = 'denied'), 0)
       FROM tool_calls WHERE session_id = $session),
    (interruptions, api_errors, compactions, turns, turn_ms) =
      (SELECT COALESCE(sum(kind = 'interruption'), 0), COALESCE(sum(kind = 'api_error'), 0), COALESCE(sum(kind = 'compaction'), 0),
              COALESCE(sum(kind = 'turn'), 0), COALESCE(sum(CASE WHEN kind = 'turn' THEN detail ->> 'duration_ms' END), 0)
       FROM session_facts WHERE session_id = $session AND kind IN ('interruption', 'api_error', 'compaction', 'turn')),
    shared_events = (SELECT count(*) FROM event_copies WHERE session_id = $session),
    forked_from = (SELECT CASE WHEN sessions.parent_session_id IS NULL THEN o.root_session_id ELSE o.session_id END
                   FROM event_copies c CROSS JOIN events e ON e.event_id = c.event_id CROSS JOIN sessions o ON o.session_id = e.session_id
                   WHERE c.session_id = $session GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1),
    source_missing =
      (SELECT count(*) > 0 AND sum(status = 'missing') = count(*) FROM sources
       WHERE session_id = $session AND kind IN ('transcript', 'subagent')),
    models = (SELECT json_group_array(model) FROM (SELECT model FROM usage_by_session WHERE session_id = $session
                                                   GROUP BY model ORDER BY sum(responses) DESC, model)),
    (responses, input_tokens, output_tokens, cache_5m_tokens, cache_1h_tokens, cache_write_tokens, cache_read_tokens,
     cost_micros, unpriced_responses, output_undercounted) =
      (SELECT COALESCE(sum(responses), 0), COALESCE(sum(input_tokens), 0), COALESCE(sum(output_tokens), 0),
              COALESCE(sum(cache_5m_tokens), 0), COALESCE(sum(cache_1h_tokens), 0), COALESCE(sum(cache_write_tokens), 0),
              COALESCE(sum(cache_read_tokens), 0), COALESCE(sum(cost_micros), 0), COALESCE(sum(unpriced_responses), 0),
              COALESCE(sum(undercounted_responses), 0) > 0
       FROM usage_by_session WHERE session_id = $session),
    web_searches = (SELECT COALESCE(sum(web_searches), 0) FROM responses WHERE session_id = $session AND counted = 1)
  WHERE session_id = $session`;
const MESSAGES = "UPDATE sessions SET messages = prompts + responses WHERE session_id = ?";
const ROOT_OF = "SELECT root_session_id AS root FROM sessions WHERE session_id = ?";
const TREE = `
  SELECT session_id AS id, parent_session_id AS parent, cost_micros AS cost, unpriced_responses AS unpriced,
         inclusive_cost_micros AS inclusiveCost, inclusive_unpriced_responses AS inclusiveUnpriced
  FROM sessions WHERE root_session_id = ?`;
const SET_INCLUSIVE =
  "UPDATE sessions SET inclusive_cost_micros = ?, inclusive_unpriced_responses = ? WHERE session_id = ?";

interface TreeRow {
  readonly id: string;
  readonly parent: string | null;
  readonly cost: number;
  readonly unpriced: number;
  readonly inclusiveCost: number;
  readonly inclusiveUnpriced: number;
}

/** Returns a function that brings the rows of all touched sessions up to date and clears the set. */
export function sessionRefresh(context: WriteContext, usage: Rollups): () => string[] {
  const { db, touched } = context;
  const refresh = db.prepare(REFRESH);
  const messages = db.prepare(MESSAGES);
  const rootOf = db.prepare<[string], { root: string }>(ROOT_OF);
  const tree = db.prepare<[string], TreeRow>(TREE);
  const setInclusive = db.prepare(SET_INCLUSIVE);

  /** Own and all descendants' cost for every session of a tree; a parent that is missing or loops counts as the root. */
  function refreshTree(rootSessionId: string): void {
    const rows = tree.all(rootSessionId);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const sums = new Map(rows.map((row) => [row.id, { cost: 0, unpriced: 0 }]));
    for (const row of rows) {
      const seen = new Set<string>();
      for (
        let at: TreeRow | undefined = row;
        at && !seen.has(at.id);
        at = at.parent ? byId.get(at.parent) : undefined
      ) {
        seen.add(at.id);
        const sum = sums.get(at.id)!;
        sum.cost += row.cost;
        sum.unpriced += row.unpriced;
      }
    }
    for (const row of rows) {
      const sum = sums.get(row.id)!;
      if (sum.cost !== row.inclusiveCost || sum.unpriced !== row.inclusiveUnpriced) {
        setInclusive.run(sum.cost, sum.unpriced, row.id);
      }
    }
  }

  return () => {
    const sessions = [...touched];
    const roots = new Set<string>();
    usage.putBack();
    for (const session of sessions) {
      refresh.run({ session });
      messages.run(session);
      const root = rootOf.get(session)?.root;
      if (root) roots.add(root);
    }
    for (const root of roots) refreshTree(root);
    touched.clear();
    return sessions;
  };
}
