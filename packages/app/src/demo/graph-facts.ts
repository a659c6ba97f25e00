/** @module What is known in the made-up workspace: entities with their observations, and what leads from one to another. */
import type { DemoProject, DemoWriter } from "./demo-knowledge.ts";

export interface DemoEntity {
  readonly name: string;
  readonly type: string;
  readonly project: DemoProject;
  readonly by: DemoWriter;
  /** When it was typed, or the key of the session in which it was written. */
  readonly daysAgo?: number;
  readonly session?: string;
  readonly known: readonly string[];
}

export const ENTITIES: readonly DemoEntity[] = [
  {
    name: "tidewatch",
    type: "service",
    project: "tidewatch",
    daysAgo: 19,
    by: "person",
    known: ["Tide curves and warnings for three harbours"],
  },
  {
    name: "tide curve",
    type: "module",
    project: "tidewatch",
    by: "agent",
    session: "midnight",
    known: ["Sampled every 6 minutes", "The phase runs on from the origin; it does not begin anew at midnight"],
  },
  {
    name: "harmonic constants",
    type: "data",
    project: "tidewatch",
    by: "agent",
    session: "midnight",
    known: ["One file a station, in data/constants", "Times in it are UTC"],
  },
  {
    name: "Alder Quay",
    type: "station",
    project: "tidewatch",
    daysAgo: 18.8,
    by: "person",
    known: ["Its gauge is 40 minutes late on spring tides"],
  },
  {
    name: "Tide API",
    type: "api",
    project: "tidewatch",
    by: "agent",
    session: "alarms",
    known: ["Allows 60 requests an hour", "Answers 429 without a Retry-After"],
  },
  {
    name: "alarm rules",
    type: "module",
    project: "tidewatch",
    by: "agent",
    session: "alarms",
    known: ["Two gauges must agree before a siren is sounded"],
  },
  {
    name: "forecast cache",
    type: "module",
    project: "tidewatch",
    by: "agent",
    session: "cache",
    known: ["A file for each harbour, replaced whole", "Old files are read until the new one is complete"],
  },
  {
    name: "curve cache",
    type: "module",
    project: "tidewatch",
    daysAgo: 4.5,
    by: "noor",
    known: ["Holds 14 days ahead"],
  },
  {
    name: "SQLite",
    type: "technology",
    project: "tidewatch",
    by: "agent",
    session: "cache",
    known: ["Weighed for the cache, not needed at three harbours"],
  },
  {
    name: "storm banner",
    type: "feature",
    project: "tidewatch",
    by: "agent",
    session: "storm",
    known: ["Shown from wind force 9 on"],
  },
  {
    name: "breadbox",
    type: "service",
    project: "breadbox",
    daysAgo: 17,
    by: "person",
    known: ["Orders, invoices and stamps of a bakery"],
  },
  {
    name: "invoice job",
    type: "job",
    project: "breadbox",
    by: "agent",
    session: "invoices",
    known: ["Runs at 02:30, before the bakers come", "A second run the same night sends nothing"],
  },
  {
    name: "loyalty stamps",
    type: "feature",
    project: "breadbox",
    by: "agent",
    session: "stamps",
    known: ["One stamp an order, keyed by the order's id"],
  },
  {
    name: "prices in cents",
    type: "decision",
    project: "breadbox",
    daysAgo: 1.5,
    by: "person",
    known: ["Whole cents everywhere; rounding only on the invoice's last line"],
  },
  {
    name: "lanternfish",
    type: "service",
    project: "lanternfish",
    daysAgo: 14,
    by: "person",
    known: ["A catalogue of underwater photographs"],
  },
  {
    name: "depth tag",
    type: "data",
    project: "lanternfish",
    by: "agent",
    session: "depth",
    known: ["GPSAltitude with reference 1", "Missing is not 0 m"],
  },
  {
    name: "thumbnail pass",
    type: "job",
    project: "lanternfish",
    by: "agent",
    session: "thumbnails",
    known: ["4 workers are as fast as 8 on the server's disk"],
  },
  {
    name: "dead-link check",
    type: "job",
    project: "lanternfish",
    by: "agent",
    session: "links",
    known: ["Tries a link three nights before it is dead"],
  },
];

/** From, type, to, project, key of the session in which it was written. */
export const RELATIONS: readonly (readonly [string, string, string, DemoProject, string])[] = [
  ["tidewatch", "draws", "tide curve", "tidewatch", "midnight"],
  ["tide curve", "computed from", "harmonic constants", "tidewatch", "midnight"],
  ["harmonic constants", "measured at", "Alder Quay", "tidewatch", "midnight"],
  ["tidewatch", "asks", "Tide API", "tidewatch", "alarms"],
  ["tidewatch", "warns by", "alarm rules", "tidewatch", "alarms"],
  ["alarm rules", "listens to", "Alder Quay", "tidewatch", "alarms"],
  ["tidewatch", "reads", "forecast cache", "tidewatch", "cache"],
  ["forecast cache", "filled from", "Tide API", "tidewatch", "cache"],
  ["forecast cache", "holds", "tide curve", "tidewatch", "cache"],
  ["SQLite", "not used by", "forecast cache", "tidewatch", "cache"],
  ["tidewatch", "shows", "storm banner", "tidewatch", "storm"],
  ["storm banner", "asks", "Tide API", "tidewatch", "storm"],
  ["breadbox", "runs", "invoice job", "breadbox", "invoices"],
  ["breadbox", "has", "loyalty stamps", "breadbox", "stamps"],
  ["invoice job", "follows", "prices in cents", "breadbox", "cents"],
  ["loyalty stamps", "follows", "prices in cents", "breadbox", "cents"],
  ["invoice job", "keeps its queue in", "SQLite", "breadbox", "cents"],
  ["lanternfish", "runs", "thumbnail pass", "lanternfish", "thumbnails"],
  ["lanternfish", "reads", "depth tag", "lanternfish", "depth"],
  ["lanternfish", "runs", "dead-link check", "lanternfish", "links"],
  ["lanternfish", "keeps its catalogue in", "SQLite", "lanternfish", "thumbnails"],
];
