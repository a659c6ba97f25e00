/** @module What programs say of their sessions beside place and time: labels, and the metrics they count. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { MetricFact, SessionLabelFact } from "../../model/telemetry.ts";
import type { WriteContext } from "../context.ts";

const TOLD = `
  INSERT INTO session_facts (session_id, kind, key, event_id, ts, detail) VALUES (?, 'label', ?, ?, ?, ?)
  ON CONFLICT (session_id, kind, key) DO UPDATE SET event_id = excluded.event_id, ts = excluded.ts, detail = excluded.detail
  WHERE (excluded.ts, excluded.event_id) > (ts, event_id)`;
/** The newest word on each. */
const LABEL = `
  UPDATE sessions SET (phase, tags, service, imported) = (
    SELECT max(CASE key WHEN 'phase' THEN detail END), max(CASE key WHEN 'tags' THEN detail END),
      max(CASE key WHEN 'service' THEN detail END), max(CASE key WHEN 'imported' THEN detail END)
    FROM session_facts WHERE session_id = $session AND kind = 'label')
  WHERE session_id = $session`;
/** Deltas add up; of running totals and gauges the newest stands. */
const METRIC = `
  INSERT INTO metric_series (session_id, name, attributes, unit, kind, value, points, first_at, last_at)
  VALUES ($session, $name, $attributes, $unit, $kind, $value, 1, $ts, $ts)
  ON CONFLICT (session_id, name, attributes) DO UPDATE SET
    value = CASE WHEN $delta THEN round(value + $value, 9) WHEN $ts >= last_at THEN $value ELSE value END,
    points = points + 1, first_at = min(first_at, $ts), last_at = max(last_at, $ts)`;

export interface LabelProjection {
  label(fact: SessionLabelFact, eventId: string, ts: number | null): void;
  metric(fact: MetricFact): void;
}

export function labelProjection({ db }: WriteContext, touch: (sessionId: string) => void): LabelProjection {
  const told = db.prepare(TOLD);
  const label = db.prepare(LABEL);
  const metric = db.prepare(METRIC);
  return {
    label({ sessionId, phase, tags, service, imported }, eventId, ts) {
      touch(sessionId);
      const said = { phase, tags: tags && JSON.stringify(tags), service, imported };
      for (const [name, value] of Object.entries(said)) {
        if (value !== undefined) told.run(sessionId, name, eventId, ts ?? 0, value);
      }
      label.run({ session: sessionId });
    },
    metric({ sessionId, name, attributes, unit, metricKind, isDelta, value, ts }) {
      const sorted = Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      metric.run({
        session: sessionId ?? UNCORRELATED_SESSION,
        name,
        attributes: JSON.stringify(sorted),
        unit,
        kind: metricKind,
        value,
        delta: isDelta ? 1 : 0,
        ts,
      });
    },
  };
}
