/** @module Marks messages as read, one after the other; what cannot be marked is said once. */
import { send } from "./send.ts";
import { sayFailure } from "./toasts.tsx";

/** Ends at the first that fails. */
export async function markRead(messageIds: readonly string[]): Promise<void> {
  try {
    for (const id of messageIds) await send(`messages/${encodeURIComponent(id)}/mark`, { mark: "read" });
  } catch (error) {
    sayFailure(error);
  }
}
