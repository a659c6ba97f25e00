/**
 * @module The usage sums. A session whose facts change is taken out of the sums when a transaction first touches it and
 * put back, counted anew from its responses, before the transaction ends: sums can't drift from their parts.
 */
import type { WriteContext } from "../context.ts";

const FIGURES = `responses, input_tokens, output_tokens, cache_5m_tokens, cache_1h_tokens, cache_write_tokens,
  cache_read_tokens, cost_micros, unpriced_responses, undercounted_responses`;
const NAMES = FIGURES.split(",").map((name) => name.trim());

const TOUCHED = "CREATE TEMP TABLE IF NOT EXISTS touched (session_id TEXT PRIMARY KEY) WITHOUT ROWID";
const TOUCH = "INSERT INTO temp.touched (session_id) VALUES (?)";
const UNTOUCH = "DELETE FROM temp.touched";

/** Adds (or subtracts) rows of sessions to the sums by hour, under the place and identity they have at that moment. */
const add = (sign: "+" | "-", from: string, where: string) => `
  INSERT INTO usage_by_hour (hour, workspace_id, identity_id, agent, model, ${FIGURES})
  SELECT u.hour, s.workspace_id, s.identity_id, s.agent, u.model, ${NAMES.map((name) => `${sign}sum(u.${name})`).join(", ")}
  FROM ${from} CROSS JOIN sessions s ON s.session_id = u.session_id
  WHERE ${where}
  GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (hour, workspace_id, identity_id, agent, model) DO UPDATE SET
    ${NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;
const SUBTRACT = add("-", "usage_by_session u", "u.session_id = ?");
const ADD = add("+", "temp.touched t CROSS JOIN usage_by_session u ON u.session_id = t.session_id", "TRUE");
const DROP_EMPTY = "DELETE FROM usage_by_hour WHERE responses = 0";
const CLEAR = "DELETE FROM usage_by_session WHERE session_id = ?";
const COUNT = `
  INSERT INTO usage_by_session (session_id, hour, model, ${FIGURES})
  SELECT r.session_id, COALESCE(r.ts / 3600000, -1), r.model, count(*), sum(r.input_tokens), sum(r.output_tokens),
    sum(r.cache_5m_tokens), sum(r.cache_1h_tokens), sum(r.cache_write_tokens), sum(r.cache_read_tokens),
    COALESCE(sum(r.cost_micros), 0), sum(r.cost_micros IS NULL), sum(r.output_undercounted)
  FROM temp.touched t CROSS JOIN responses r ON r.session_id = t.session_id
  WHERE r.counted = 1
  GROUP BY 1, 2, 3`;

export interface Rollups {
  /** First touch of a session in this transaction. */
  takeOut(sessionId: string): void;
  /** Counts all touched sessions anew. */
  putBack(): void;
}

export function rollups(context: WriteContext): Rollups {
  const { db, touched } = context;
  db.exec(TOUCHED);
  const touch = db.prepare(TOUCH);
  const untouch = db.prepare(UNTOUCH);
  const subtract = db.prepare(SUBTRACT);
  const clear = db.prepare(CLEAR);
  const count = db.prepare(COUNT);
  const addBack = db.prepare(ADD);
  const dropEmpty = db.prepare(DROP_EMPTY);
  return {
    takeOut(sessionId) {
      if (touched.has(sessionId)) return;
      touched.add(sessionId);
      subtract.run(sessionId);
      clear.run(sessionId);
    },
    putBack() {
      untouch.run();
      for (const sessionId of touched) touch.run(sessionId);
      count.run();
      addBack.run();
      dropEmpty.run();
    },
  };
}
