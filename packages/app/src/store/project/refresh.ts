/** @module Computes a session's own figures from the facts it owns, and what its whole tree cost. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { WriteContext } from "../context.ts";
import type { OutcomeProjection } from "./outcome.ts";
import { sessionTypes } from "./session-type.ts";
import type { TurnProjection } from "./turn.ts";
import type { Rollups } from "./usage.ts";

/** Last event that says how a session stands; metadata that the client appends at any time does not count. */
const SAID_BY_TRANSCRIPT = `
  (SELECT CASE
      WHEN type = 'assistant.error' THEN 'failed'
      WHEN type IN ('user.prompt', 'tool.call', 'tool.result', 'assistant.thinking') THEN 'abandoned'
      ELSE 'completed' END
   FROM events WHERE session_id = $session
     AND type IN ('assistant.error', 'assistant.text', 'assistant.thinking', 'tool.call', 'tool.result', 'user.prompt', 'turn.end')
   ORDER BY id DESC LIMIT 1)`;
/** Not work of the session: what was found out about it, and what somebody reported of it when it was over. */
const AFTERWORDS = [
  "session.activity",
  "session.process",
  "session.outcome",
  "session.state",
  "change",
  "import.file",
  "todos.imported",
  "entry.imported",
  "usage.imported",
  "message.imported",
  "mcp.usage.imported",
]
  .map((type) => `'${type}'`)
  .join(", ");
/** What the session itself did. Lines and spans have clocks of their own: where it says when it began and ended, they do not decide. */
const IS_OWN = "type NOT GLOB 'log.*' AND type <> 'otel.span'";
/** An end that was found out later than this after the last event was not being watched for: then the event is the end. */
const FOUND_IN_TIME_MS = 3_600_000;
/** A call whose session is over ends with it. */
const CLOSE_CALLS = `
  UPDATE tool_calls SET status = 'interrupted' WHERE session_id = $session AND status = 'pending' AND EXISTS (
    SELECT 1 FROM sessions WHERE session_id = $session AND activity IN ('ended', 'lost'))`;
/** A prompt interrupted by hand ends its turn, and no hook tells: the transcript does. */
const STOP_INTERRUPTED = `
  UPDATE sessions SET activity = 'idle', activity_reason = 'interrupted', activity_at = i.ts
  FROM (SELECT max(ts) AS ts FROM session_facts WHERE session_id = $session AND kind = 'interruption') AS i
  WHERE session_id = $session AND activity IN ('working', 'waiting') AND activity_at < i.ts`;
/**
 * Where there are signs of life they decide: over is over, an unfinished turn's error is a failure, a process that went
 * without a word has abandoned its session, and a subagent that never said its last word is over with its root.
 */
const STATUS = `
  CASE
    WHEN activity IS NULL THEN COALESCE(${SAID_BY_TRANSCRIPT}, 'completed')
    WHEN activity = 'lost' THEN 'abandoned'
    WHEN activity = 'ended' THEN
      CASE WHEN failed_at >= COALESCE((SELECT max(COALESCE(hook_ts, ts)) FROM turns WHERE session_id = $session), 0)
          OR ${SAID_BY_TRANSCRIPT} = 'failed'
        THEN 'failed' ELSE 'completed' END
    WHEN root_session_id <> session_id
      AND (SELECT r.activity FROM sessions r WHERE r.session_id = sessions.root_session_id) IN ('ended', 'lost') THEN 'abandoned'
    ELSE 'active' END`;
const REFRESH = `
  UPDATE sessions SET
    (events, started_at, ended_at) =
      (SELECT n, first, CASE WHEN activity IN ('ended', 'lost') AND activity_at BETWEEN last AND last + ${FOUND_IN_TIME_MS}
                        THEN activity_at ELSE last END
       FROM (SELECT count(*) AS n, COALESCE(min(CASE WHEN ${IS_OWN} THEN ts END), min(ts), written_at) AS first,
               COALESCE(CASE WHEN activity IN ('ended', 'lost') THEN max(CASE WHEN ${IS_OWN} AND type NOT IN (${AFTERWORDS}) THEN ts END) END,
                 max(CASE WHEN type NOT IN (${AFTERWORDS}) THEN ts END), written_at, max(ts)) AS last
             FROM events WHERE session_id = $session)),
    status = ${STATUS},
    title = CASE WHEN title_source IS NOT NULL THEN title ELSE (
      SELECT substr(replace(text, char(10), ' '), 1, 200) FROM turns WHERE session_id = $session ORDER BY ts, event_id LIMIT 1) END,
    prompts = (SELECT count(*) FROM turns WHERE session_id = $session),
    problems = (SELECT count(*) FROM problems WHERE session_id = $session),
    log_lines = (SELECT count(*) FROM log_lines WHERE session_id = $session),
    model_calls = (SELECT count(*) FROM model_calls WHERE session_id = $session),
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
const treeColumns = (s: string) => `${s}.session_id AS id, ${s}.parent_session_id AS parent, ${s}.cost_micros AS cost,
  ${s}.unpriced_responses AS unpriced, ${s}.inclusive_cost_micros AS inclusiveCost,
  ${s}.inclusive_unpriced_responses AS inclusiveUnpriced`;
const TREE = `SELECT ${treeColumns("s")} FROM sessions s WHERE s.root_session_id = ?`;
/** Sessions that head trees of their own and were started from a session of this one: their sums are made already. */
const GRAFTS = `SELECT ${treeColumns("c")} FROM sessions t CROSS JOIN sessions c ON c.parent_session_id = t.session_id
  WHERE t.root_session_id = $root AND c.root_session_id <> $root`;
const PARENT_TREE = `
  SELECT p.root_session_id AS root FROM sessions s CROSS JOIN sessions p ON p.session_id = s.parent_session_id
  WHERE s.session_id = ? AND p.root_session_id <> s.session_id`;
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
export function sessionRefresh(
  context: WriteContext,
  usage: Rollups,
  { turns, outcomes }: { readonly turns: TurnProjection; readonly outcomes: OutcomeProjection },
): () => string[] {
  const { db, touched } = context;
  const stopInterrupted = db.prepare(STOP_INTERRUPTED);
  const closeCalls = db.prepare(CLOSE_CALLS);
  const grafts = db.prepare<[{ readonly root: string }], TreeRow>(GRAFTS);
  const parentTree = db.prepare<[string], { root: string }>(PARENT_TREE);
  const refresh = db.prepare(REFRESH);
  const messages = db.prepare(MESSAGES);
  const decideType = sessionTypes(context);
  const rootOf = db.prepare<[string], { root: string }>(ROOT_OF);
  const tree = db.prepare<[string], TreeRow>(TREE);
  const setInclusive = db.prepare(SET_INCLUSIVE);

  /** Own and all descendants' cost for every session of a tree; a parent that is missing or loops counts as the root. */
  function refreshTree(rootSessionId: string): void {
    const own = tree.all(rootSessionId);
    const grafted = grafts
      .all({ root: rootSessionId })
      .map((row) => ({ ...row, cost: row.inclusiveCost, unpriced: row.inclusiveUnpriced }));
    const rows = [...own, ...grafted];
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
    for (const row of own) {
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
      // It is no session, only where lines of none stand; its figures would be read from all of them at each batch.
      if (session === UNCORRELATED_SESSION) continue;
      stopInterrupted.run({ session });
      closeCalls.run({ session });
      outcomes.keepTodos(session);
      turns.join(session);
      refresh.run({ session });
      messages.run(session);
      decideType(session);
      const root = rootOf.get(session)?.root;
      if (root) roots.add(root);
    }
    // Trees that hang on another: from the leaf to the trunk, each once.
    const depths = new Map<string, number>();
    for (const root of roots) {
      const seen = new Set<string>();
      for (let at: string | undefined = root; at && !seen.has(at); at = parentTree.get(at)?.root) {
        const depth = seen.size;
        seen.add(at);
        if ((depths.get(at) ?? -1) >= depth) break;
        depths.set(at, depth);
      }
    }
    for (const [root] of [...depths].sort(([, a], [, b]) => a - b)) refreshTree(root);
    touched.clear();
    return sessions;
  };
}
