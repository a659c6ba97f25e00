/**
 * @module Hands out events.id so that id order is display order: a backfill goes from the newest file to the oldest and
 * takes blocks downward; what arrives live goes upward. "Newest first" is then a walk along the primary key and the
 * full-text index (measured at a million events: 0.25 ms, against a second for sorting by rank).
 */
import type { Database } from "./db.ts";

/** Where both directions start. */
const MIDDLE = 2 ** 40;

export interface EventIds {
  /** Reserves `count` ids below everything so far; returns the lowest. */
  reserveBelow(count: number): number;
  /** Next id above everything so far. */
  nextAbove(): number;
  save(): void;
  reset(): void;
}

const LOAD = "SELECT name, value FROM settings WHERE name IN ('lowest_event', 'highest_event')";
const SAVE = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

export function openEventIds(db: Database): EventIds {
  const load = db.prepare<[], { name: string; value: number }>(LOAD);
  const save = db.prepare(SAVE);
  let lowest = MIDDLE;
  let highest = MIDDLE - 1;
  const reset = () => {
    lowest = MIDDLE;
    highest = MIDDLE - 1;
    for (const { name, value } of load.all()) {
      if (name === "lowest_event") lowest = value;
      else highest = value;
    }
  };
  reset();
  return {
    reserveBelow(count) {
      lowest -= count;
      return lowest;
    },
    nextAbove() {
      return ++highest;
    },
    save() {
      save.run("lowest_event", lowest);
      save.run("highest_event", highest);
    },
    reset,
  };
}
