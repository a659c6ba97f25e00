/** @module The made-up workspace: transcripts of three invented projects over the last three weeks, written like the client's own. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSession, type DemoFile } from "./demo-session.ts";
import { breadbox } from "./stories/breadbox.ts";
import { lanternfish } from "./stories/lanternfish.ts";
import type { Stage } from "./stories/story.ts";
import { tidewatch } from "./stories/tidewatch.ts";

export interface DemoOptions {
  /** Becomes a CLAUDE_CONFIG_DIR; created if need be. */
  readonly directory: string;
  /** Milliseconds UTC; nothing is later than that. */
  readonly now: number;
  /** The same seed and time give the same bytes. */
  readonly seed: string;
}

const day = 86_400_000;

/** All files of the made-up workspace, not yet written. */
export function demoFiles({ now, seed }: Omit<DemoOptions, "directory">): readonly DemoFile[] {
  const today = Math.floor(now / day) * day;
  const stage: Stage = {
    now,
    begin: (plan, daysAgo, hour, minute) =>
      createSession(seed, { ...plan, startedAt: today - daysAgo * day + (hour * 60 + minute) * 60_000 }),
    beginMinutesAgo: (plan, minutes) => createSession(seed, { ...plan, startedAt: now - minutes * 60_000 }),
  };
  return [tidewatch, breadbox, lanternfish].flatMap((story) => story(stage));
}

/** Writes the made-up workspace; called by `clew up --demo`, and by `clew up` where there is no transcript. */
export function writeDemoTranscripts({ directory, now, seed }: DemoOptions): void {
  for (const { path, text, modifiedAt } of demoFiles({ now, seed })) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    utimesSync(file, modifiedAt / 1000, modifiedAt / 1000);
  }
}
