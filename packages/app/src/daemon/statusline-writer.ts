/** @module Keeps the prepared status line file current: written only when what it says has changed, and not often. */
import type { Clock } from "../base/clock.ts";
import { type StatuslineFile, writeStatuslineFile } from "../base/statusline-file.ts";
import type { Reader } from "../query/reader.ts";
import { statuslineAnswer } from "../query/statusline.ts";

/** Longest and shortest time between two looks. The figures of a day change at midnight without any commit. */
const AT_MOST_EVERY_MS = 10_000;
const AT_LEAST_EVERY_MS = 60_000;

export interface StatuslineWriterOptions {
  readonly reader: Reader;
  readonly path: string;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly timeZone: string;
  readonly onProblem: (message: string) => void;
}

export interface StatuslineWriter {
  /** To be called after each commit. */
  changed(): void;
  /** One look, as the timer makes it; true when it wrote. */
  look(): boolean;
  start(): void;
  stop(): void;
}

export function createStatuslineWriter(options: StatuslineWriterOptions): StatuslineWriter {
  const { reader, path, clock, monotonic, timeZone, onProblem } = options;
  let timer: NodeJS.Timeout | null = null;
  let isChanged = true;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let written = "";
  let complained = false;

  function look(): boolean {
    const passed = monotonic() - lookedAt;
    if (passed < AT_MOST_EVERY_MS || (!isChanged && passed < AT_LEAST_EVERY_MS)) return false;
    isChanged = false;
    lookedAt = monotonic();
    try {
      const said = { ...statuslineAnswer(reader, { now: clock(), timeZone }), unread: 0 };
      const text = JSON.stringify(said);
      if (text === written) return false;
      const file: StatuslineFile = { version: 1, updated_at: new Date(clock()).toISOString(), ...said };
      writeStatuslineFile(path, file);
      written = text;
      complained = false;
      return true;
    } catch (error) {
      if (!complained) onProblem(`cannot write ${path}: ${(error as Error).message}`);
      complained = true;
      return false;
    }
  }

  return {
    changed() {
      isChanged = true;
    },
    look,
    start() {
      timer = setInterval(look, AT_MOST_EVERY_MS / 4);
      timer.unref();
    },
    stop() {
      if (timer) clearInterval(timer);
    },
  };
}
