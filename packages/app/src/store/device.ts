/** @module This installation's own stream: gapless sequence numbers and a hybrid logical clock, persisted with what they stamp. */

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "../base/clock.ts";
import type { Database } from "./db.ts";

/** Clock values within one millisecond. Together they stay exact in a double until the year 2248. */
export const HLC_COUNTERS_PER_MS = 1024;

export interface DeviceStream {
  readonly deviceId: string;
  /** Next sequence number and clock value. Valid once `save` has run in the same transaction. */
  next(): { readonly seq: number; readonly hlc: number };
  /** Last number handed out. */
  readonly lastSeq: number;
  save(): void;
  /** Forgets numbers that were handed out since the last save: their transaction was rolled back. */
  reset(): void;
}

const FIND = "SELECT device_id, next_seq, last_hlc FROM devices LIMIT 1";
const CREATE = "INSERT INTO devices (device_id, name, created_at) VALUES (?, ?, ?)";
const SAVE = "UPDATE devices SET next_seq = ?, last_hlc = ? WHERE device_id = ?";

/** 64 random bits: it stands in every event, so it is short. */
function newDeviceId(): string {
  return randomBytes(8).toString("hex");
}

/** Opens the device's stream, making the device on first use. */
export function openDeviceStream(db: Database, clock: Clock, newId: () => string = newDeviceId): DeviceStream {
  const find = db.prepare<[], { device_id: string; next_seq: number; last_hlc: number }>(FIND);
  if (!find.get()) db.prepare(CREATE).run(newId(), hostname(), clock());
  const { device_id: deviceId } = find.get()!;
  const save = db.prepare(SAVE);
  let nextSeq = 0;
  let lastHlc = 0;
  const load = () => {
    const row = find.get()!;
    nextSeq = row.next_seq;
    lastHlc = row.last_hlc;
  };
  load();
  return {
    deviceId,
    next() {
      const physical = clock() * HLC_COUNTERS_PER_MS;
      lastHlc = physical > lastHlc ? physical : lastHlc + 1;
      return { seq: nextSeq++, hlc: lastHlc };
    },
    get lastSeq() {
      return nextSeq - 1;
    },
    save() {
      save.run(nextSeq, lastHlc, deviceId);
    },
    reset: load,
  };
}

/** Milliseconds UTC of a hybrid logical clock value. */
export function physicalTimeOf(hlc: number): number {
  return Math.floor(hlc / HLC_COUNTERS_PER_MS);
}
