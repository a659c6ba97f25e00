/** @module What programs say of their sessions beside place and time: labels, and the metrics they count. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { MetricFact, SessionLabelFact } from "../../model/telemetry.ts";
import type { WriteContext } from "../context.ts";

const LABEL = `
  UPDATE sessions SET phase = COALESCE($phase, phase), tags = COALESCE($tags, tags), service = COALESCE($service, service),
    imported = COALESCE(imported, $imported)
  WHERE session_id = $session`;
/** Deltas add up; of running totals and gauges the newest stands. */
const METRIC = `
  INSERT INTO metric_series (session_id, name, attributes, unit, kind, value, points, first_at, last_at)
  VALUES ($session, $name, $attributes, $unit, $kind, $value, 1, $ts, $ts)
  ON CONFLICT (session_id, name, attributes) DO UPDATE SET
    value = CASE WHEN $delta THEN value + $value WHEN $ts >= last_at THEN $value ELSE value END,
    points = points + 1, first_at = min(first_at, $ts), last_at = max(last_at, $ts)`;

export interface LabelProjection {
  label(fact: SessionLabelFact): void;
  metric(fact: MetricFact): void;
}

export function labelProjection({ db }: WriteContext, touch: (sessionId: string) => void): LabelProjection {
  const label = db.prepare(LABEL);
  const metric = db.prepare(METRIC);
  return {
    label({ sessionId, phase, tags, service, imported }) {
      touch(sessionId);
      label.run({
        session: sessionId,
        phase: phase ?? null,
        tags: tags ? JSON.stringify(tags) : null,
        service: service ?? null,
        imported: imported ?? null,
      });
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
