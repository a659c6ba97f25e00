/**
 * @module One row per prompt, whoever tells it. The transcript's record makes the row; a hook's word joins it on the
 * prompt id, and is a row of its own until that record is read. A fork's file gives its whole history the id of its own
 * first prompt, so which turn a hook means is settled when all of a transaction is known: the last with that id.
 */
import type { PromptFact } from "../../model/record.ts";
import type { WriteContext } from "../context.ts";

const TURN = `
  INSERT INTO turns (event_id, session_id, prompt_id, ts, text) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (event_id) DO UPDATE SET session_id = excluded.session_id, prompt_id = excluded.prompt_id, ts = excluded.ts`;
/** What a hook told, apart from the row that it ends up in. */
const TOLD = `
  INSERT INTO session_facts (session_id, kind, key, event_id, ts, detail) VALUES (?, 'prompt', ?, ?, ?, ?)
  ON CONFLICT (session_id, kind, key) DO UPDATE SET event_id = excluded.event_id, ts = excluded.ts, detail = excluded.detail
    WHERE detail ->> 'by' = 'telemetry' AND excluded.detail ->> 'by' = 'hook'`;
const TOLD_OF = `
  SELECT key AS promptId, event_id AS eventId, ts, detail ->> 'text' AS text FROM session_facts
  WHERE session_id = ? AND kind = 'prompt' ORDER BY ts, event_id`;
const UNJOIN =
  "UPDATE turns SET hook_event_id = NULL, hook_ts = NULL WHERE session_id = ? AND hook_event_id IS NOT NULL";
const JOIN = `
  UPDATE turns SET hook_event_id = $event, hook_ts = $ts WHERE event_id = (
    SELECT t.event_id FROM turns t WHERE t.prompt_id = $prompt AND t.session_id = $session AND t.event_id <> $event
    ORDER BY t.ts DESC, t.event_id DESC LIMIT 1)`;
const OWN_ROW = "UPDATE turns SET hook_event_id = event_id, hook_ts = ts WHERE event_id = ?";
const DROP_OWN_ROWS = "DELETE FROM turns WHERE session_id = ? AND hook_event_id = event_id";
const DROP = "DELETE FROM turns WHERE event_id = ?";

export interface TurnProjection {
  turn(fact: PromptFact, sessionId: string, eventId: string, ts: number | null): void;
  /** Puts what hooks told of a session's prompts beside the records of them. Before its prompts are counted. */
  join(sessionId: string): void;
}

interface ToldPrompt {
  readonly promptId: string;
  readonly eventId: string;
  readonly ts: number;
  readonly text: string;
}

export function turnProjection({ db }: WriteContext): TurnProjection {
  const turn = db.prepare(TURN);
  const told = db.prepare(TOLD);
  const toldOf = db.prepare<[string], ToldPrompt>(TOLD_OF);
  const unjoin = db.prepare(UNJOIN);
  const joinOne = db.prepare(JOIN);
  const ownRow = db.prepare(OWN_ROW);
  const drop = db.prepare(DROP);
  const dropOwnRows = db.prepare(DROP_OWN_ROWS);
  return {
    turn({ promptId, text, by }, sessionId, eventId, ts) {
      if (by === undefined) turn.run(eventId, sessionId, promptId, ts, text);
      // Without an id there is nothing to join on: the transcript will tell.
      else if (promptId !== null) told.run(sessionId, promptId, eventId, ts, JSON.stringify({ text, by }));
    },
    join(sessionId) {
      const prompts = toldOf.all(sessionId);
      if (prompts.length === 0) return;
      dropOwnRows.run(sessionId);
      unjoin.run(sessionId);
      for (const { promptId, eventId, ts, text } of prompts) {
        drop.run(eventId);
        const { changes } = joinOne.run({ event: eventId, ts, prompt: promptId, session: sessionId });
        if (changes > 0) continue;
        turn.run(eventId, sessionId, promptId, ts, text);
        ownRow.run(eventId);
      }
    },
  };
}
