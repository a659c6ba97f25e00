/** @module What a story is told with: when it happens, and the session it starts. */
import type { DemoFile, DemoSession, SessionPlan } from "../demo-session.ts";

export interface Stage {
  /** Milliseconds UTC. */
  readonly now: number;
  /** Starts a session so many days before today, at that hour and minute UTC. */
  readonly begin: (plan: Omit<SessionPlan, "startedAt">, daysAgo: number, hour: number, minute: number) => DemoSession;
  /** Starts a session that is still running. */
  readonly beginMinutesAgo: (plan: Omit<SessionPlan, "startedAt">, minutes: number) => DemoSession;
}

/** Tells all sessions of one project; returns their files. */
export type Story = (stage: Stage) => readonly DemoFile[];

/** Titles a session the way the client does; a custom title is one that a person gave. */
export function title(session: DemoSession, text: string, by: "ai" | "custom" = "ai"): void {
  session.transcript.note(
    by === "ai" ? { type: "ai-title", aiTitle: text } : { type: "custom-title", customTitle: text },
  );
}
