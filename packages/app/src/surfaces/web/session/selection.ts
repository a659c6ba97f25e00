/** @module The one event that transcript and waterfall both point at; the address's #event-… holds it. */
import { signal } from "@preact/signals";

export interface Selection {
  readonly eventId: string;
  /** Who chose it: the other side scrolls to it. */
  readonly from: "transcript" | "waterfall" | "address";
}

export const selection = signal<Selection | null>(null);

/** Event id of the address, if it names one. */
export function eventOfAddress(): string | null {
  const id = /^#event-(.{1,200})$/.exec(location.hash)?.[1];
  if (!id) return null;
  try {
    return decodeURIComponent(id);
  } catch {
    return null;
  }
}

export function select(eventId: string, from: Selection["from"]): void {
  selection.value = { eventId, from };
  history.replaceState(history.state, "", `#event-${encodeURIComponent(eventId)}`);
}

export function permalink(sessionId: string, eventId: string): string {
  return `${location.origin}/sessions/${encodeURIComponent(sessionId)}#event-${encodeURIComponent(eventId)}`;
}
